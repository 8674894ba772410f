/** Acceptance scenarios that need a workspace of their own: time, budget, the life of an incident, the order of files, policies that are refused. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { accountBlock, anyone, bucket, type Flags } from './build/buckets.ts';
import { prowler, publicBucket } from './build/findings.ts';
import { ago, filesOf, joinPolicies, writeWorld, type Json, type Part } from './build/part.ts';
import { runs } from './build/runs.ts';
import { account, DEV, ground, OUTSIDE, PROD } from './cases/case.ts';
import { inTempFolder, parseList, winnow, type DecidedIncident } from './winnow.ts';

const arn = (name: string): string => `arn:aws:s3:::${name}`;
const secret = { owner: 'team-a', 'data-classification': 'confidential' };
const open = (name: string, at?: string): Json => bucket(name, { account: PROD, tags: secret, policy: [anyone(name)], ...(at !== undefined && { at }) });

interface Workspace {
  ingest(...parts: readonly Part[]): Promise<void>;
  triage(...options: readonly string[]): Promise<readonly DecidedIncident[]>;
  policy(policy: Json): Promise<{ readonly code: number; readonly said: string }>;
  readonly at: readonly string[];
}
/** A workspace with the common policy (and `more` of it); `use` brings in what it wants. */
const inWorkspace = (use: (w: Workspace) => Promise<void>, more: Json = {}): Promise<void> => inTempFolder(async (dir) => {
  let batch = 0;
  const at = ['--workspace', join(dir, 'w.db')];
  const workspace: Workspace = {
    at,
    async ingest(...parts) { const to = join(dir, `batch-${batch++}`); mkdirSync(to); await runs('ingest', writeWorld(to, parts).data, ...at); },
    async triage(...options) { return parseList(await runs('triage', ...options, ...at, '--json')).incidents; },
    async policy(policy) {
      const file = join(dir, `policy-${batch++}.json`);
      writeFileSync(file, JSON.stringify(policy));
      const ran = await winnow(['policy', 'import', file, ...at]);
      return { code: ran.code, said: ran.stderr + ran.stdout };
    },
  };
  expect(await workspace.policy(joinPolicies([ground.policy ?? {}, more]))).toMatchObject({ code: 0 });
  await use(workspace);
});
const brief = (i: DecidedIncident) => ({ decision: i.triage.decision, priority: i.triage.priority, rule: i.validation.gate.rule });
const P1 = { decision: 'resolve_now', priority: 'P1', rule: 2 };

describe('time', () => {
  it('measures age against as_of: stale today, fresh when the snapshot was taken', async () => {
    // 3-decisions: "Age is measured against the run's as_of (default: the newest time in any imported data)"; "default 30 days for imported snapshots".
    await inWorkspace(async (w) => {
      const old = ago(31);
      await w.ingest({ items: [open('mx-then', old), accountBlock(PROD, [], old)], asff: [publicBucket(PROD, 'mx-then', { at: old })] }, { asff: [publicBucket(PROD, 'mx-now')] });
      const then = (list: readonly DecidedIncident[]) => list.find((i) => i.incident.entity === arn('mx-then'))!;
      const stale = then(await w.triage());
      expect([brief(stale).decision, stale.triage.missing_evidence.map((m) => m.claim)]).toEqual(['needs_human_review', expect.arrayContaining(['exposure_confirmed'])]);
      expect(brief(then(await w.triage('--as-of', ago(2))))).toEqual(P1);
      expect(brief(then(await w.triage())).decision).toBe('needs_human_review');
    });
  });
});

describe('budget', () => {
  it('needs a person when one tool call is not enough, and says so', async () => {
    // 3-decisions gate 0: "budget exhausted → needs_human_review".
    await inWorkspace(async (w) => {
      await w.ingest(ground, { items: [open('mx-budget')], asff: [publicBucket(PROD, 'mx-budget')] });
      const [only] = await w.triage();
      expect(brief(only!)).toMatchObject({ decision: 'needs_human_review', rule: 0 });
      expect(only!.validation.gate.why).toMatch(/budget/);
    }, { thresholds: { max_tool_calls: 1 } });
  });
});

