import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArn } from '#shared/lib/arn.ts';
import { str } from '#shared/lib/json.ts';
import { callerAccounts, stateResources, type StateResource } from '#electron/pipeline/graph/importers/terraform/state-resources.ts';
import type { Home } from '#electron/pipeline/ports.ts';
import type { FoundFile } from './find-files.ts';

const SMALL = 10_000, HEAD = 2_000, STATE_SIZE = 64_000_000, ANSWER_SIZE = 1_000_000, FOLDER_SIZE = 16_000_000;
const region = /^[a-z]{2,4}(-[a-z]+)+-\d$/;
/** ARNs by which answers call what they are about; those inside policies and of roles don't count. */
const inAnswers = /"(?!Role|Principal|Target|Source)[A-Za-z]*(?:Arn|ARN|arn)"\s*:\s*"arn:aws[\w-]*:(?!iam:)[\w-]+:([\w-]*):(\d{12})?:/g;

/**
 * Which AWS account and region a file of a dump is of: the account that the answer of `sts get-caller-identity` in its folder or in one above it names
 * (a folder called after a region speaks for its neighbours too), else what all ARNs of what lies in the folder agree on; of a Terraform document
 * what its caller identity or the ARNs of what it manages say. Empty where nothing says.
 */
export function dumpHomes(files: readonly FoundFile[]): (path: string) => Home {
  const readable = files.filter((f) => f.problem === undefined).map((f) => f.path);
  const callers = callersByFolder(readable), homes = new Map<string, Home>();
  const inFolder = Map.groupBy(readable.filter((path) => /\.json$/i.test(path) && !isState(path)), dirname);
  const homeOf = (folder: string): Home => {
    let home = homes.get(folder);
    if (!home) { home = folderHome(inFolder.get(folder) ?? []); homes.set(folder, home); }
    return home;
  };
  return (path) => {
    const own = stateHome(path);
    if (own !== undefined) return own;
    const above = foldersAbove(path), account = above.map((f) => callers.get(f)).find((a) => a !== undefined);
    const home = above.slice(0, 3).map(homeOf).find((h) => h.account !== undefined || h.region !== undefined) ?? {};
    return account === undefined ? home : { account, region: home.account === account ? home.region : undefined };
  };
}

const foldersAbove = (path: string): readonly string[] => { const folder = dirname(path); return folder === path ? [] : [folder, ...foldersAbove(folder)]; };

function callersByFolder(paths: readonly string[]): ReadonlyMap<string, string> {
  const callers = new Map<string, string>();
  for (const path of paths) {
    if (!/get[-_]?caller[-_]?identity/i.test(path)) continue;
    const account = /"Account"\s*:\s*"(\d{12})"/.exec(textOf(path, SMALL))?.[1];
    if (account === undefined) continue;
    const folder = dirname(path);
    callers.set(folder, account);
    if (region.test(folder.split(/[\\/]/).at(-1) ?? '')) callers.set(dirname(folder), account);
  }
  return callers;
}

/** Of a file of at most `most` bytes; the import proper says what can't be read. */
function textOf(path: string, most: number): string {
  try { return statSync(path).size > most ? '' : readFileSync(path, 'utf8'); } catch { return ''; }
}

function folderHome(paths: readonly string[]): Home {
  let rest = FOLDER_SIZE;
  return agreed(paths.flatMap((path) => {
    const text = textOf(path, Math.min(ANSWER_SIZE, rest));
    rest -= text.length;
    return [...text.matchAll(inAnswers)].map(([, place, account]) => ({ region: place, account }));
  })).home;
}

/**
 * Rules, routes, attachments and inline policies of a state name what they belong to by id or name only: where that is, `aws_caller_identity` says, else the
 * ARNs of what the state manages. What it only looks up may be anybody's.
 */
function stateHome(path: string): Home | undefined {
  if (!isState(path)) return undefined;
  const resources = stateResources(jsonOf(path)), callers = callerAccounts(resources);
  const arns = resources.filter((r) => str(r.of, 'mode') === 'managed').flatMap((r) => r.values.flatMap((v) => str(v, 'arn') ?? []));
  const { home, isOfSeveral } = agreed(arns.flatMap((arn) => parseArn(arn) ?? [])), [caller] = callers;
  // Of several accounts each resource tells its own, and nothing around the document speaks for it.
  if (isOfSeveral || callers.size > 1 || (caller !== undefined && home.account !== undefined && caller !== home.account)) return { region: home.region, providers: byProvider(resources) };
  if (caller !== undefined) return { account: caller, region: home.region };
  return home.account === undefined && home.region === undefined ? undefined : home;
}

/** The account of each provider configuration: what its caller says, else the one account of all that it manages. */
function byProvider(resources: readonly StateResource[]): Readonly<Record<string, string>> {
  return Object.fromEntries([...Map.groupBy(resources, (r) => str(r.of, 'provider') ?? '')].flatMap(([provider, own]): readonly (readonly [string, string])[] => {
    const callers = callerAccounts(own), managed = agreed(own.filter((r) => str(r.of, 'mode') === 'managed').flatMap((r) => r.values.flatMap((v) => parseArn(str(v, 'arn') ?? '') ?? [])));
    const [account] = callers.size > 0 ? callers : [managed.home.account];
    return provider === '' || account === undefined || callers.size > 1 || managed.isOfSeveral || (managed.home.account !== undefined && managed.home.account !== account) ? [] : [[provider, account]];
  }));
}

const isState = (path: string): boolean => /\.(tfstate|json)(\.backup)?$/i.test(path) && /"(terraform_version|format_version|lineage)"/.test(head(path));

function jsonOf(path: string): unknown {
  try { return JSON.parse(textOf(path, STATE_SIZE)); } catch { return undefined; /* as above */ }
}

/** The one account and the one region that all ARNs name; those of global services name no region. */
function agreed(arns: readonly { readonly region: string | undefined; readonly account: string | undefined }[]): { readonly home: Home; readonly isOfSeveral: boolean } {
  const one = (names: ReadonlySet<string | undefined>): string | undefined => (names.size === 1 ? [...names][0] : undefined);
  const named = (key: 'region' | 'account'): ReadonlySet<string | undefined> => new Set(arns.map((arn) => arn[key]).filter((name) => name !== undefined && name !== ''));
  const accounts = named('account');
  return { home: { account: one(accounts), region: one(named('region')) }, isOfSeveral: accounts.size > 1 };
}

function head(path: string): string {
  try {
    const file = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(HEAD);
      return bytes.toString('utf8', 0, readSync(file, bytes, 0, HEAD, 0));
    } finally { closeSync(file); }
  } catch { return ''; /* as above */ }
}
