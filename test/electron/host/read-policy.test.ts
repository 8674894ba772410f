import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { decodePolicy, readPolicy } from '#electron/host/read-policy.ts';

const problems = (text: string): readonly string[] => { const read = readPolicy(text); return read.ok ? [] : read.error.map(({ position, why }) => `${position}: ${why}`); };
const good = (more: string): string => `known_good:\n  - {id: n, kind: scanner, reason: r, ${more}}\n`;

describe('a policy that would not do what it says is refused', () => {
  it.each([
    ['a network with too many bits', good('src_ip: [10.9.0.0/99]'), 'line 2, column 48: known_good[0].src_ip[0]: "10.9.0.0/99" is no address or network (10.9.0.0/24)'],
    ['an address with a wildcard, which addresses do not have', good('src_ip: [10.1.1.1, "10.9.0.*"]'), 'line 2, column 58: known_good[0].src_ip[1]: "10.9.0.*" is no address or network (10.9.0.0/24)'],
    ['an expiry of a pattern that is no date', good('src_ip: [10.1.1.1], expires: 2027-13-45'), 'line 2, column 59: known_good[0].expires: "2027-13-45" is no date (2027-06-30)'],
    ['a role for a network that is none', 'asset_roles:\n  dmz-*: dmz\n  "10.1.0.0/77": prod\n', 'line 3, column 3: asset_roles: "10.1.0.0/77" is no network (10.1.0.0/16)'],
    ['an empty file, which a failed export leaves', ' \n', 'line 1: the file is empty; {} stands for a policy without any rules'],
    ['several documents', 'owners: []\n---\nowners: []\n', 'line 2, column 1: the file holds several documents; a policy is one'],
    ['a bracket that is not closed', 'owners: [{id: a}\n', 'line 2, column 1: a [ before this is not closed: the ] is missing, or what is within is not indented'],
    ['a field twice', 'owners: []\n  \nowners: []\n', 'line 3, column 1: this field stands there twice: names must be unique'], ['a field of another kind', 'owners: {id: a}', 'line 1, column 1: owners: takes a list, not fields with values'],
    ['a field that is missing', 'owners:\n  - {active: true}\n', 'line 2, column 5: owners[0].id: is missing'], ['an unknown field', 'owners:\n  - id: a\n    slack: "#x"\n', 'line 3, column 5: owners[0]: unknown field "slack"'],
    ['a field map without what every finding needs', 'mappings:\n  own:\n    source: own\n    kind: posture\n    when: [a]\n    fields: {entity: a, issue_type: a, title: a}\n', 'line 6, column 5: mappings.own: it has no field severity_reported'],
    ['a field map with a field that findings do not have', 'mappings:\n  own:\n    source: own\n    kind: posture\n    when: [a]\n    fields:\n      {entity: a, issue_type: a, title: a, severity_reported: a,\n      entitty: b}\n', 'line 8, column 7: mappings.own: it has a field "entitty" that findings don\'t have'],
  ])('%s', (_, text, problem) => { expect(problems(text)).toEqual([problem]); });

  it.each([
    ['brackets', `owners: ${'['.repeat(20_000)}${']'.repeat(20_000)}`], ['brackets without end', `owners: ${'['.repeat(20_000)}`], ['fields', `{"owners":${'[{"a":'.repeat(3000)}1${'}]'.repeat(3000)}}`],
  ])('nesting without end is one problem: %s', (_, text) => { expect(problems(text)).toEqual([expect.stringMatching(/^line 1, column \d+: it is nested too deep$/)]); });

  it('and a long condition is not repeated whole', () => {
    const [problem = ''] = problems(`routing_rules:\n  - {action: notify, condition: "${'('.repeat(50_000)}touches_iam"}\n`);
    expect(problem).toMatch(/^line 2, column 22: routing_rules\[0\]: "\({200}…": position \d+: /);
    expect(problem.length).toBeLessThan(500);
  });
});

it('takes the field map that the README shows', () => {
  const example = /```yaml\n(mappings:[^`]+)```/.exec(readFileSync('README.md', 'utf8'))?.[1] ?? '';
  expect([problems(example), Object.keys(z.object({ mappings: z.record(z.string(), z.unknown()) }).parse(parse(example)).mappings)]).toEqual([[], ['zeek']]);
});

it('takes addresses, networks of both families, names of assets and an explicitly empty policy', () => {
  expect(problems(`${good('src_ip: [10.9.0.0/24, 192.0.2.7, "2001:db8::/32", "2001:db8::1"], expires: 2027-06-30')}asset_roles: {"10.1.0.0/16": prod, "dmz-*": dmz, "fe80::/10": dev}\n`)).toEqual([]);
  expect(problems('{}')).toEqual([]);
});

it('reads UTF-8 and UTF-16, with a byte order mark', () => {
  const text = 'owners: [{id: Zoë}]\n', utf16 = Buffer.from(`\uFEFF${text}`, 'utf16le');
  for (const bytes of [Buffer.from(text), Buffer.from(`\uFEFF${text}`), utf16, Buffer.from(utf16).swap16()]) expect(decodePolicy(bytes)).toBe(text);
});
