import { unitKey, type Identity, type Unit } from '#electron/connectors/connector.ts';
import type { PullRow, PullUnitRow } from '#electron/store/tables/pulls.ts';
import type { Preflight, PullReport } from '#shared/model/pull.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { App } from '../create-app.ts';
import { refreshGraph } from '../refresh-graph.ts';
import type { Hooks } from '../serve-requests.ts';
import { startParser, type Parser } from '../worker-pool.ts';
import { ingestPiece } from './ingest-piece.ts';
import type { FromPull, ProgressEntry } from './pull-protocol.ts';
import { reportPull } from './pull-report.ts';
import { readConnectSettings } from './settings.ts';
import { settlePull } from './settle-pull.ts';
import { openSpool } from './spool.ts';
import { startPullThread, type PullThread } from './start-pull-thread.ts';

export interface PullInput {
  readonly product: string;
  readonly settings: Readonly<Record<string, string>>;
  /** `auto` goes on with a cut pull of the same target that is not older than a day. */
  readonly resume: 'auto' | 'must' | 'never';
  readonly by: string;
}
const DAY_US = 86_400_000_000;

/**
 * Pulls a snapshot of a product into the workspace: what comes is durable unit by unit, and goes into the graph when the pull ends, however it ends.
 * One audit row says who pulled what, as whom, and what was denied.
 * @returns an error when it could not begin, or can't be resumed as asked.
 */
export async function runPull(app: App, input: PullInput, hooks: Hooks): Promise<Result<PullReport>> {
  const thread = startPullThread(app.options.workerUrl('pull'), { product: input.product, settings: { ...input.settings }, task: 'pull', allow: readConnectSettings(app).allow }, hooks.isCancelled);
  // Mostly it waits for the network: short reviews may come in between.
  hooks.onWaiting?.(true);
  const spool = await openSpool();
  try {
    const messages = thread.messages();
    const identity = await identityFrom(messages, (text) => { tell(hooks, 'pull', text); });
    if (!identity.ok) return identity;
    const begun = begin(app, input, identity.value);
    if (!begun.ok) return begun;
    thread.send({ type: 'go', progress: progressOf(app.tables.pulls.units(begun.value.pull_id)) });
    return ok(await takeAll(app, input, begun.value, { thread, messages, dir: spool.dir }, hooks));
  } finally {
    await thread.stop();
    await spool.remove();
    hooks.onWaiting?.(false);
  }
}

/** Tries what each call may do. Nothing is stored. */
export async function preflight(app: App, product: string, settings: Readonly<Record<string, string>>, hooks: Hooks): Promise<Result<Preflight>> {
  const thread = startPullThread(app.options.workerUrl('pull'), { product, settings: { ...settings }, task: 'preflight', allow: readConnectSettings(app).allow }, hooks.isCancelled);
  hooks.onWaiting?.(true);
  try {
    const messages = thread.messages(), rows: Preflight['rows'] = [];
    const identity = await identityFrom(messages, (text) => { tell(hooks, 'preflight', text); });
    if (!identity.ok) return identity;
    for await (const message of messages) {
      if (message.type === 'row') { rows.push(message.row); hooks.onProgress({ job: 'preflight', done: rows.length, total: 0, unit: 'permissions', detail: message.row.says }); }
      if (message.type === 'end' && message.failure) return err(message.failure.says);
    }
    return ok({ product, ...identity.value, rows });
  } finally { await thread.stop(); hooks.onWaiting?.(false); }
}

/** What a person has to see, such as where to sign in, goes past everything else. */
const tell = (hooks: Hooks, job: string, text: string): void => { hooks.onProgress({ job, done: 0, total: 0, unit: 'calls', detail: text, said: text }); };

async function identityFrom(messages: AsyncGenerator<FromPull>, say: (text: string) => void): Promise<Result<Identity>> {
  for (;;) {
    const next = await messages.next();
    if (next.done === true) return err('the thread that pulls stopped');
    if (next.value.type === 'said') say(next.value.text);
    if (next.value.type === 'connected') return ok(next.value.identity);
    if (next.value.type === 'end') return err(next.value.failure?.says ?? 'the thread that pulls stopped');
  }
}

/** A new pull, or a cut one that goes on. One that is given up is put into the graph as far as it came. */
function begin(app: App, input: PullInput, { target, principal }: Identity): Result<PullRow> {
  const { pulls } = app.tables, nowUs = app.now();
  const have = pulls.unfinished(input.product, target);
  const mayGoOn = have !== undefined && input.resume !== 'never' && (input.resume === 'must' || nowUs - have.started_us < DAY_US);
  if (!mayGoOn && input.resume === 'must') return err(`there is no cut pull of ${input.product} ${target} to go on with`);
  if (have && !mayGoOn) {
    if (have.state === 'running') settlePull(app, have, false);
    app.tables.transaction(() => { pulls.setState(have.pull_id, 'left', have.why ?? undefined, have.finished_us ?? nowUs); pulls.clearStaged(have.pull_id); });
  }
  const pullId = app.tables.transaction(() => {
    if (have && mayGoOn) { pulls.goOn(have.pull_id, principal); return have.pull_id; }
    return pulls.begin({ product: input.product, target, principal, started_us: nowUs });
  });
  const row = pulls.get(pullId);
  return row ? ok(row) : err('the pull could not be begun');
}

