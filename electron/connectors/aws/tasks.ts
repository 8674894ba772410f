import { hash } from 'node:crypto';
import { at, list, str, type JsonObject } from '#shared/lib/json.ts';
import type { GapState, PartGap, Piece, Unit } from '../connector.ts';
import { ConnectFailure, endsThePull } from '../pace/failure.ts';
import type { PullTask, UnitTask } from '../units/run-units.ts';
import { answerText } from './answer-text.ts';
import type { AwsClients } from './clients.ts';
import type { AwsAbout, AwsCall, AwsList, Paging } from './spec.ts';
import { nextPage } from '../units/next-page.ts';
import { unset } from './unset.ts';

/** Where we are: the clients, and the account and region that are asked about. */
export interface AwsPlace { readonly clients: AwsClients; readonly account: string; readonly region: string; /** Global calls are asked here, and their things have no region. */ readonly isGlobal: boolean }

/** Things of one unit. Small enough that a cut costs little, large enough that units are few. */
const CHUNK = 100;
/** Text of one piece; a longer list is handed over in several, and a cut run goes on after the last. */
const PIECE = 8 * 1024 * 1024;
/** If the first of a chunk are all denied, so are the others. */
const TRIED_FIRST = 3;

const unitOf = (call: AwsCall, place: AwsPlace, subject?: string): Unit => ({ call: call.id, scope: { account: place.account, ...(!place.isGlobal && { region: place.region }) }, ...(subject !== undefined && { subject }) });
const nameOf = (call: AwsCall, { account, region, isGlobal }: AwsPlace): string => `${account}/${isGlobal ? 'global' : region}/${call.id.replace(' ', '-')}.json`;
const listed = (types: readonly string[], { account, region, isGlobal }: AwsPlace) => (types.length === 0 ? {} : { lists: [{ types, account, region: isGlobal ? null : region }] });

/** A list, and what is asked about the things on it. */
export function tasksOfList(call: AwsList, place: AwsPlace): UnitTask {
  const alone: PullTask = { unit: unitOf(call, place), pull: (from) => listPieces(call, place, from) };
  if (call.about.length === 0) return alone;
  return { unit: alone.unit, find: async () => {
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
  return Array.from({ length: Math.ceil(wanted.length / CHUNK) }, (_, i) => wanted.slice(i * CHUNK, (i + 1) * CHUNK)).map((chunk) => {
    const subjects = chunk.map((thing) => subjectOf(about, thing)).join('\n');
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

/** What several calls say about one thing each. Who may not ask about the first few may not ask at all. */
async function* aboutPieces(about: AwsAbout, things: readonly unknown[], place: AwsPlace): AsyncGenerator<Piece> {
  const gaps: PartGap[] = [], lines: string[] = [];
  const groups = Array.from({ length: Math.ceil(things.length / about.batch) }, (_, i) => things.slice(i * about.batch, (i + 1) * about.batch));
  const ask = (some: readonly (readonly unknown[])[]) => Promise.all(some.map(async (group) => {
    try { lines.push(...await askAbout(about, group, place)); return true; } catch (error) {
      if (!(error instanceof ConnectFailure) || endsThePull(error)) throw error;
      gaps.push(...group.map((thing) => ({ subject: subjectOf(about, thing), state: gapState(error), says: error.says })));
      return false;
    }
  }));
  const first = await ask(groups.slice(0, TRIED_FIRST));
  const [refused] = gaps;
  if (!first.includes(true) && refused && gaps.every((gap) => gap.state === 'denied')) throw new ConnectFailure('denied', refused.says);
  await ask(groups.slice(TRIED_FIRST));
  // What was deleted since it was listed is no gap.
  yield* onePiece(about, place, lines, lines.length, about.types, gaps.filter((gap) => gap.state !== 'absent'));
}

const gapState = (error: ConnectFailure): GapState => (error.kind === 'denied' || error.kind === 'absent' ? error.kind : 'failed');

/** @returns lines: the answers in envelopes that say what they are about, as most of them don't. */
async function askAbout(about: AwsAbout, group: readonly unknown[], place: AwsPlace): Promise<readonly string[]> {
  const subjects = group.map((thing) => subjectOf(about, thing));
  const [subject = ''] = subjects, [thing] = group;
  const input = { ...withAccount(about.input, place), [about.into]: about.batch > 1 ? subjects : subject };
  const region = about.service === 's3api' ? str(thing, 'BucketRegion') ?? place.region : place.region;
  const lines: string[] = [];
  for await (const { answer } of answersOf(about, input, { ...place, region }, subject)) lines.push(about.batch > 1 ? answerText(answer) : answerText({ Call: about.id, Subject: subject, Answer: answer }));
  return lines;
}

/** What a call is about, of a thing of the list. */
export const subjectOf = (about: AwsAbout, thing: unknown): string => (about.subject === '.' ? str(thing) : str(thing, about.subject)) ?? '';

/** The pages of a list. */
export const pagesOf = (call: AwsList, place: AwsPlace, from: string | undefined, most: JsonObject = {}): AsyncGenerator<{ answer: JsonObject; next: string | undefined }> =>
  answersOf(call, { ...withAccount(call.input, place), ...most }, place, place.account, from);

async function* answersOf(call: AwsCall & { readonly paging: Paging | undefined }, input: JsonObject, { clients, region }: AwsPlace, subject: string, from?: string): AsyncGenerator<{ answer: JsonObject; next: string | undefined }> {
  const instead = Object.fromEntries(Object.entries(unset[call.id] ?? {}).map(([code, make]) => [code, () => make(subject)]));
  let token = from;
  do {
    const answer = await clients.call(call.service, call.operation, region, { ...input, ...(token !== undefined && call.paging && { [call.paging.into]: token }) }, instead);
    token = call.paging === undefined ? undefined : nextPage(str(answer, ...call.paging.from.split('.')), token, call.id);
    yield { answer, next: token };
  } while (token !== undefined);
}

const withAccount = (input: JsonObject, { account }: AwsPlace): JsonObject => Object.fromEntries(Object.entries(input).map(([key, value]) => [key, value === '@account' ? account : value]));

export const itemsOf = (answer: JsonObject, places: readonly string[]): readonly unknown[] => places.flatMap((path) => list(at(answer, ...path.split('.'))));
