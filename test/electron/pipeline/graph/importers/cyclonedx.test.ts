import { existsSync, readFileSync, readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importers } from '#electron/pipeline/graph/importers/all.ts';
import { cyclonedx } from '#electron/pipeline/graph/importers/cyclonedx.ts';
import { memoryGraph } from '#electron/pipeline/graph/memory-graph.ts';
import { clearedBy, statementsFor } from '#electron/tools/facts/vex.ts';
import { readContent } from './read-content.ts';

const image = () => readContent(readFileSync('test/fixtures/importers/cyclonedx/image.json'));

describe('cyclonedx', () => {
  it('is registered and reads an image with its components and statements', async () => {
    expect(importers).toContain(cyclonedx);
    const { resources, reader, errors } = await image();
    expect([reader, errors]).toEqual(['cyclonedx', []]);
    expect(resources[0]).toMatchObject({ type: 'CycloneDX::container', kind: 'image', name: 'registry.example/shop:1.4', captured_us: 1769932800000000, config: { components: [{ name: 'org.apache.logging.log4j/log4j-core', version: '2.14.1' }, { name: 'openssl' }], vex: [{ state: 'not_affected', package: 'org.apache.logging.log4j/log4j-core' }, { state: 'affected', package: 'openssl' }, { state: 'not_affected', package: null }] } });
    expect(resources[0]?.aliases).toEqual(expect.arrayContaining(['registry.example/shop:1.4', 'registry.example/shop@sha256:0a1b']));
  });

  it('clears a vulnerability by its statement, and no other', async () => {
    const graph = memoryGraph((await image()).records);
    const statements = statementsFor(graph, 'registry.example/shop:1.4', undefined);
    const cleared = (cve: string, name?: string, version?: string) => clearedBy(statements, { cve, ...(name && { package: name }), ...(version && { installed_version: version }) })?.pointer;
    expect([cleared('CVE-2021-44228', 'log4j-core', '2.14.1'), cleared('CVE-2021-44228', 'org.apache.logging.log4j:log4j-core'), cleared('CVE-2021-44228', 'log4j-core', '2.13.0'), cleared('CVE-2022-3602', 'openssl'), cleared('CVE-2020-0001', 'anything'), cleared('CVE-1999-1')]).toEqual(['/vulnerabilities/0/analysis', '/vulnerabilities/0/analysis', undefined, undefined, '/vulnerabilities/2/analysis', undefined]);
  });

  it('goes from a workload to its only image', async () => {
    const sbom = (await image()).records;
    const pod = (images: readonly string[]) => readContent(JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: 'x' }, spec: { containers: images.map((i) => ({ name: 'c', image: i })) } }));
    const count = async (images: readonly string[]) => statementsFor(memoryGraph([...sbom, ...(await pod(images)).records]), 'x/a[Pod]', undefined).length;
    expect([await count(['registry.example/shop:1.4']), await count(['other:1']), await count(['registry.example/shop:1.4', 'other:1'])]).toEqual([3, 0, 0]);
  });

  it('keeps what a scanner found in it: by CVE and component, with what was said of it', async () => {
    const { findings, resources } = await readContent(readFileSync('test/fixtures/importers/cyclonedx/scan.json'));
    expect(findings.map((f) => [f.check_id, f.vulnerability?.cve, f.vulnerability?.package, f.severity_reported, f.status, f.vulnerability?.vex])).toEqual([
      ['CVE-2024-0101', 'CVE-2024-0101', 'left', 'high', 'open', undefined], ['GHSA-aaaa-bbbb-cccc', 'CVE-2024-0102', 'org.x/deep', 'critical', 'open', undefined], ['GHSA-aaaa-bbbb-cccc', 'CVE-2024-0103', 'org.x/deep', 'critical', 'open', undefined], ['CVE-2024-0104', 'CVE-2024-0104', 'left', 'high', 'suppressed', 'not_affected'],
      ['CVE-2024-0105', 'CVE-2024-0105', 'left', 'high', 'resolved', 'fixed'], ['CVE-2024-0106', 'CVE-2024-0106', undefined, 'unknown', 'open', 'under_investigation'], ['SNYK-1', undefined, undefined, 'informational', 'open', undefined],
    ]);
    expect(findings[0]).toMatchObject({ entity: 'registry.example/shop:1.4', entity_type: 'image', title: 'CVE-2024-0101 in left', discovered_at: '2025-02-03T04:05:06Z', evidence: ['left 1.0.0', 'told by: NVD', 'recommended: Upgrade left to 1.0.1'], vulnerability: { cvss: 7.5, installed_version: '1.0.0' } });
    expect(findings[1]?.vulnerability).toMatchObject({ cvss: 9.1, affected_range: 'vers:maven/<2.1' });
    expect(resources[0]?.aliases).toContain('registry.example/shop:1.4');
    expect(new Set(findings.map((f) => f.finding_id)).size).toBe(7);
  });

  it('takes the file for what it is about where only vulnerabilities are listed', async () => {
    const { findings, errors } = await readContent(JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.4', vulnerabilities: [{ id: 'CVE-2024-0001', affects: [{ ref: 'x' }] }] }), 'scan.json');
    expect([errors, findings.map((f) => [f.entity, f.vulnerability?.package])]).toEqual([[], [['cyclonedx:scan.json', 'x']]]);
  });

  it('keeps a vulnerability that has no id', async () => {
    const { findings } = await readContent(JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.5', metadata: { component: { type: 'application', name: 'shop' } }, vulnerabilities: [{ 'bom-ref': 'v-1', ratings: [{ severity: 'high' }] }, { ratings: [{ severity: 'low' }] }] }));
    expect(findings.map((f) => [f.check_id, f.severity_reported])).toEqual([['v-1', 'high'], ['unnamed vulnerability', 'low']]);
  });
  it('refuses a document that says not what it is about', async () => expect((await readContent(JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.4' }))).errors.join()).toMatch(/does not say what it is about/));

  it('never throws on any record', () => {
    fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (metadata, components, vulnerabilities) => { cyclonedx.parse({ bomFormat: 'CycloneDX', serialNumber: 'x', metadata, components, vulnerabilities }, { parents: [], from: '', path: '', index: 0 }); }), { numRuns: 300 });
  });

  it.skipIf(!existsSync('../shared/samples/cyclonedx-vex'))('reads the samples whole', async () => {
    const folder = '../shared/samples/cyclonedx-vex';
    const all = await Promise.all(readdirSync(folder).sort().map((name) => readContent(readFileSync(`${folder}/${name}`))));
    expect(all.flatMap((r) => r.errors)).toEqual([]);
    const graph = memoryGraph(all[1]?.records ?? []);
    expect(clearedBy(statementsFor(graph, 'ABC:4.2', undefined), { cve: 'CVE-2021-44228' })?.state).toBe('not_affected');
  });
});
