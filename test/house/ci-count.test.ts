import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

type Status = 'passed' | 'failed' | 'pending' | 'todo';
const script = join(import.meta.dirname, '../../.ci/count.mjs');
let folder = '';
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'winnow-count-')); });
afterAll(() => rmSync(folder, { recursive: true }));

/** A report in the shape that Vitest 5 writes, one file with one case for each status. */
function reportOf(statuses: readonly Status[], more: object = {}): string {
  const count = (status: Status): number => statuses.filter((each) => each === status).length;
  return JSON.stringify({
    numTotalTests: statuses.length, numPassedTests: count('passed'), numFailedTests: count('failed'), numPendingTests: count('pending'), numTodoTests: count('todo'),
    success: count('failed') === 0,
    testResults: [{
      name: '/r/a.test.ts', status: count('failed') > 0 ? 'failed' : 'passed',
      assertionResults: statuses.map((status, i) => ({ fullName: `case ${i}`, status })),
    }],
    ...more,
  });
}

function count(report: string | undefined, ...args: readonly string[]): { readonly code: number | null; readonly lines: readonly string[]; readonly last: string | undefined } {
  const path = join(folder, 'report.json');
  if (report !== undefined) writeFileSync(path, report);
  const { status, stdout } = spawnSync(process.execPath, [script, report === undefined ? '-' : path, ...args], { encoding: 'utf8' });
  const lines = stdout.trimEnd().split('\n');
  return { code: status, lines, last: lines.at(-1) };
}

describe('the count that CI ends with', () => {
  it('adds the tests and the checks', () => {
    expect(count(reportOf(['passed', 'passed']), '0', 'lint=0', 'type check=0')).toEqual({ code: 0, lines: ['4 passed, 0 failed'], last: '4 passed, 0 failed' });
  });

  it('names what was skipped and what failed, and fails', () => {
    expect(count(reportOf(['passed', 'failed', 'pending', 'todo']), '1', 'lint=2')).toEqual({
      code: 1,
      lines: ['Failed:', '  /r/a.test.ts > case 1', '  lint: exit code 2', 'Skipped:', '  /r/a.test.ts > case 2 (pending)', '  /r/a.test.ts > case 3 (todo)', '1 passed, 2 failed, 2 skipped'],
      last: '1 passed, 2 failed, 2 skipped',
    });
  });

  it.each([
    ['no test ran', reportOf([]), '0', '  tests: none ran'],
    ['every test was skipped', reportOf(['pending']), '0', '  tests: none ran'],
    ['the tests left no report', 'not json', '1', '  tests: no report'],
    ['the runner failed though no test did', reportOf(['passed']), '1', '  tests: exit code 1 though no test failed'],
    ['the report says so without a failed test', reportOf(['passed'], { success: false }), '0', '  tests: exit code 0 though no test failed'],
    ['a file did not load', reportOf(['passed'], { success: false, testResults: [{ name: '/r/b.test.ts', status: 'failed', assertionResults: [] }] }), '1', '  /r/b.test.ts (the file itself)'],
    ['tests were skipped that have no name', reportOf(['passed'], { numPendingTests: 1 }), '0', '  tests: the report disagrees with itself'],
  ])('fails when %s', (_, report, exit, reason) => {
    const { code, lines, last } = count(report, exit, 'lint=0');
    expect(code).toBe(1);
    expect(lines).toContainEqual(expect.stringContaining(reason));
    expect(last).toMatch(/^\d+ passed, 1 failed/);
  });

  it('fails when the install failed and nothing else ran', () => {
    expect(count(undefined, '0', 'install, second try=1')).toMatchObject({ code: 1, last: '0 passed, 1 failed' });
    expect(count(undefined, '0')).toMatchObject({ code: 1, last: '0 passed, 1 failed' });
  });
});
