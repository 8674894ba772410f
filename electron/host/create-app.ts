import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { parse as parseYaml } from 'yaml';
import { readIdentityKnowledge, type IdentityKnowledge } from '#electron/evaluate/aws/identity-knowledge.ts';
import { readAzureKnowledge } from '#electron/evaluate/azure/knowledge.ts';
import { readGcpKnowledge } from '#electron/evaluate/gcp/knowledge.ts';
import { nextEntry } from '#electron/audit/chain.ts';
import { openReader, openToLook, openWorkspace, type Workspace } from '#electron/store/open.ts';
import { openTables, type Tables } from '#electron/store/tables.ts';
import { policySchema, type Policy } from '#shared/model/policy.ts';
import { ok, type Result } from '#shared/lib/result.ts';

export type WorkerName = 'parse' | 'engine' | 'decide' | 'pull';
export interface AppOptions {
  readonly file: string;
  readonly create: boolean;
  /** Where migrations, policies and data files lie: a bundled shell and plain Node differ. */
  readonly resourcesDir: string;
  /** The URL of a thread entry by name. */
  readonly workerUrl: (name: WorkerName) => URL;
  /** Where uploads wait to be imported; none when the face takes no uploads. */
  readonly spoolDir?: string;
  /** Microseconds UTC. */
  readonly now: () => number;
  /** How many findings are correlated at a time; as many as memory bears by default. */
  readonly correlateAtOnce?: number;
}

/** One open workspace with everything that its handlers need. */
export interface App {
  readonly options: AppOptions;
  readonly workspace: Workspace;
  readonly tables: Tables;
  readonly now: () => number;
  readonly resources: ShippedData;
  /** Appends to the hash-chained log; call inside the transaction of the change itself. */
  audit(event: string, actor: string, payload: unknown, /** The key that signed it; none by default. */ keyId?: string): void;
  close(): void;
  /** False on a connection that only reads. */
  readonly canWrite: boolean;
}

/** What ships with Winnow and never changes while it runs. */
export interface ShippedData { readonly policy: Policy; readonly knownExploited: ReadonlySet<string>; readonly identity: IdentityKnowledge }

/** Opens a workspace and wires the rooms together. The one place that knows them all. @param looks nothing is going to be written: see `openToLook`. */
export function createApp(options: AppOptions, looks = false): Result<App> {
  const resources = loadShipped(options.resourcesDir);
  const opened = (looks ? openToLook : openWorkspace)({ file: options.file, create: options.create, migrationsDir: join(options.resourcesDir, 'migrations'), now: options.now });
  if (!opened.ok) return opened;
  const workspace = opened.value;
  if (!workspace.canWrite) return ok(readApp(options, workspace, resources));
  const tables = openTables(workspace.db, resources.policy);
  let last = tables.audit.last();
  const audit = (event: string, actor: string, payload: unknown, keyId = 'none'): void => {
    const entry = nextEntry(last, { workspace: workspace.id, time_us: options.now(), actor, key_id: keyId, event, payload });
    tables.audit.append(entry);
    last = { seq: entry.seq, hash: entry.hash };
  };
  const guarded = { ...tables, transaction: <T>(work: () => T): T => {
    const before = last;
    try { return tables.transaction(work); } catch (error) { last = before; throw error; }
  } };
  return ok({ options, workspace, tables: guarded, now: options.now, resources, audit, canWrite: true, close: () => { workspace.close(); } });
}

/** The same over a read-only connection, beside the writer that opened (and migrated) the workspace. Whatever tries to write throws. */
export function createReadApp(options: Omit<AppOptions, 'create'>): Result<App> {
  const opened = openReader(options.file);
  return opened.ok ? ok(readApp(options, opened.value, loadShipped(options.resourcesDir))) : opened;
}

function readApp(options: Omit<AppOptions, 'create'>, workspace: Workspace, resources: ShippedData): App {
  const refuse = (): never => { throw new Error('this connection only reads'); };
  return {
    options: { ...options, create: false }, workspace, now: options.now, resources, audit: refuse, canWrite: false, close: () => { workspace.close(); },
    tables: { ...openTables(workspace.db, resources.policy), transaction: refuse },
  };
}

/** Reads what ships with Winnow. Throws when it is damaged. */
export function loadShipped(dir: string): ShippedData {
  const json = (path: string): unknown => JSON.parse(readFileSync(join(dir, path), 'utf8'));
  const identity = readIdentityKnowledge({ primitives: json('attack/aws-privesc-primitives.json'), additions: json('attack/aws-privesc-additions.json'), managedPolicies: json('policies/aws-managed/policies.json') });
  if (!identity.ok) throw new Error(`shipped data is damaged: ${identity.error}`);
  const gcp = readGcpKnowledge({ roles: json('policies/gcp/roles.json'), primitives: json('attack/gcp-privesc-primitives.json') });
  if (!gcp.ok) throw new Error(`shipped data is damaged: ${gcp.error}`);
  const azure = readAzureKnowledge({ roles: json('policies/azure/roles.json'), edges: json('attack/azure-edges.json') });
  if (!azure.ok) throw new Error(`shipped data is damaged: ${azure.error}`);
  return {
    policy: policySchema.parse(parseYaml(readFileSync(join(dir, 'policies', 'default.yaml'), 'utf8'))),
    knownExploited: new Set(z.object({ cves: z.array(z.string()) }).parse(json('attack/kev.json')).cves),
    identity: { ...identity.value, gcp: gcp.value, azure: azure.value },
  };
}
