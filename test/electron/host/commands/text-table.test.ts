import { describe, expect, it } from 'vitest';
import { displayWidth, printable, printableJson, printableLines, textTable } from '#electron/host/commands/text-table.ts';

describe('cells of a terminal', () => {
  it.each([['plain', 5], ['', 0], ['Grüße', 5], ['Gru\u0308ße', 5], ['警報', 4], ['ｱﾗｰﾄ', 4], ['ＡＢ', 4], ['경보', 4], ['🔥', 2], ['👩‍💻', 2], ['❤\uFE0F', 2], ['Ωμέγα', 5], ['…', 1]])('%j takes %i', (text, cells) => {
    expect(displayWidth(text)).toBe(cells);
  });

  it('are counted where columns are aligned and cut, and no character is cut in half', () => {
    const rows = [['警報警報警報警報警報', 'a'], ['🔥🔥🔥🔥🔥🔥🔥🔥🔥', 'b'], ['e\u0301'.repeat(20), 'c'], ['plain', 'd']];
    const lines = textTable([{ head: 'name', shrink: true }, { head: 'x' }], rows, 15).split('\n');
    expect(lines.map((line) => displayWidth(line.slice(0, -1)))).toEqual([14, 14, 14, 14, 14]);
    expect(lines.join('\n').isWellFormed()).toBe(true);
    expect(lines[3]).toBe(`${'e\u0301'.repeat(5)}…${'e\u0301'.repeat(6)}  c`);
  });
});

it('sentences go on in the lines below, whole, while ids beside them are cut', () => {
  const columns = [{ head: 'id', shrink: true }, { head: 'n', align: 'right' as const }, { head: 'why', prose: true }];
  const why = 'not reachable: it has no public address, and no rule opens its port to the internet';
  const rows = [['arn:aws:ec2:eu-central-1:111122223333:instance/i-0abc1234', '7', why], ['b', '12', 'short']];
  const lines = textTable(columns, rows, 90).split('\n');
  expect(lines[0]).toMatch(/^id +n  why$/);
  expect(lines.slice(1, -1).map((line) => line.slice(lines[0]?.indexOf('why')).trim()).join(' ')).toBe(why);
  expect(lines.slice(2, -1).map((line) => line.slice(0, lines[0]?.indexOf('why')).trim())).toEqual(lines.slice(2, -1).map(() => ''));
  expect(lines.at(-1)).toMatch(/^b +12  short$/);
  for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(90);
});

describe('what could steer a terminal', () => {
  const hostile = 'a\u001b[31m\u009b1m\u202E\u2066\u200B\u{E0041}\u2028\u0007\r\0b';
  it('is shown as escapes in texts, of which only the line breaks stay', () => {
    expect(printable(`${hostile}\n`)).toBe('a\\u001b[31m\\u009b1m\\u202e\\u2066\\u200b\\udb40\\udc41\\u2028\\u0007\\u000d\\u0000b\\u000a');
    expect(printableLines(`${hostile}\n`)).toBe(`${printable(hostile)}\n`);
  });
  it('is escaped in JSON, which stays the same document', () => {
    const json = printableJson(JSON.stringify({ [hostile]: [hostile, '👩‍💻 ü'] }));
    expect(json).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u);
    expect(JSON.parse(json)).toEqual({ [hostile]: [hostile, '👩‍💻 ü'] });
  });
  it('is escaped in the heads of tables too, as a query names them', () => {
    expect(textTable([{ head: 'a\u001b[31m' }], [['b']], 80)).toBe('a\\u001b[31m\nb');
  });
});

describe('in a narrow terminal', () => {
  const columns = [{ head: '  claim' }, { head: 'value' }, { head: 'why', shrink: true }], rows = [['  owner_identified', 'data-platform-team', 'the policy says so of the account'], ['  production', '', '警報警報警報警報']];
  it('what does not fit as a table is a list in which nothing is cut or longer than a line', () => {
    const text = textTable(columns, rows, 30);
    expect(text).toBe('  owner_identified\n    value  data-platform-team\n    why    the policy says so\n           of the account\n  production\n    why    警報警報警報警報');
    for (const width of [12, 20, 30, 39]) for (const line of textTable(columns, rows, width).split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(Math.max(width, 11 + 8));
  });
  it('what fits stays a table, and where output is no terminal as well', () => {
    expect(textTable(columns, rows, 79).split('\n')[0]).toBe('  claim             value               why');
    expect(textTable([{ head: 'a' }, { head: 'b' }], [['x'.repeat(100), 'y'.repeat(100)]], 140).split('\n')).toHaveLength(2);
  });
});
