import { cpSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import Database from 'better-sqlite3';
import { createApp } from '#electron/host/create-app.ts';
import { now } from '#electron/host/clock.ts';
import { handlers } from '#electron/host/handlers/all.ts';
import { replay } from '#electron/host/handlers/replay.ts';
import { ENTRY, parseList, ROOT } from './winnow.ts';
import { decidedExamples, detailSchema, ingest, ran, rows, show } from './workspace.ts';

const EXAMPLES = join(ROOT, 'resources', 'examples');
const { dir, base, incidents, copy: workspaceCopy } = decidedExamples();
const idOf = (entity: string, issue: string): string => incidents.find((i) => i.incident.entity.endsWith(entity) && i.incident.primary_issue === issue)?.incident.id ?? '';

const missing = (): never => { throw new Error('the incident is not in the list'); };

describe('the route of a list', () => {
  const routeOf = async (workspace: string, id: string, ...options: readonly string[]): Promise<unknown> => {
    const { route, triage: { decision } } = parseList((await ran(0, ['incidents', '--json', '--workspace', workspace, ...options])).stdout).incidents.find((i) => i.incident.id === id) ?? missing();
    return { decision, now: route.status, actions: Object.fromEntries(route.actions.map((a) => [a.action, a.status])) };
  };
  it('says what became of each action: approved, rejected, overridden, merged', async () => {
    const workspace = workspaceCopy(), page = idOf('role/vendor-reporting', 'overprivileged_identity'), ticket = idOf('bastion-eu-1', 'open_port'), first = idOf('nw-hr-exports', 'public_access'), second = idOf(':nw-cdn-assets', 'public_access');
    const held = incidents.find((i) => i.route.actions.some((a) => a.action === 'auto_create_ticket' && a.status === 'waiting_for_approval'))?.incident.id ?? ticket;
    expect(await routeOf(workspace, page)).toEqual({ decision: 'resolve_now', now: 'waiting_for_approval', actions: { require_human_approval: 'waiting_for_approval', page_on_call: 'outbox' } });
    await ran(0, ['approve', page, '--by', 'dana', '--workspace', workspace]);
    await ran(0, ['reject', held, '--by', 'dana', '--workspace', workspace]);
    await ran(0, ['override', first, '--decision', 'ticket', '--priority', 'P3', '--reason', 'other', '--note', 'n', '--by', 'dana', '--workspace', workspace]);
    expect(await routeOf(workspace, page)).toEqual({ decision: 'resolve_now', now: 'approved', actions: { require_human_approval: 'approved', page_on_call: 'outbox' } });
    expect(await routeOf(workspace, held)).toEqual({ decision: 'ticket', now: 'withdrawn', actions: { require_human_approval: 'withdrawn', auto_create_ticket: 'withdrawn' } });
    expect(await routeOf(workspace, first)).toEqual({ decision: 'ticket', now: 'outbox', actions: { auto_create_ticket: 'outbox' } });
    await ran(0, ['reject', first, '--by', 'dana', '--workspace', workspace]);
    expect((await show(workspace, first)).route.actions.map((a) => a.status)).toEqual(['withdrawn']);
    expect((await ran(0, ['show', first, '--workspace', workspace])).stdout).toContain('Route    auto_create_ticket: withdrawn');
    await ran(0, ['merge', page, second, '--by', 'dana', '--workspace', workspace]);
    expect(await routeOf(workspace, second, '--status', 'closed')).toMatchObject({ now: 'withdrawn' });
    // As it was decided, it stays in the record.
    expect(rows(workspace, 'SELECT d.route FROM decisions d JOIN incidents i ON i.key = d.key WHERE i.id = ? ORDER BY d.started_us LIMIT 1', held)).toEqual([{ route: expect.stringContaining('waiting_for_approval') }]);
    await ran(0, ['replay', '--workspace', workspace]);
  });
});

describe('incidents that are alike, counted', () => {
  const groupsSchema = z.object({ by: z.array(z.string()), groups: z.array(z.object({ values: z.array(z.string().nullable()), incidents: z.number(), findings: z.number(), decisions: z.record(z.string(), z.number()), first: z.string() })), counts: z.record(z.string(), z.number()) });
  const alike = async (...options: readonly string[]) => groupsSchema.parse(JSON.parse((await ran(0, ['incidents', ...options, '--json', '--workspace', base])).stdout));
  /** The same from the list, which is in work order. */
  const fromList = (list: typeof incidents, valuesOf: (one: (typeof incidents)[number]) => readonly (string | null)[]) => {
    const groups = new Map<string, { values: readonly (string | null)[]; incidents: number; findings: number; decisions: Record<string, number>; first: string }>();
    for (const one of list) {
      const values = valuesOf(one), key = JSON.stringify(values);
      const group = groups.get(key) ?? { values, incidents: 0, findings: 0, decisions: { resolve_now: 0, ticket: 0, defer: 0, needs_human_review: 0, undecided: 0 }, first: one.incident.id };
      group.incidents += 1;
      group.findings += one.incident.supporting_findings.length;
      group.decisions[one.triage.decision] = (group.decisions[one.triage.decision] ?? 0) + 1;
      groups.set(key, group);
    }
    return [...groups.values()];
  };
  it('are those of the list, the most urgent first', async () => {
    const byIssue = await alike('--by', 'issue');
    expect(byIssue.groups).toEqual(fromList(incidents, (one) => [one.incident.primary_issue]));
    expect(byIssue.groups.some((group) => group.incidents > 1)).toBe(true);
    expect((await alike('--by', 'type,owner,environment')).groups).toEqual(fromList(incidents, (one) => [one.incident.entity_type, one.triage.owner ?? null, one.incident.environment ?? null]));
    expect((await alike('--by', 'entity')).groups).toEqual(fromList(incidents, (one) => [one.incident.entity]));
    expect((await alike('--by', 'account', '--decision', 'ticket')).groups).toEqual(fromList(incidents.filter((one) => one.triage.decision === 'ticket'), (one) => [one.incident.account ?? null]));
    expect((await alike('--by', 'issue', '--status', 'closed')).groups).toEqual([]);
  });
  it('are a table that says what it leaves out', async () => {
    const all = await alike('--by', 'issue'), { stdout } = await ran(0, ['incidents', '--by', 'issue', '--limit', '2', '--workspace', base]);
    const [head, first, second, rest] = stdout.split('\n');
    expect(head).toMatch(/^issue +incidents +resolve_now +ticket +defer +needs_human_review +findings +first$/);
    expect([first, second].map((line) => line?.split(/ +/).at(-1))).toEqual(all.groups.slice(0, 2).map((group) => group.first));
    expect(rest).toBe(`and ${all.groups.length - 2} more`);
    expect((await ran(0, ['incidents', '--by', 'issue', '--status', 'closed', '--workspace', base])).stdout).toContain('No incidents.');
  });
});

describe('what incidents lack that wait for a person', () => {
  const missingSchema = z.object({ missing: z.array(z.object({ supply: z.string(), claims: z.array(z.string()), incidents: z.number(), alone: z.number() })), counts: z.record(z.string(), z.number()) });
  it('is counted by what would supply it, and follows reviews', async () => {
    const workspace = workspaceCopy(), lacking = async () => missingSchema.parse(JSON.parse((await ran(0, ['incidents', '--missing', '--json', '--workspace', workspace])).stdout)).missing;
    const expected = (list: typeof incidents) => {
      const open = list.filter((i) => i.triage.decision === 'needs_human_review').map((i) => Map.groupBy(i.triage.missing_evidence, (m) => (m.value === 'conflict' ? 'the judgement of a person, as sources contradict each other' : m.supply)));
      return [...new Set(open.flatMap((one) => [...one.keys()]))].map((supply) => {
        const those = open.filter((one) => one.has(supply));
        return { supply, claims: [...new Set(those.flatMap((one) => one.get(supply)?.map((m) => m.claim) ?? []))].sort(), incidents: those.length, alone: those.filter((one) => one.size === 1).length };
      }).toSorted((a, b) => b.incidents - a.incidents || (a.supply < b.supply ? -1 : 1));
    };
    const all = await lacking();
    expect(all.length).toBeGreaterThan(3);
    expect(all).toEqual(expected(incidents));
    const reviewed = incidents.find((i) => i.triage.decision === 'needs_human_review' && i.triage.missing_evidence.length > 0)?.incident.id ?? '';
    await ran(0, ['override', reviewed, '--decision', 'defer', '--priority', 'P4', '--reason', 'other', '--note', 'n', '--by', 'dana', '--workspace', workspace]);
    expect(await lacking()).toEqual(expected(incidents.filter((i) => i.incident.id !== reviewed)));
    const { stdout } = await ran(0, ['incidents', '--missing', '--workspace', workspace]);
    expect(stdout).toMatch(/^incidents +only this +lack +to know$/m);
  });
  it('is said at the end of a run, most first', async () => {
    const { stdout } = await ran(0, ['triage', '--workspace', workspaceCopy()]);
    expect(stdout).toMatch(/Of those that wait for a person:\n {2}\d+ lack .+\n/);
    expect(stdout).toContain('"winnow incidents --missing" says what else');
  });
});

describe('where nothing can be written', () => {
  /** Stands in the way of SQLite's index of the WAL, for root as for anybody else. */
  function blocked(): string {
    const file = workspaceCopy();
    mkdirSync(`${file}-shm`);
    return file;
  }
  it('what only looks works on a private copy, says so, and leaves nothing behind', async () => {
    const file = blocked(), id = idOf(':backup-dev-legacy', 'public_access'), before = readdirSync(join(file, '..')), temp = (): readonly string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('winnow-read-'));
    const had = temp();
    for (const args of [['show', id], ['incidents'], ['replay', id], ['policy', 'show'], ['graph', 'backup-dev-legacy']]) expect({ args, stderr: (await ran(0, [...args, '--workspace', file])).stderr }).toEqual({ args, stderr: `winnow: ${file}: nothing can be written beside it, so a private copy is read\n` });
    expect(await show(file, id)).toEqual(await show(base, id));
    for (const args of [['query', 'SELECT count(*) FROM findings'], ['audit', 'verify']]) await ran(0, [...args, '--workspace', file]);
    expect([readdirSync(join(file, '..')).filter((name) => !/-(lock|wal)$/.test(name)), temp().filter((name) => !had.includes(name))]).toEqual([before, []]);
  });
  it.each([['approve', 'ID'], ['triage'], ['ingest', join(EXAMPLES, 'findings')]])('what changes something ends with 3 and a reason: %s', async (...args) => {
    const file = blocked();
    expect((await ran(3, [...args, '--workspace', file])).stderr).toMatch(/w\.db can't be opened: it may only be read: the file, its folder or the disk is write-protected/);
  });
  it('a copy that holds more than the file, in its log, is read with it', async () => {
    const file = workspaceCopy(), id = idOf(':backup-dev-legacy', 'public_access');
    const db = new Database(file);
    // A reader that stays keeps what follows out of the file.
    db.exec('BEGIN; SELECT count(*) FROM incidents');
    await ran(0, ['reject', id, '--by', 'dana', '--workspace', file]);
    const folder = join(dir, 'with-log');
    mkdirSync(join(folder, 'w.db-shm'), { recursive: true });
    for (const suffix of ['', '-wal']) cpSync(`${file}${suffix}`, join(folder, `w.db${suffix}`));
    expect(statSync(join(folder, 'w.db-wal')).size).toBeGreaterThan(0);
    db.close();
    expect((await show(join(folder, 'w.db'), id)).incident.status).toBe('rejected');
  });
});

it('beside another Winnow one can look, and is told so; who would change something is turned away', async () => {
  const file = workspaceCopy(), lock = new Database(`${file}-lock`), id = idOf(':backup-dev-legacy', 'public_access');
  lock.exec('BEGIN EXCLUSIVE');
  try {
    for (const args of [['incidents'], ['show', id]]) expect((await ran(0, [...args, '--workspace', file])).stderr).toMatch(/w\.db is in use by another Winnow: this shows what that one has saved by now/);
    for (const args of [['approve', id], ['triage']]) expect((await ran(3, [...args, '--workspace', file])).stderr).toMatch(/w\.db is in use by another Winnow; close that one first/);
  } finally { lock.close(); }
  await ran(0, ['approve', id, '--workspace', file]);
});

describe('Ctrl-C', () => {
  /** Starts a command and sends it a signal once it has committed something. */
  async function stopped(args: readonly string[], workspace: string, signal: 'SIGINT' | 'SIGTERM'): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const hasBegun = (): boolean => { try { return rows(workspace, 'SELECT 1 FROM raw_chunks LIMIT 1').length > 0; } catch { return false; } };
    const child = spawn(process.execPath, [ENTRY, ...args, '--workspace', workspace, '--json'], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '', stderr = '';
    child.stdout.on('data', (chunk: Buffer) => { stdout += chunk.toString('utf8'); });
    child.stderr.on('data', (chunk: Buffer) => { stderr += chunk.toString('utf8'); });
    const ended = new Promise<number | null>((resolve) => { child.once('close', resolve); });
    while (child.exitCode === null && !hasBegun()) await sleep(5);
    child.kill(signal);
    return { code: await ended, stdout, stderr };
  }
  it.each([['SIGINT', 130], ['SIGTERM', 143]] as const)('ends an import with %s: %i, keeps what is done, and the same command goes on', async (signal, code) => {
    const workspace = join(dir, `${signal}.db`), paths = ['cloudtrail', 'findings', 'aws-config'].map((name) => join(EXAMPLES, name));
    const cut = await stopped(['ingest', ...paths], workspace, signal);
    expect({ code: cut.code, cancelled: z.looseObject({ cancelled: z.boolean() }).parse(JSON.parse(cut.stdout)).cancelled, said: /stopping after this batch; what is done is kept/.test(cut.stderr) }).toEqual({ code, cancelled: true, said: true });
    const { counts } = await ingest(workspace, ...paths);
    const undisturbed = await ingest(join(dir, `${signal}-whole.db`), ...paths);
    for (const name of ['findings', 'events', 'resources']) expect([name, counts[name]]).toEqual([name, undisturbed.counts[name]]);
  });
  it('ends a replay with what was replayed, which is not all', async () => {
    const opened = createApp({ file: workspaceCopy(), create: false, resourcesDir: join(ROOT, 'resources'), workerUrl: (name) => { throw new Error(`nothing starts a ${name} thread here`); }, now });
    if (!opened.ok) throw new Error(opened.error);
    try {
      let asked = 0;
      const cut = await replay(opened.value, { engine: 'auto' }, { onProgress: () => undefined, isCancelled: () => asked++ >= 3 });
      const whole = await replay(opened.value, { engine: 'auto' }, { onProgress: () => undefined, isCancelled: () => false });
      expect([cut, whole].map((r) => (r.ok ? [r.value.cancelled, r.value.counts.decisions] : r.error))).toEqual([[true, 3], [false, incidents.length]]);
    } finally { opened.value.close(); }
  });
});

it('what an option does not take ends with 2 before anything is opened', async () => {
  const id = idOf(':backup-dev-legacy', 'public_access'), file = join(dir, 'none', 'w.db');
  const override = ['override', id, '--decision', 'defer', '--priority', 'P4', '--reason', 'other', '--note', 'n', '--by', 'dana', '--workspace', file], answer = ['answer', id, '--by', 'dana', '--workspace', file];
  for (const [args, why] of [
    [[...override, '--expires', '2020-01-01'], '--expires takes a date that has not passed'], [[...override, '--expires', '2020-01-01T00:00:00Z'], '--expires takes a date that has not passed'], [[...override, '--expires', 'soon'], '--expires takes a date'],
    [[...answer, '--claim', 'production', '--value', 'true', '--expires', '2020-01-01'], '--expires takes a date that has not passed'], [[...answer, '--claim', 'nonsense', '--value', 'true'], '"nonsense" is no claim'], [[...answer, '--claim', 'production', '--value', 'perhaps'], 'production takes true or false'],
  ] as const) expect((await ran(2, args)).stderr).toContain(why);
  // Its last day counts.
  const workspace = workspaceCopy();
  await ran(0, [...override.slice(0, -1), workspace, '--expires', new Date().toISOString().slice(0, 10)]);
  expect(detailSchema.parse(JSON.parse((await ran(0, ['show', id, '--json', '--workspace', workspace])).stdout)).incident.status).toBe('overridden');
});

describe('said once more', () => {
  /** Asks the handlers of an own copy, without a process each time. */
  async function asking(use: (ask: (method: string, input: object) => Promise<{ readonly message: string; readonly review_id: number | null }>, file: string) => Promise<void>): Promise<void> {
    const file = workspaceCopy(), opened = createApp({ file, create: false, resourcesDir: join(ROOT, 'resources'), workerUrl: (name) => { throw new Error(`nothing starts a ${name} thread here`); }, now });
    if (!opened.ok) throw new Error(opened.error);
    const hooks = { isCancelled: () => false, onProgress: () => undefined };
    const answered = z.looseObject({ message: z.string(), review_id: z.number().nullable() });
    try {
      await use(async (method, input) => {
        const result = await handlers[method]!(opened.value, input, hooks);
        return result.ok ? answered.parse(result.value) : { message: `refused: ${result.error}`, review_id: null };
      }, file);
    } finally { opened.value.close(); }
  }
  const a = (): string => idOf('nw-hr-exports', 'public_access'), b = (): string => idOf(':nw-cdn-assets', 'public_access');

  it('the same override, approval and merge change nothing; another one does', () => asking(async (ask, file) => {
    const reviews = (): unknown => rows(file, 'SELECT count(*) AS n FROM reviews')[0]?.['n'], override = { id: a(), decision: 'ticket', priority: 'P3', reason: 'other', note: 'moved', by: 'dana' };
    expect((await ask('override', override)).review_id).toBe(1);
    expect(await ask('override', override)).toEqual(expect.objectContaining({ message: 'it was overridden so already: ticket P3', review_id: null }));
    expect((await ask('override', { ...override, note: 'moved again' })).review_id).toBe(2);
    const deferral = { ...override, decision: 'defer', priority: 'P4' };
    expect([(await ask('override', deferral)).review_id, (await ask('override', deferral)).review_id, (await ask('override', { ...deferral, expires: '2100-01-01' })).review_id]).toEqual([3, null, 4]);
    expect(await ask('approve', { id: b() })).toEqual(expect.objectContaining({ message: 'defer P4 stands; nothing waited for approval', review_id: 5 }));
    expect(await ask('approve', { id: b() })).toEqual(expect.objectContaining({ message: 'it was approved already', review_id: null }));
    expect((await ask('merge', { ids: [a(), b()] })).review_id).toBe(6);
    expect(await ask('merge', { ids: [a(), b()] })).toEqual(expect.objectContaining({ message: `${a()}, ${b()} were one incident already`, review_id: null }));
    expect(await ask('merge', { ids: [b(), a()] })).toEqual(expect.objectContaining({ message: `refused: ${b()} is closed; its findings are in ${a()}` }));
    expect(await ask('merge', { ids: [a(), a()] })).toEqual(expect.objectContaining({ message: 'refused: merge needs two different incidents' }));
    expect(reviews()).toBe(6);
  }));
  it('a finding that is named twice leaves once', () => asking(async (ask) => {
    const large = incidents.find((i) => i.incident.supporting_findings.length > 2)?.incident, out = large?.supporting_findings[1]?.finding_id ?? '';
    expect((await ask('split', { id: large?.id, findings: [out, out] })).message).toBe(`1 finding leaves ${large?.id ?? ''}`);
  }));
  it('an owner that the policy does not name is taken, and it is said', () => asking(async (ask) => {
    expect((await ask('answer', { id: a(), claim: 'owner_identified', value: 'nobody-team', by: 'dana' })).message).toMatch(/until \d{4}-\d\d-\d\d; the policy names no owner nobody-team, so nobody can say that it is active$/);
    expect((await ask('answer', { id: a(), claim: 'owner_identified', value: 'Platform-Team', by: 'dana' })).message).toMatch(/until \d{4}-\d\d-\d\d$/);
  }));
  it('the same answer is one answer', () => asking(async (ask, file) => {
    const answer = { id: a(), claim: 'production', value: 'false', by: 'dana', note: 'asked' };
    expect([(await ask('answer', answer)).review_id, (await ask('answer', answer)).review_id, (await ask('answer', { ...answer, value: 'true' })).review_id, (await ask('answer', answer)).review_id, (await ask('answer', { ...answer, expires: '2100-01-01' })).review_id]).toEqual([1, null, 2, 3, 4]);
    expect((await ask('answer', { ...answer, expires: '2100-01-01' })).message).toBe('it was answered so already: production = false, by dana, until 2100-01-01');
    expect(rows(file, 'SELECT count(*) AS n FROM answers')).toEqual([{ n: 4 }]);
  }));
  it('an incident is found by its number as well, where one has it', () => asking(async (ask, file) => {
    const id = b(), digits = String(Number(id.split('-')[2]));
    expect((await ask('approve', { id: digits })).review_id).toBe(1);
    for (const written of [id, id.toLowerCase(), `inc-${id.split('-')[1] ?? ''}-${digits}`, ` ${digits} `]) expect((await ask('approve', { id: written })).message).toBe('it was approved already');
    for (const none of ['INC-2026-', '0', '99999', 'INC-%', '%', '', 'INC-2026-00']) expect((await ask('approve', { id: none })).message).toBe(`refused: there is no incident ${none}`);
    const db = new Database(file);
    // In another year another one has the number.
    db.prepare("UPDATE incidents SET id = ? WHERE id = ?").run(`INC-2025-${digits.padStart(4, '0')}`, incidents.find((i) => i.incident.id !== id)?.incident.id);
    db.close();
    expect((await ask('approve', { id: digits })).message).toBe(`refused: there is no incident ${digits}`);
  }));
});

it('says where to find the ids that there are', async () => {
  expect((await ran(1, ['show', 'INC-1999-0001', '--workspace', base])).stderr).toContain('there is no incident INC-1999-0001; "winnow incidents" lists them');
});
