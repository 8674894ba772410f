import { hash } from 'node:crypto';
import { partitionOf } from '#shared/lib/arn.ts';
import { at, list, str, type JsonObject } from '#shared/lib/json.ts';
import type { PartGap, Piece, Unit } from '../connector.ts';
import { ConnectFailure } from '../pace/failure.ts';
import { askEach } from '../units/ask-each.ts';
import type { PullTask, UnitTask } from '../units/run-units.ts';
import { answerText } from './answer-text.ts';
import type { AwsClients } from './clients.ts';
import type { AwsAbout, AwsCall, AwsList, Paging } from './spec.ts';
import { inParts } from '../units/parts.ts';
import { unlessGone } from '../units/unless-gone.ts';
import { walkPages } from '../units/walk-pages.ts';
import { unset } from './unset.ts';

/** Where we are: the clients, and the account and region that are asked about. */
export interface AwsPlace { readonly clients: AwsClients; readonly account: string; readonly region: string; /** Global calls are asked here, and their things have no region. */ readonly isGlobal: boolean }

/** Things of one unit. Small enough that a cut costs little, large enough that units are few. */
const CHUNK = 100;
/** Text of one piece; a longer list is handed over in several, and a cut run goes on after the last. */
const PIECE = 8 * 1024 * 1024;

const unitOf = (call: AwsCall, place: AwsPlace, subject?: string): Unit => ({ call: call.id, scope: { account: place.account, ...(!place.isGlobal && { region: place.region }) }, ...(subject !== undefined && { subject }) });
const nameOf = (call: AwsCall, { account, region, isGlobal }: AwsPlace): string => `${account}/${isGlobal ? 'global' : region}/${call.id.replace(' ', '-')}.json`;
const listed = (types: readonly string[], { account, region, isGlobal }: AwsPlace) => (types.length === 0 ? {} : { lists: [{ types, account, region: isGlobal ? null : region }] });

/** A list, and what is asked about the things on it. */
export function tasksOfList(call: AwsList, place: AwsPlace): UnitTask {
  const alone: PullTask = { unit: unitOf(call, place), mayBeAbsent: true, pull: (from) => listPieces(call, place, from) };
  if (call.about.length === 0) return alone;
  return { unit: alone.unit, mayBeAbsent: true, find: async () => {
    const pages: JsonObject[] = [];
    for await (const page of pagesOf(call, place, undefined)) pages.push(page.answer);
    const things = pages.flatMap((page) => itemsOf(page, call.items));
    const own: readonly UnitTask[] = call.isSilent ? [] : [{ unit: alone.unit, pull: () => onePiece(call, place, pages.map(answerText), things.length, call.types) }];
    return [...own, ...call.about.flatMap((about) => aboutTasks(about, things, place))];
  } };
}

/** One chunk of things after the other; a call whose answer lists things whole says so also when there are none. */
function aboutTasks(about: AwsAbout, things: readonly unknown[], place: AwsPlace): readonly UnitTask[] {
  const { only } = about;
  const wanted = only === undefined ? things : things.filter((thing) => str(thing, only[0]) === only[1]);
  if (wanted.length === 0) return about.types.length === 0 ? [] : [{ unit: unitOf(about, place, 'none'), pull: () => onePiece(about, place, [], 0, about.types) }];
  return inParts(wanted, CHUNK).map((chunk) => {
    const subjects = chunk.map((thing) => subjectOf(about, thing, place)).join('\n');
    // The same things are the same unit in a run that goes on.
    return { unit: unitOf(about, place, `${chunk.length}:${hash('sha256', subjects, 'hex').slice(0, 16)}`), pull: () => aboutPieces(about, chunk, place) };
  });
}

async function* onePiece(call: AwsCall, place: AwsPlace, lines: readonly string[], records: number, types: readonly string[], gaps: readonly PartGap[] = [], format = 'aws-cli'): AsyncGenerator<Piece> {
  yield { name: nameOf(call, place), format, bytes: Buffer.from(lines.join('')), records, ...listed(types, place), ...(gaps.length > 0 && { gaps }) };
}

async function* listPieces(call: AwsList, place: AwsPlace, from: string | undefined): AsyncGenerator<Piece> {
  let lines: string[] = [], size = 0, records = 0;
  const piece = () => ({ name: nameOf(call, place), format: call.format, bytes: Buffer.from(lines.join('')), records });
  for await (const { answer, next } of pagesOf(call, place, from)) {
    const line = answerText(answer);
    lines.push(line);
    size += line.length;
    records += itemsOf(answer, call.items).length;
    if (size < PIECE || next === undefined) continue;
    yield { ...piece(), next };
    lines = []; size = 0; records = 0;
  }
  yield { ...piece(), ...listed(call.types, place) };
}

