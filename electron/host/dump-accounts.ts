import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { FoundFile } from './find-files.ts';

const SMALL = 10_000, HEAD = 2_000, STATE_SIZE = 64_000_000;
const region = /^[a-z]{2,4}(-[a-z]+)+-\d$/;

/**
 * Which AWS account a file of a dump belongs to: the one that the answer of `sts get-caller-identity` in its folder or in one above it names
 * (a folder called after a region speaks for its neighbours too); of a Terraform state the one of its ARNs, with the region if that is one as well
 * (`RecordContext.account`). Undefined where nothing says.
 */
export function dumpAccounts(files: readonly FoundFile[]): (path: string) => string | undefined {
  const byFolder = new Map<string, string>();
  for (const { path, problem } of files) {
    if (problem !== undefined || !/get[-_]?caller[-_]?identity/i.test(path)) continue;
    const account = accountIn(path);
    if (account === undefined) continue;
    const folder = dirname(path);
    byFolder.set(folder, account);
    if (region.test(folder.split(/[\\/]/).at(-1) ?? '')) byFolder.set(dirname(folder), account);
  }
  return (path) => {
    const own = stateHome(path);
    if (own !== undefined || byFolder.size === 0) return own;
    for (let folder = dirname(path); ; folder = dirname(folder)) {
      const found = byFolder.get(folder);
      if (found !== undefined || dirname(folder) === folder) return found;
    }
  };
}

function accountIn(path: string): string | undefined {
  // The import proper says what can't be read.
  try { return statSync(path).size > SMALL ? undefined : /"Account"\s*:\s*"(\d{12})"/.exec(readFileSync(path, 'utf8'))?.[1]; } catch { return undefined; }
}

/** Rules, routes, attachments and inline policies of a state name what they belong to by id or name only: where that is, the ARNs of the others say. */
function stateHome(path: string): string | undefined {
  if (!/\.(tfstate|json)(\.backup)?$/i.test(path)) return undefined;
  try {
    if (!/"(terraform_version|format_version|lineage)"/.test(head(path)) || statSync(path).size > STATE_SIZE) return undefined;
    const accounts = new Set<string>(), regions = new Set<string>();
    for (const [, region, account] of readFileSync(path, 'utf8').matchAll(/"arn"\s*:\s*"arn:aws[\w-]*:[\w-]+:([\w-]*):(\d{12}):/g)) {
      if (account !== undefined) accounts.add(account);
      if (region !== undefined && region !== '') regions.add(region);
    }
    const [account] = accounts, [region] = regions;
    return accounts.size !== 1 || account === undefined ? undefined : regions.size === 1 && region !== undefined ? `${account}@${region}` : account;
  } catch { return undefined; /* the import proper says what can't be read */ }
}

function head(path: string): string {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(HEAD);
    return bytes.toString('utf8', 0, readSync(file, bytes, 0, HEAD, 0));
  } finally { closeSync(file); }
}