describe('the life of an incident', () => {
  // One workspace, four buckets and six deliveries; each bucket's story is told by what was seen after each delivery.
  const title = 'Ensure there are no S3 buckets open to Everyone or Any AWS user.';
  const seen = new Map<string, (ReturnType<typeof brief> & { readonly id: string; readonly status: string; readonly owner: string | undefined })[]>();
  const finding = (at: string, resolved = false): Json => publicBucket(PROD, 'mx-life', { at, ...(resolved && { workflow: 'RESOLVED' as const }) });
  const check = (status: 'FAIL' | 'PASS', at: string): Json => prowler({ account: PROD, check: 's3_bucket_public_access', title, resource: arn('mx-two'), type: 'AwsS3Bucket', status, at });
  /** In an account of its own, whose snapshots come on other days. */
  const FIXED = '150000000001';
  const fixed = (at: string, block: readonly Flags[] = []): Json => bucket('mx-fixed', { account: FIXED, tags: secret, policy: [anyone('mx-fixed')], block, at });
  const unencrypted: Json = { ...publicBucket(DEV, 'mx-asked'), Title: 'S3 buckets should have server-side encryption enabled', GeneratorId: 'security-control/S3.4', Compliance: { Status: 'FAILED', SecurityControlId: 'S3.4' } };

  beforeAll(() => inWorkspace(async (w) => {
    const look = async (): Promise<void> => {
      await w.triage();
      for (const text of [await runs('incidents', ...w.at, '--json'), await runs('incidents', '--status', 'closed', ...w.at, '--json')]) {
        for (const i of parseList(text).incidents) {
          const name = i.incident.entity.slice('arn:aws:s3:::'.length), before = seen.get(name) ?? [];
          seen.set(name, [...before, { ...brief(i), id: i.incident.id, status: i.incident.status, owner: i.triage.owner }]);
        }
      }
    };
    await w.ingest(ground, account(FIXED, 'production'), { items: [accountBlock(FIXED, [], ago(2)), open('mx-life'), open('mx-two'), fixed(ago(2)), bucket('mx-asked', { account: DEV })] }, { asff: [finding(ago(5)), publicBucket(PROD, 'mx-two'), publicBucket(FIXED, 'mx-fixed'), unencrypted], prowler: [check('FAIL', ago(3))] });
    await look();
    await w.ingest({ asff: [finding(ago(6), true)], items: [fixed(ago(1), ['RestrictPublicBuckets'])] });
    await runs('answer', seen.get('mx-asked')![0]!.id, '--claim', 'owner_identified', '--value', 'team-a', '--by', 'kim', '--note', 'asked in the channel', ...w.at);
    await look();
    await w.ingest({ asff: [finding(ago(4), true)], prowler: [check('PASS', ago(2))], items: [fixed(ago(3))] });
    await look();
    await w.ingest({ asff: [finding(ago(3))] });
    await look();
  }, { accounts: { [FIXED]: { environment: 'production' } } }), 90_000);
  const story = (name: string, of: 'status' | 'decision' | 'owner' | 'id') => seen.get(name)?.map((s) => s[of]);

  it('closes when its finding is resolved, reopens when it comes back, and an older record changes nothing', () => {
    // 2-architecture: incident.status open, closed, reopened; findings have status, first_seen, last_seen.
    expect(story('mx-life', 'status')).toEqual(['open', 'open', 'closed', 'reopened']);
    expect(new Set(story('mx-life', 'id')).size).toBe(1);
    expect(seen.get('mx-life')?.at(-1)).toMatchObject(P1);
  });
  it('stays open as long as one tool still reports it', () => {
    expect(story('mx-two', 'status')).toEqual(['open', 'open', 'open', 'open']);
  });
  it('takes a newer snapshot into account and an older one not: what was P1 is deferred', () => {
    // 5-graph §7: observed → diff → recompute; 3-decisions: mitigation confirmed is defer.
    expect(story('mx-fixed', 'decision')).toEqual(['resolve_now', 'defer', 'defer', 'defer']);
  });
  it('takes an answer: the missing owner makes it a ticket', () => {
    // 3-decisions, "What people add": answer supplies a missing claim.
    expect(story('mx-asked', 'decision')).toEqual(['needs_human_review', 'ticket', 'ticket', 'ticket']);
    expect(story('mx-asked', 'owner')).toEqual([undefined, 'team-a', 'team-a', 'team-a']);
  });
});