/** What several calls say about one thing each. What was deleted since it was listed is no gap; of several that are asked about at once it isn't told which one was. */
async function* aboutPieces(about: AwsAbout, things: readonly unknown[], place: AwsPlace): AsyncGenerator<Piece> {
  const { answers, gaps, allDenied } = await askEach(inParts(things, about.batch), (group) => group.map((thing) => subjectOf(about, thing, place)), (group) => (group.length === 1 ? unlessGone(() => askAbout(about, group, place)) : askAbout(about, group, place)));
  if (allDenied) throw allDenied;
  const lines = answers.flatMap((answer) => answer ?? []);
  yield* onePiece(about, place, lines, lines.length, about.types, gaps);
}

/** @returns lines: the answers in envelopes that say what they are about, as most of them don't. */
async function askAbout(about: AwsAbout, group: readonly unknown[], place: AwsPlace): Promise<readonly string[]> {
  const subjects = group.map((thing) => subjectOf(about, thing, place));
  const [subject = ''] = subjects;
  const pages: JsonObject[] = [];
  for await (const { answer } of pagesAbout(about, group, place)) pages.push(answer);
  return about.batch > 1 ? pages.map(answerText) : [answerText({ Call: about.id, Subject: subject, Answer: asOne(pages) })];
}

/** The pages of an answer about one thing as one: an importer takes a later answer for a newer one. */
const asOne = (pages: readonly JsonObject[]): JsonObject => pages.reduce((all, page) => Object.fromEntries(Object.entries({ ...all, ...page }).map(([key, value]) => { const before = all[key]; return [key, key in page && Array.isArray(before) && Array.isArray(value) ? [...before, ...value] : value]; })), {});

/** The pages of what a call says about things of the list: one, or as many as it takes at once. */
export function pagesAbout(about: AwsAbout, group: readonly unknown[], place: AwsPlace): AsyncGenerator<{ answer: JsonObject; next: string | undefined }> {
  const subjects = group.map((thing) => subjectOf(about, thing, place)), [subject = ''] = subjects;
  // A bucket is asked about in its own region.
  const region = about.service === 's3api' ? str(group[0], 'BucketRegion') ?? place.region : place.region;
  return answersOf(about, { ...withAccount(about.input, place), [about.into]: about.batch > 1 ? subjects : subject }, { ...place, region }, subject);
}

/** What a call is about, of a thing of the list. */
function subjectOf({ subject, arn, service }: AwsAbout, thing: unknown, { region, account }: AwsPlace): string {
  const told = (subject === '.' ? str(thing) : str(thing, subject)) ?? '';
  return arn === undefined ? told : `arn:${partitionOf(region)}:${service}:${region}:${account}:${arn}${told}`;
}

/** The pages of a list. */
export const pagesOf = (call: AwsList, place: AwsPlace, from: string | undefined, most: JsonObject = {}): AsyncGenerator<{ answer: JsonObject; next: string | undefined }> =>
  answersOf(call, { ...withAccount(call.input, place), ...most }, place, place.account, from);

function answersOf(call: AwsCall & { readonly paging: Paging | undefined }, input: JsonObject, { clients, region }: AwsPlace, subject: string, from?: string): AsyncGenerator<{ answer: JsonObject; next: string | undefined }> {
  const instead = Object.fromEntries(Object.entries(unset[call.id] ?? {}).map(([code, make]) => [code, () => make(subject)]));
  return walkPages(call.id, from, async (token) => {
    const answer = await clients.call(call.service, call.operation, region, { ...input, ...(token !== undefined && call.paging && { [call.paging.into]: token }) }, instead);
    const from = call.paging?.from.split('.') ?? [], next = from.length === 0 ? undefined : at(answer, ...from);
    if (str({ next }, 'next') === undefined && saysMore.some((key) => at(answer, ...from.slice(0, -1), key) === true)) throw new ConnectFailure('bad_answer', `${call.id} has more than it gives, and no way to the rest`);
    return { answer, next };
  });
}

/** Words of AWS for "there is more" (API references of CloudFront, IAM, KMS, EC2). What a list lacks would be taken for what isn't there. */
const saysMore = ['IsTruncated', 'Truncated', 'AdditionalRoutesAvailable'];

const withAccount = (input: JsonObject, { account }: AwsPlace): JsonObject => Object.fromEntries(Object.entries(input).map(([key, value]) => [key, value === '@account' ? account : value]));

export const itemsOf = (answer: JsonObject, places: readonly string[]): readonly unknown[] => places.flatMap((path) => list(at(answer, ...path.split('.'))));
