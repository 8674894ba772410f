import { createReadStream, statSync } from 'node:fs';
import { deriveEdges } from '#electron/pipeline/graph/build-graph.ts';
import { derivations } from '#electron/pipeline/graph/derivations.ts';
import { importers } from '#electron/pipeline/graph/importers/all.ts';
import { memoryGraph, type GraphRecord } from '#electron/pipeline/graph/memory-graph.ts';
import { formats } from '#electron/pipeline/normalize/formats/all.ts';
import { normalizeFile } from '#electron/pipeline/normalize/normalize.ts';
import type { Home } from '#electron/pipeline/ports.ts';
import type { Policy } from '#shared/model/policy.ts';
import type { GraphView, Resource } from '#shared/model/resource.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { ShippedData } from './create-app.ts';
import { dumpHomes } from './dump-homes.ts';
import { findFiles, readProblem } from './find-files.ts';
import { policyText } from './policy-text.ts';
import { readPolicy } from './read-policy.ts';

/** A folder of inventory as a graph, without a workspace. */
export interface Snapshot {
  readonly graph: GraphView;
  /** The graph with derived edges; computed when first asked for. */
  derived(): GraphView;
  /** Resources by the name that people gave them. */
  named(name: string): readonly Resource[];
  /** The policy file in the folder, else the one that ships. */
  readonly policy: Policy;
  /** Accounts that the snapshot has resources of. */
  readonly accounts: ReadonlySet<string>;
  /** Files and records that could not be read, in words. */
  readonly problems: readonly string[];
}

/**
 * Reads every inventory file of a folder (or one file); findings and logs in it are passed over, a policy file counts for accounts and crown jewels.
 * @returns an error when the path can't be read.
 */
export async function readSnapshot(path: string, shipped: ShippedData): Promise<Result<Snapshot>> {
  try { statSync(path); } catch (error) { return err(`${path}: ${readProblem(error)}`); }
  const records: GraphRecord[] = [], problems: string[] = [];
  let policy = shipped.policy;
  const files = findFiles([path]), homeOf = dumpHomes(files);
  for (const file of files) {
    // Notes beside the inventory.
    if (/\.(md|txt|rst|pdf)$/i.test(file.path)) continue;
    if (file.problem !== undefined) { problems.push(`${file.path}: ${file.problem}`); continue; }
    const text = policyText(file.path);
    if (text === undefined) { await readInventory(file.path, homeOf(file.path), records, problems); continue; }
    const read = readPolicy(text);
    if (read.ok) policy = read.value; else problems.push(...read.error.map((p) => `${file.path}: ${p.position}: ${p.why}`));
  }
  const graph = memoryGraph(records);
  let full: GraphView | undefined, names: Map<string | undefined, readonly Resource[]> | undefined;
  return ok({
    graph, policy, problems, accounts: new Set(records.flatMap((r) => r.resources.flatMap((resource) => resource.account ?? []))),
    named: (name) => (names ??= Map.groupBy(records.flatMap((r) => r.resources), (r) => r.name)).get(name) ?? [],
    derived: () => {
      const urns = new Set(records.flatMap((r) => r.resources.map((resource) => resource.urn)));
      return (full ??= memoryGraph(records, [...deriveEdges(graph, urns, derivations(shipped.identity), undefined)].flatMap((group) => group.edges)));
    },
  });
}

async function readInventory(path: string, home: Home, records: GraphRecord[], problems: string[]): Promise<void> {
  try {
    // All readers take part in the recognition, so that no importer is taken for want of a better one.
    for await (const batch of normalizeFile(() => createReadStream(path), [...formats, ...importers], { path, importedUs: 0, home })) {
      if (batch.reader && batch.reader.kind !== 'resources') return;
      for (const item of batch.items) {
        if ('normalized' in item) records.push({ ...item.normalized, file: path, record: item.index });
        else problems.push(`${path}: ${item.position}: ${item.error}`);
      }
    }
  } catch (error) {
    problems.push(`${path}: ${readProblem(error)}`);
  }
}
