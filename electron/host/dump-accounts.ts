import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { FoundFile } from './find-files.ts';

const SMALL = 10_000, HEAD = 2_000, STATE_SIZE = 64_000_000, ANSWER_SIZE = 1_000_000, FOLDER_SIZE = 16_000_000;
const region = /^[a-z]{2,4}(-[a-z]+)+-\d$/;

/**
 * Which AWS account a file of a dump belongs to, with the region where that is known as well (`RecordContext.account`): the account that the answer of
 * `sts get-caller-identity` in its folder or in one above it names (a folder called after a region speaks for its neighbours too), else the one of
 * all ARNs of what lies in the folder; of a Terraform state that of its own ARNs. Undefined where nothing says.
 */
export function dumpAccounts(files: readonly FoundFile[]): (path: string) => string | undefined {
  const readable = files.filter((f) => f.problem === undefined).map((f) => f.path);
  const byFolder = new Map<string, string>(), homes = new Map<string, Home>();
  for (const path of readable) {
    if (!/get[-_]?caller[-_]?identity/i.test(path)) continue;
    const account = accountIn(path);
    if (account === undefined) continue;
    const folder = dirname(path);
    byFolder.set(folder, account);
    if (region.test(folder.split(/[\\/]/).at(-1) ?? '')) byFolder.set(dirname(folder), account);
  }
  const inFolder = Map.groupBy(readable.filter((path) => /\.json$/i.test(path)), dirname);
  const homeOf = (folder: string): Home => {
    let home = homes.get(folder);
    if (!home) { home = folderHome(inFolder.get(folder) ?? []); homes.set(folder, home); }
    return home;
  };
  return (path) => {
    const own = stateHome(path);
    if (own !== undefined) return own;
    const above = foldersAbove(path), account = above.map((f) => byFolder.get(f)).find((a) => a !== undefined);
    const home = above.slice(0, 3).map(homeOf).find((h) => h.account !== undefined || h.region !== undefined);
    return account === undefined ? textOf(home ?? {}) : textOf({ account, region: home?.account === account ? home.region : undefined });
  };
}

interface Home { readonly account?: string | undefined; readonly region?: string | undefined }
const textOf = ({ account, region }: Home): string | undefined => (region === undefined ? account : `${account ?? ''}@${region}`);
const foldersAbove = (path: string): readonly string[] => { const folder = dirname(path); return folder === path ? [] : [folder, ...foldersAbove(folder)]; };

/** The account and region of all ARNs by which answers call what they are about; those inside policies and of roles don't count. */
function folderHome(paths: readonly string[]): Home {
  const accounts = new Set<string>(), regions = new Set<string>();
  let rest = FOLDER_SIZE;
  for (const path of paths) {
    try {
      const { size } = statSync(path);
      if (size > ANSWER_SIZE || size > rest) continue;
      rest -= size;
      for (const [, region, account] of readFileSync(path, 'utf8').matchAll(/"(?!Role|Principal|Target|Source)[A-Za-z]*(?:Arn|ARN|arn)"\s*:\s*"arn:aws[\w-]*:(?!iam:)[\w-]+:([\w-]*):(\d{12})?:/g)) {
        if (account !== undefined) accounts.add(account);
        if (region !== undefined && region !== '') regions.add(region);
      }
    } catch { /* the import proper says what can't be read */ }
  }
  const one = (set: ReadonlySet<string>): string | undefined => (set.size === 1 ? [...set][0] : undefined);
  return { account: one(accounts), region: one(regions) };
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
    for (const [, region, account] of readFileSync(path, 'utf8').matchAll(/"arn"\s*:\s*"arn:aws[\w-]*:[\w-]+:([\w-]*):(\d{12})?:/g)) {
      if (account !== undefined) accounts.add(account);
      if (region !== undefined && region !== '') regions.add(region);
    }
    const [account] = accounts, [region] = regions;
    return accounts.size > 1 ? undefined : textOf({ account, region: regions.size === 1 ? region : undefined });
  } catch { return undefined; /* the import proper says what can't be read */ }
}

function head(path: string): string {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(HEAD);
    return bytes.toString('utf8', 0, readSync(file, bytes, 0, HEAD, 0));
  } finally { closeSync(file); }
}
