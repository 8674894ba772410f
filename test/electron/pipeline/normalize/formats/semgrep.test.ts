import { describe, expect, it } from 'vitest';
import { formats } from '#electron/pipeline/normalize/formats/all.ts';
import { buildSample, recognize } from '#electron/pipeline/normalize/sample.ts';
import { fixture, readFindings } from './read-findings.ts';

describe('semgrep', () => {
  it('reads a scan that found nothing as none', async () => {
    expect(await readFindings(fixture('semgrep/zero.json'))).toEqual({ format: 'semgrep', records: 0, findings: [], errors: [] });
  });

  it('reads a weakness at its place', async () => {
    const { format, findings } = await readFindings(fixture('semgrep/one.json'));
    expect(format).toBe('semgrep');
    expect(findings).toMatchObject([{
      source: 'semgrep', kind: 'posture', entity: 'src/app.py', entity_type: 'file', issue_type: 'code_weakness', check_id: 'python.lang.security.audit.eval-detected.eval-detected', title: 'Detected eval.', severity_reported: 'medium', status: 'open',
      evidence: ['src/app.py:10', 'CWE-95', 'confidence: LOW', 'likelihood: LOW', 'impact: HIGH'], compliance: ['OWASP: A03:2021 - Injection'],
    }]);
  });

  it('is told by the list of what was scanned, however long', () => {
    const text = JSON.stringify({ errors: [], paths: { scanned: Array.from({ length: 20_000 }, (_, i) => `src/app-${i}.py`) }, results: [], version: '1.90.0' });
    expect(recognize(buildSample(Buffer.from(text), '-'), formats)?.reader.name).toBe('semgrep');
  });

  it('tells ignored ones, secrets and vulnerable dependencies, and equal ones apart without a login', async () => {
    const { records, findings, errors } = await readFindings(fixture('semgrep/many.json'));
    expect([records, errors]).toEqual([6, ['check_id is missing', 'path is missing']]);
    expect(findings.map(({ entity, issue_type, severity_reported, status }) => [entity, issue_type, severity_reported, status])).toEqual([
      ['src/app.py', 'code_weakness', 'medium', 'open'], ['src/app.py', 'code_weakness', 'high', 'suppressed'], ['src/app.py', 'secret_exposed', 'critical', 'open'], ['requirements.txt', 'vulnerable_package', 'high', 'open'],
    ]);
    expect(new Set(findings.map(({ finding_id }) => finding_id)).size).toBe(4);
    expect(findings[3]).toMatchObject({ vulnerability: { cve: 'CVE-2023-32681', package: 'requests', installed_version: '2.28.0', fixed_version: '2.31.0' }, evidence: ['requests 2.28.0, fixed in 2.31.0', 'reachable: yes', 'src/pay.py:10'] });
  });
});
