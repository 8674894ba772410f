import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { accountsFor, eachStory, ROUND, stories, STORY_FINDINGS, type JsonObject } from './company.ts';
import { findingsOf, trivyReport, type BenchFinding } from './findings.ts';
import { accountItems, storyItems } from './inventory.ts';
import { recordsOf } from './logs.ts';

export interface Generated {
  /** A folder with one file a format, and one with inventory, logs and policy. */
  readonly findingsDir: string; readonly contextDir: string;
  /** Every finding's own record, one a line: what the floor reads. */
  readonly rawFile: string;
  readonly findings: number; readonly findingBytes: number; readonly stories: number; readonly resources: number; readonly events: number;
  readonly files: Readonly<Record<BenchFinding['file'], { readonly path: string; readonly records: number; readonly bytes: number }>>;
}

/** Writes the benchmark's input: about `n` findings (whole stories), an inventory, logs and a policy. The same seed gives the same bytes. */
export function generate(dir: string, n: number, seed: number): Generated {
  const findingsDir = join(dir, 'findings'), contextDir = join(dir, 'context'), rawFile = join(dir, 'raw.ndjson');
  for (const folder of [findingsDir, contextDir]) mkdirSync(folder, { recursive: true });
  const count = Math.max(stories.length, Math.round((n / ROUND) * stories.length));
  const written = writeFindings(findingsDir, rawFile, count, seed);
  const resources = writeInventory(contextDir, count, seed);
  const events = writeLogs(contextDir, count, seed);
  writeFileSync(join(contextDir, 'policy.yaml'), policyText(accountsFor(Math.ceil(count / stories.length))));
  return { findingsDir, contextDir, rawFile, stories: count, resources, events, ...written };
}

/** How many findings `count` stories have. */
export const findingCount = (count: number): number => Array.from({ length: count }, (_, i) => STORY_FINDINGS[stories[i % stories.length] ?? 'image']).reduce((a, b) => a + b, 0);

interface Output { write(text: string): void; close(): number }

/** A file that is written a megabyte at a time. */
function output(path: string): Output {
  const handle = openSync(path, 'w');
  let parts: string[] = [], size = 0, bytes = 0;
  const flush = (): void => { bytes += writeSync(handle, parts.join('')); parts = []; size = 0; };
  return {
    write(text) { parts.push(text); size += text.length; if (size > 1_000_000) flush(); },
    close() { flush(); closeSync(handle); return bytes; },
  };
}

function writeFindings(dir: string, rawFile: string, count: number, seed: number): Pick<Generated, 'findings' | 'findingBytes' | 'files'> {
  const paths = { asff: join(dir, 'securityhub.json'), prowler: join(dir, 'prowler.ocsf.json'), guardduty: join(dir, 'guardduty.ndjson'), trivy: join(dir, 'trivy.ndjson') };
  const out = { asff: output(paths.asff), prowler: output(paths.prowler), guardduty: output(paths.guardduty), trivy: output(paths.trivy) };
  const records = { asff: 0, prowler: 0, guardduty: 0, trivy: 0 };
  const raw = output(rawFile);
  out.asff.write('{"Findings":[\n');
  out.prowler.write('[\n');
  for (const story of eachStory(count, seed)) {
    const found = findingsOf(story);
    for (const { file, record } of found) {
      const text = JSON.stringify(record);
      raw.write(`${text}\n`);
      if (file !== 'trivy') out[file].write(file === 'guardduty' ? `${text}\n` : `${records[file] === 0 ? '' : ',\n'}${text}`);
      records[file] += 1;
    }
    const vulnerabilities = found.flatMap((f) => (f.file === 'trivy' ? [f.record] : []));
    if (vulnerabilities.length > 0) out.trivy.write(`${JSON.stringify(trivyReport(story, vulnerabilities))}\n`);
  }
  out.asff.write('\n]}\n');
  out.prowler.write('\n]\n');
  const file = (name: BenchFinding['file']) => ({ path: paths[name], records: records[name], bytes: out[name].close() });
  const files = { asff: file('asff'), prowler: file('prowler'), guardduty: file('guardduty'), trivy: file('trivy') };
  raw.close();
  const all = Object.values(files);
  return { files, findings: all.reduce((sum, f) => sum + f.records, 0), findingBytes: all.reduce((sum, f) => sum + f.bytes, 0) };
}