const progressOf = (units: readonly PullUnitRow[]): readonly ProgressEntry[] => units.flatMap((unit): readonly ProgressEntry[] => {
  // What was denied or failed is tried again: that may be why it is resumed.
  if (unit.state === 'done' || unit.state === 'absent') return [[unit.unit, 'done']];
  return unit.state === 'open' && unit.next !== null ? [[unit.unit, { next: unit.next }]] : [];
});

interface Running { readonly thread: PullThread; readonly messages: AsyncGenerator<FromPull>; readonly dir: string }

async function takeAll(app: App, input: PullInput, pull: PullRow, { thread, messages, dir }: Running, hooks: Hooks): Promise<PullReport> {
  const { pulls } = app.tables;
  const settled = new Set(pulls.units(pull.pull_id).filter((unit) => unit.state !== 'open').map((row) => row.unit)), resumed = settled.size;
  // A unit of which a piece was lost stays failed, whatever comes of it later: what stood in that piece isn't gone.
  const lost = new Map<string, string>();
  let planned = pull.planned, records = 0;
  let ended: Extract<FromPull, { type: 'end' }> = { type: 'end', requests: 0, retries: 0, failure: { kind: 'broken', says: 'the thread that pulls stopped' } };
  let parser: Parser | undefined;
  const show = (unit?: Unit): void => { hooks.onProgress({ job: 'pull', done: settled.size, total: Math.max(planned, settled.size), unit: 'calls', detail: `${unit === undefined ? input.product : `${unit.scope.region ?? unit.scope.account ?? ''} ${unit.call}`}: ${records} records` }); };
  try {
    for await (const message of messages) {
      switch (message.type) {
        case 'planned': planned = message.units; show(); break;
        case 'piece': {
          parser ??= startParser(app.options.workerUrl('parse'));
          const { unit, piece } = message, before = lost.get(unitKey(unit));
          const row = unitRow(unit, before !== undefined ? { state: 'failed', says: before, format: piece.format, records: piece.records } : { state: piece.next === undefined ? 'done' : 'open', next: piece.next ?? null, format: piece.format, records: piece.records, lists: JSON.stringify(piece.lists ?? []), gaps: JSON.stringify(piece.gaps ?? []) });
          const saved = await ingestPiece(app, parser, pull.pull_id, piece, row, dir);
          if (!saved.ok) {
            await parser.stop();
            parser = undefined;
            const says = `what came could not be read: ${saved.error}`;
            lost.set(unitKey(unit), says);
            app.tables.transaction(() => { pulls.putUnit(pull.pull_id, unitRow(unit, { state: 'failed', says })); });
          }
          if (piece.next === undefined) settled.add(unitKey(unit));
          records += piece.records;
          show(unit);
          thread.send({ type: 'ack' });
          break;
        }
        case 'gap': app.tables.transaction(() => { pulls.putUnit(pull.pull_id, unitRow(message.unit, { state: message.state, says: message.says })); }); settled.add(unitKey(message.unit)); show(message.unit); break;
        case 'said': tell(hooks, 'pull', message.text); break;
        case 'end': ended = message; break;
        case 'connected': case 'row': break;
      }
    }
  } finally { await parser?.stop(); }
  return finish(app, input, pull, ended, { planned, resumed }, hooks);
}

const unitRow = (unit: Unit, told: Partial<PullUnitRow> & Pick<PullUnitRow, 'state'>): PullUnitRow =>
  ({ unit: unitKey(unit), call: unit.call, account: unit.scope.account ?? '', region: unit.scope.region ?? '', next: null, format: '', records: 0, says: '', lists: '[]', gaps: '[]', ...told });

function finish(app: App, input: PullInput, pull: PullRow, ended: Extract<FromPull, { type: 'end' }>, { planned, resumed }: { readonly planned: number; readonly resumed: number }, hooks: Hooks): PullReport {
  const { pulls } = app.tables, isWhole = ended.failure === undefined;
  pulls.addCounts(pull.pull_id, { planned, requests: ended.requests, retries: ended.retries });
  settlePull(app, pull, isWhole, (done) => { hooks.onProgress({ job: 'pull', done, total: 0, unit: 'resources', detail: 'put into the graph' }); });
  const why = ended.failure === undefined ? undefined : ended.failure.kind === 'cancelled' ? 'cancelled' : ended.failure.says;
  const report = app.tables.transaction(() => {
    pulls.setState(pull.pull_id, isWhole ? 'done' : 'cut', why, app.now());
    const made = reportPull(app, pulls.get(pull.pull_id) ?? pull);
    app.audit('pulled', input.by, {
      product: made.product, target: made.target, principal: made.principal, pull_id: made.pull_id, state: made.state, why: made.why, resumed: resumed > 0 || pull.settled > 0, allow: readConnectSettings(app).allow, units: made.units, records: made.records, resources: made.resources,
      denied: made.gaps.filter((gap) => gap.state === 'denied').map((gap) => gap.call), failed: made.gaps.filter((gap) => gap.state === 'failed').map((gap) => gap.call),
    });
    return made;
  });
  refreshGraph(app);
  return report;
}
