// Adds up Vitest's JSON report and the other checks: node count.mjs <report.json or -> <exit code of the tests> <name=exit code>…
// `-` as the report: the tests never started. Lists what failed and what was skipped, prints "N passed, N failed[, N skipped]" last, and
// exits with 1 if anything failed. Runs on the machine's own Node (18 or later), since the project's may be what failed to install.
import { readFileSync } from 'node:fs';

const [reportPath = '-', testsExit = '0', ...checks] = process.argv.slice(2);
let passed = 0;
const failed = [];
const skipped = [];

function countTests(path) {
  let report;
  try {
    report = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    failed.push(`tests: no report (${error instanceof Error ? error.message : String(error)})`);
    return;
  }
  const files = report.testResults ?? [];
  const cases = files.flatMap((file) => file.assertionResults.map((test) => ({ ...test, name: `${relative(file.name)} > ${test.fullName.trim()}` })));
  passed += report.numPassedTests;
  failed.push(...cases.filter(({ status }) => status === 'failed').map(({ name }) => name));
  // A file that doesn't load has no failed case in it.
  failed.push(...files.filter((file) => file.status === 'failed' && file.assertionResults.every(({ status }) => status !== 'failed')).map((file) => `${relative(file.name)} (the file itself)`));
  skipped.push(...cases.filter(({ status }) => status !== 'passed' && status !== 'failed').map(({ name, status }) => `${name} (${status})`));
  const claimed = report.numPendingTests + report.numTodoTests;
  if (skipped.length !== claimed || report.numFailedTests > failed.length) failed.push(`tests: the report disagrees with itself (${claimed} skipped by count, ${skipped.length} by name)`);
  if (report.numPassedTests + report.numFailedTests === 0) failed.push('tests: none ran');
  if ((testsExit !== '0' || report.success !== true) && failed.length === 0) failed.push(`tests: exit code ${testsExit} though no test failed (an error outside the tests?)`);
}

function relative(path) {
  const root = `${process.cwd()}/`;
  return path.startsWith(root) ? path.slice(root.length) : path;
}

if (reportPath !== '-') countTests(reportPath);
for (const check of checks) {
  const [, name, code] = /^(.*)=(\d+)$/.exec(check) ?? [undefined, check, 'no exit code'];
  if (code === '0') passed += 1;
  else failed.push(`${name}: exit code ${code}`);
}
if (passed + failed.length === 0) failed.push('nothing ran');

function list(title, names) {
  if (names.length > 0) console.log([`${title}:`, ...names.map((name) => `  ${name}`)].join('\n'));
}

list('Failed', failed);
list('Skipped', skipped);
console.log(`${passed} passed, ${failed.length} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`);
process.exitCode = failed.length > 0 ? 1 : 0;
