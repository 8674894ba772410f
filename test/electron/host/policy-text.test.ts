import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { policyText } from '#electron/host/policy-text.ts';

const dir = mkdtempSync(join(tmpdir(), 'winnow-policy-text-'));
afterAll(() => { rmSync(dir, { recursive: true }); });
function textOf(name: string, text: string): string | undefined {
  const path = join(dir, name);
  writeFileSync(path, text);
  return policyText(path);
}
const PIECE = 256 * 1024;
const yaml = 'accounts:\n  "111122223333": { name: shop, environment: production }\n';

describe('the text of a policy', () => {
  it.each([
    ['YAML', 'a.yaml', yaml], ['YAML that ends its lines like Windows', 'b.yml', `# ours\r\n${yaml.replaceAll('\n', '\r\n')}`], ['YAML with quoted keys', 'c.yaml', yaml.replace('accounts', "'accounts'")],
    ['JSON', 'd.json', '{"accounts":{"111122223333":{"name":"shop"}}}'], ['JSON over several lines', 'e.json', '{\n  "owners": {},\n  "accounts": {}\n}'], ['YAML in braces', 'f.yaml', '{\naccounts: {},\nowners: {} }'],
  ])('is given for %s', (_, name, text) => { expect(textOf(name, text)).toBe(text); });

  it('is given without its byte order mark', () => { expect(textOf('bom.yaml', `\uFEFF${yaml}`)).toBe(yaml); });

  it('is found wherever the first key stands, also across the pieces that a file is looked through by', () => {
    for (let before = PIECE - 12; before <= PIECE + 2; before++) {
      const text = `${`# ${'x'.repeat(before - 3)}\n`}${yaml}`;
      expect(textOf('far.yaml', text), `${before} bytes before it`).toBe(text);
    }
    const deep = `# ${'ä'.repeat(PIECE)}\n${yaml}`;
    expect(textOf('deep.yaml', deep)).toBe(deep);
  });

  it.each([
    ['inventory', 'g.json', '{"fileVersion":"1.0","configurationItems":[{"resourceType":"AWS::S3::Bucket","tags":{"a":"accounts"}}]}'],
    ['a list that speaks of a key', 'h.json', '[{"accounts":[]}]'], ['a file in which a key is one name of many', 'i.json', '{"accounts":[],"a":1,"b":2}'], ['nothing', 'j.yaml', ''], ['another kind of file', 'k.txt', yaml],
    ['more than anybody writes', 'l.yaml', `${yaml}# ${'x'.repeat(4_000_000)}`],
  ])('is not that of %s', (_, name, text) => { expect(textOf(name, text)).toBeUndefined(); });

  it('is undefined for what can\'t be read: reading it says why', () => { expect(policyText(join(dir, 'missing.yaml'))).toBeUndefined(); });
});