describe('order and repetition', () => {
  it('decides the same whichever file comes first, and a second import adds nothing', async () => {
    // 2-architecture: "Ingest is idempotent: the same file twice adds nothing."
    const parts: readonly Part[] = [ground, { items: [open('mx-order')], asff: [publicBucket(PROD, 'mx-order')], prowler: [prowler({ account: PROD, check: 's3_bucket_public_access', title: 'Ensure there are no S3 buckets open to Everyone or Any AWS user.', resource: arn('mx-order'), type: 'AwsS3Bucket' })] }];
    const outcomes: unknown[] = [];
    for (const turn of [(names: string[]) => names, (names: string[]) => names.toReversed()]) {
      await inWorkspace(async (w) => {
        await inTempFolder(async (dir) => {
          const files = turn([...filesOf(parts).keys()]).map((name) => join(dir, name));
          for (const [name, content] of filesOf(parts)) writeFileSync(join(dir, name), JSON.stringify(content));
          await runs('ingest', ...files, ...w.at);
          const list = await w.triage();
          outcomes.push(list.map((i) => ({ ...brief(i), key: i.incident.key, confidence: i.triage.confidence, findings: i.incident.supporting_findings.map((f) => f.finding_id).toSorted(), primary: i.incident.primary_finding })));
          const again: unknown = JSON.parse(await runs('ingest', dir, ...w.at, '--json'));
          expect(again).toMatchObject({ counts: { new: 0, quarantined: 0 } });
          expect((await w.triage()).map(brief)).toEqual(list.map(brief));
        });
      });
    }
    expect(outcomes[0]).toMatchObject([P1]);
    expect(outcomes[1]).toEqual(outcomes[0]);
  });
});

describe('policies that are refused or mean nothing', () => {
  it('are refused whole, and say why', async () => {
    // 3-decisions: "a rule that doesn't parse is refused with its position".
    const refused: readonly (readonly [Json, RegExp])[] = [
      [{ routing_rules: [{ condition: 'confidence > 0.9 AND AND decision = ticket', action: 'notify' }] }, /\b(22|23)\b/],
      [{ routing_rules: [{ condition: 'confidnce > 0.9', action: 'notify' }] }, /confidnce/],
      [{ routing_rules: [{ condition: 'blast_radius < enormous', action: 'notify' }] }, /enormous/],
      [{ routing_rules: [{ condition: 'confidence > 0.9', action: 'delete_bucket' }] }, /action/],
      [{ owner: [{ id: 'x' }] }, /owner/],
      [{ accepted_risks: [{ entity: arn('x'), issue_type: 'public_access', approved_by: 'ciso', expires: 'never' }] }, /expires/],
    ];
    await inWorkspace(async (w) => {
      for (const [policy, says] of refused) {
        const { code, said } = await w.policy(policy);
        expect([code === 0, said]).toEqual([false, expect.stringMatching(says)]);
      }
      expect(await runs('policy', 'show', ...w.at)).toMatch(/team-gone/);
    });
  });
});

describe('text and names of strangers', () => {
  it('carry no control characters to the terminal, accept no risks by wildcard, and move no account', async () => {
    const title = `S3 bucket allows public read access \u001B[2J\u001B]0;owned\u0007 \u202Egnp.exe \u009B31m`;
    const wild = { accepted_risks: [{ entity: 'arn:aws:s3:::mx-*', issue_type: 'public_access', approved_by: 'ciso', expires: '2027-06-30' }] };
    await inWorkspace(async (w) => {
      await w.ingest(ground, {
        items: [bucket('mx-esc', { account: PROD, tags: { ...secret, note: title }, policy: [anyone('mx-esc')] }), bucket('mx-theirs', { account: OUTSIDE, tags: secret, policy: null }), accountBlock(OUTSIDE)],
        asff: [publicBucket(PROD, 'mx-esc', { title, description: title }), publicBucket(OUTSIDE, 'mx-theirs')],
      });
      const list = await w.triage();
      const of = (name: string) => list.find((i) => i.incident.entity === arn(name))!;
      // 3-decisions gate 3: "an exact, approved, unexpired accepted risk".
      expect(brief(of('mx-esc'))).toEqual(P1);
      expect([of('mx-theirs').incident.account, brief(of('mx-theirs')).decision]).toEqual([OUTSIDE, 'defer']);
      // README: "Text from findings is data: it is never an instruction and can't steer your terminal."
      const { id } = of('mx-esc').incident;
      const shown = [await runs('triage', ...w.at), await runs('incidents', ...w.at), await runs('show', id, ...w.at), await runs('trace', id, ...w.at), await runs('graph', arn('mx-esc'), ...w.at)].join('\n');
      expect(shown).toContain('mx-esc');
      expect(/[^\P{Cc}\n\t]|\p{Bidi_Control}/u.exec(shown)).toBeNull();
    }, wild);
  });
});