/** NDJSON of one format (GuardDuty) of at least `bytes`. @returns the number of records. */
export function writeLarge(path: string, bytes: number, seed: number): number {
  const out = output(path);
  let written = 0, records = 0;
  for (const story of eachStory(Number.MAX_SAFE_INTEGER, seed)) {
    if (story.name !== 'brute_force' && story.name !== 'login') continue;
    for (const { record } of findingsOf(story)) {
      const line = `${JSON.stringify(record)}\n`;
      out.write(line);
      written += line.length;
      records += 1;
    }
    if (written >= bytes) break;
  }
  out.close();
  return records;
}

/** One AWS Config snapshot an account. */
function writeInventory(dir: string, count: number, seed: number): number {
  let resources = 0;
  const rounds = Math.ceil(count / stories.length);
  const out = new Map(accountsFor(rounds).map((account) => {
    const file = output(join(dir, `${account}_Config_eu-central-1_ConfigSnapshot_20261120T210000Z_bench.json`));
    const items = accountItems(account);
    file.write(`{"fileVersion":"1.0","configSnapshotId":"bench-${account}","configurationItems":[\n${items.map((i) => JSON.stringify(i)).join(',\n')}`);
    resources += items.length;
    return [account, file] as const;
  }));
  for (const story of eachStory(count, seed)) {
    for (const item of storyItems(story, seed)) { out.get(story.account)?.write(`,\n${JSON.stringify(item)}`); resources += 1; }
  }
  for (const file of out.values()) { file.write('\n]}\n'); file.close(); }
  return resources;
}

/** CloudTrail files of at most this many records, as AWS cuts them. */
const RECORDS_A_FILE = 5000;

function writeLogs(dir: string, count: number, seed: number): number {
  let events = 0, file: Output | undefined;
  for (const record of eachRecord(count, seed)) {
    if (events % RECORDS_A_FILE === 0) {
      finish(file);
      file = output(join(dir, `CloudTrail_${String(events / RECORDS_A_FILE).padStart(4, '0')}.json`));
      file.write('{"Records":[');
    } else file?.write(',');
    file?.write(JSON.stringify(record));
    events += 1;
  }
  finish(file);
  return events;
}

function finish(file: Output | undefined): void {
  file?.write(']}\n');
  file?.close();
}

function* eachRecord(count: number, seed: number): Generator<JsonObject> {
  for (const story of eachStory(count, seed)) yield* recordsOf(story, seed);
}

/** Owners by tag (one of them dissolved), an environment for three accounts of four, a scanner, a few accepted risks. */
function policyText(accounts: readonly string[]): string {
  const named = accounts.flatMap((id, i) => (i % 4 === 3 ? [] : [`  "${id}": {name: bench-${i}, environment: ${i % 4 === 1 ? 'dev' : 'production'}}`]));
  const owners = Array.from({ length: 12 }, (_, i) => `  - {id: team-${i}, active: ${i !== 11}, contact: "#team-${i}"}`);
  const risks = Array.from({ length: 20 }, (_, i) => `  - {entity: "arn:aws:s3:::bench-public-bucket-${i * 30}", issue_type: public_access, approved_by: ciso, expires: 2027-06-30, reason: static site}`);
  return [
    'owners:', ...owners, 'accepted_risks:', ...risks,
    'known_good:', '  - {id: scanner, kind: scanner, src_ip: [198.51.100.20], reason: vulnerability scanner of secops}',
    'accounts:', ...named, '  "444455556666": {name: bench-dev, environment: dev}', '  "777788889999": {name: bench-prod-2, environment: production}',
    'crown_jewels:', '  - "arn:aws:s3:::bench-public-bucket-*00"',
    'routing_rules:', '  - {condition: confidence > 0.9 AND decision = ticket, action: auto_create_ticket}', '  - {condition: confidence > 0.9 AND exposure_confirmed AND decision = resolve_now, action: page_on_call}', '  - {condition: touches_iam OR touches_network_boundary, action: require_human_approval}', '',
  ].join('\n');
}
