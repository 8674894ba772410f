import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fixture, IMPORTED_US, readFile } from './read-fixture.ts';

const samples = '../shared/samples/sarif';

describe('sarif', () => {
  it('a run without results has no record and no error', async () => {
    expect(await fixture('sarif/zero.sarif')).toMatchObject({ format: 'sarif', records: 0, errors: [] });
  });

  it('joins a result with its rule, repository and the time of the run', async () => {
    const { findings } = await fixture('sarif/one.sarif');
    expect(findings).toMatchObject([{
      entity: 'https://git.example.org/shop/web/src/page.js', entity_type: 'file', check_id: 'js/xss', title: 'Cross-site scripting', description: 'user input reaches the page',
      severity_reported: 'medium', issue_type: 'code_weakness', issue_mapped: true, discovered_at: '2025-02-03T04:05:06Z', source_id: 'CodeScan|js/xss|https://git.example.org/shop/web/src/page.js|v1=abc',
    }]);
    expect(findings[0]?.evidence).toEqual(['CodeScan, src/page.js:7', 'CWE-79']);
  });

  it('reads indexes, extensions, kinds, suppressions, baselines', async () => {
    const { findings, errors } = await fixture('sarif/many.sarif');
    expect(errors).toEqual([]);
    expect(findings.map((f) => [f.check_id, f.status, f.severity_reported, f.issue_type])).toEqual([
      ['js/unused', 'open', 'low', 'code_weakness'], ['sec/key', 'open', 'medium', 'secret_exposed'], ['js/xss', 'passed', 'medium', 'code_weakness'],
      ['js/xss', 'suppressed', 'medium', 'code_weakness'], ['js/xss', 'open', 'medium', 'code_weakness'], ['js/xss', 'resolved', 'medium', 'code_weakness'],
      ['CVE-2024-1001', 'open', 'critical', 'vulnerable_package'],
    ]);
    expect(findings[0]?.description).toBe('total is never used');
    expect(findings[6]).toMatchObject({ kind: 'vulnerability', vulnerability: { cve: 'CVE-2024-1001', cvss: 9.8 }, discovered_us: IMPORTED_US });
  });

  it.skipIf(!existsSync(samples))('reads the real samples', async () => {
    const bash = await readFile(`${samples}/1-dd-bash.sarif`);
    expect(bash).toMatchObject({ format: 'sarif', records: 27, errors: [] });
    // The file repeats results word for word: twelve are different.
    expect(new Set(bash.findings.map((f) => f.finding_id)).size).toBe(12);
    expect(bash.findings[0]).toMatchObject({ entity: 'https://github.com/damiencarol/django-DefectDojo/docker/setEnv.sh', severity_reported: 'low', discovered_at: '2021-03-08T15:39:40Z' });
    const taint = await readFile(`${samples}/2-dd-taint.sarif`);
    expect(taint).toMatchObject({ records: 11, errors: [] });
    expect(taint.findings.filter((f) => f.severity_reported === 'high')).toHaveLength(8);
  });
});
