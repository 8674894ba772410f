import type { JsonObject } from '#shared/lib/json.ts';
import { serviceNames, type AwsAbout, type AwsCall, type AwsList, type Paging, type ServiceName } from './spec.ts';

/** Reads the table of calls.ts. Throws on a line that it can't read: that is a mistake in the source. */
export function readCalls(table: string): readonly AwsList[] {
  const lists: (Omit<AwsList, 'about'> & { about: AwsAbout[] })[] = [];
  let evidence = '';
  for (const line of table.trim().split('\n')) {
    if (line.startsWith('# ')) { evidence = line.slice(2); continue; }
    const isAbout = line.startsWith('> ');
    const cells = line.replace(/^> /, '').split('|').map((cell) => cell.trim());
    const words = wordsOf(cells.slice(1).find((cell) => cell.startsWith('[')) ?? '');
    const [service = '', operation = ''] = cells[0]?.split(' ') ?? [];
    const call = callOf(service, operation, words.get('needs'), evidence);
    if (isAbout) lists.at(-1)?.about.push(aboutOf(call, cells, words));
    else lists.push({ ...listOf(call, cells, words), about: [] });
  }
  return lists;
}

/** IAM's prefix, where it isn't the CLI's word for the service. */
const prefixes: Readonly<Record<string, string>> = { efs: 'elasticfilesystem', elb: 'elasticloadbalancing', elbv2: 'elasticloadbalancing', s3api: 's3', s3control: 's3' };
export const kebab = (operation: string): string => operation.replace(/DB(?=[A-Z])/g, 'Db').replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();

function callOf(service: string, operation: string, needs: string | undefined, evidence: string): AwsCall {
  const name = serviceNames.find((s) => s === service);
  if (name === undefined || !/^[A-Z]\w+$/.test(operation)) throw new Error(`no call: ${service} ${operation}`);
  return makeCall(name, operation, needs === undefined ? undefined : [needs], evidence);
}

/** A call with its names and, unless told otherwise, the permission that has the operation's name. */
export function makeCall(service: ServiceName, operation: string, permissions: readonly string[] | undefined, evidence: string): AwsCall {
  return { id: `${service} ${kebab(operation)}`, service, operation, permissions: permissions ?? [`${prefixes[service] ?? service}:${operation}`], evidence };
}

function listOf(call: AwsCall, [, items = '', types = '', paging = '', input = '']: readonly string[], words: ReadonlyMap<string, string>): Omit<AwsList, 'about'> {
  return {
    ...call, where: words.has('global') ? 'global' : 'regional', items: items.split(' '), types: typesOf(types), paging: pagingOf(paging), input: inputOf(input),
    format: words.get('format') ?? 'aws-cli', isSilent: words.has('silent'),
  };
}

function aboutOf(call: AwsCall, [, subject = '', into = '', paging = '', input = '']: readonly string[], words: ReadonlyMap<string, string>): AwsAbout {
  const [key, value] = words.get('only')?.split('=') ?? [];
  return {
    ...call, subject, into, arn: words.get('arn'), paging: pagingOf(paging), input: inputOf(input), types: typesOf(words.get('types') ?? ''), batch: Number(words.get('batch') ?? 1),
    only: key === undefined || value === undefined ? undefined : [key, value],
  };
}

const wordsOf = (text: string): ReadonlyMap<string, string> => new Map([...text.matchAll(/\[(\w+)(?: ([^\]]*))?\]/g)].map((m) => [m[1] ?? '', m[2] ?? '']));
const typesOf = (text: string): readonly string[] => text.split(' ').filter((t) => t !== '' && !t.startsWith('[')).map((t) => `AWS::${t}`);
const inputOf = (text: string): JsonObject => (text.startsWith('{') ? JSON.parse(text) as JsonObject : {});
function pagingOf(text: string): Paging | undefined {
  const [into = '', from = into] = text.split('>');
  return into === '' || into.startsWith('[') ? undefined : { into, from };
}
