/** What one scenario adds to a workspace: pieces of the files that tools write. `writeWorld` puts the pieces of many scenarios into files. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type Json = Readonly<Record<string, unknown>>;
export interface Identities { readonly roles?: readonly Json[]; readonly users?: readonly Json[]; readonly policies?: readonly Json[] }
export interface Part {
  readonly items?: readonly Json[];
  readonly iam?: Readonly<Record<string, Identities>>;
  readonly trail?: readonly Json[];
  readonly asff?: readonly Json[];
  readonly prowler?: readonly Json[];
  readonly wiz?: readonly Json[];
  readonly guardduty?: readonly Json[];
  /** Records of an own tool, read by a field map of the policy. */
  readonly siem?: readonly Json[];
  /** Whole documents (Trivy, SARIF, …), a file each. */
  readonly documents?: readonly Json[];
  readonly policy?: Json;
}

/** All accounts' snapshots are delivered at this time unless a builder is told another. */
export const NOW = '2026-11-20T22:00:00.000Z';
/** `days` (and hours) before NOW. */
export const ago = (days: number, hours = 0): string => new Date(Date.parse(NOW) - days * 86_400_000 - hours * 3_600_000).toISOString();

const account = (item: Json): string => String(item['awsAccountId']);
const day = (item: Json): string => String(item['configurationItemCaptureTime']).slice(0, 10);

/** Joins the policies of several parts: lists are appended, objects merged. */
export function joinPolicies(policies: readonly Json[]): Json {
  const out: Record<string, unknown> = {};
  for (const [key, value] of policies.flatMap((p) => Object.entries(p))) {
    const before = out[key];
    if (Array.isArray(value)) out[key] = [...(Array.isArray(before) ? before as readonly unknown[] : []), ...value as readonly unknown[]];
    else if (typeof value === 'object' && value !== null) out[key] = { ...(typeof before === 'object' ? before : {}), ...value };
    else out[key] = value;
  }
  return out;
}

/** The files of a workspace by name, in the shapes that the tools deliver. */
export function filesOf(parts: readonly Part[]): ReadonlyMap<string, unknown> {
  const files = new Map<string, unknown>();
  const all = (of: (part: Part) => readonly Json[] | undefined): Json[] => parts.flatMap((p) => of(p) ?? []);
  const put = (name: string, records: readonly Json[], wrap: (r: readonly Json[]) => unknown): void => { if (records.length > 0) files.set(name, wrap(records)); };
  for (const [key, items] of Map.groupBy(all((p) => p.items), (i) => `${account(i)}_${day(i)}`)) {
    files.set(`config_${key}.json`, { fileVersion: '1.0', configSnapshotId: `5a0c91f2-0000-4000-8000-${key.slice(0, 12)}`, configurationItems: items });
  }
  for (const [id, sets] of Map.groupBy(parts.flatMap((p) => Object.entries(p.iam ?? {})), ([a]) => a)) {
    files.set(`iam_${id}.json`, {
      UserDetailList: sets.flatMap(([, s]) => s.users ?? []), GroupDetailList: [], RoleDetailList: sets.flatMap(([, s]) => s.roles ?? []), Policies: sets.flatMap(([, s]) => s.policies ?? []),
    });
  }
  for (const [id, events] of Map.groupBy(all((p) => p.trail), (e) => String(e['recipientAccountId']))) files.set(`trail_${id}.json`, { Records: events });
  put('securityhub.json', all((p) => p.asff), (Findings) => ({ Findings }));
  put('prowler.ocsf.json', all((p) => p.prowler), (r) => r);
  put('wiz.json', all((p) => p.wiz), (nodes) => ({ data: { issues: { nodes, pageInfo: { hasNextPage: false, endCursor: '' }, totalCount: nodes.length } } }));
  put('guardduty.json', all((p) => p.guardduty), (Findings) => ({ Findings }));
  put('siem.json', all((p) => p.siem), (alerts) => ({ alerts }));
  for (const [i, document] of all((p) => p.documents).entries()) files.set(`document-${i}.json`, document);
  return files;
}

/** Writes the parts' files and their policy; returns where the files are and where the policy is. */
export function writeWorld(dir: string, parts: readonly Part[]): { readonly data: string; readonly policy: string } {
  const data = join(dir, 'data');
  mkdirSync(data, { recursive: true });
  for (const [name, content] of filesOf(parts)) writeFileSync(join(data, name), JSON.stringify(content));
  const policy = join(dir, 'policy.json');
  writeFileSync(policy, JSON.stringify(joinPolicies(parts.flatMap((p) => (p.policy === undefined ? [] : [p.policy])))));
  return { data, policy };
}
