import { describe, expect, it } from 'vitest';
import { matchesKeys, type Press } from '../../../renderer/state/keys.ts';
import { keyCaps } from '../../../renderer/ui/kbd.tsx';

const press = (key: string, held: Partial<Press> = {}): Press => ({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held });

describe('keys', () => {
  it.each([
    ['j', press('j'), true], ['j', press('J', { shiftKey: true }), false], ['shift+a', press('A', { shiftKey: true }), true], ['shift+a', press('a'), false], ['j', press('j', { ctrlKey: true }), false], ['j', press('j', { altKey: true }), false],
    // `?` and `/` need Shift on some keyboards and not on others.
    ['?', press('?', { shiftKey: true }), true], ['?', press('?'), true], ['[', press('['), true], ['1', press('1'), true], ['space', press(' '), true], ['enter', press('Enter'), true], ['escape', press('Escape'), true],
    ['down', press('ArrowDown'), true], ['pagedown', press('PageDown'), true], ['mod+k', press('k', { ctrlKey: true }), true], ['mod+k', press('k', { metaKey: true }), false], ['mod+z', press('Z', { ctrlKey: true, shiftKey: true }), false], ['+', press('+', { shiftKey: true }), true],
  ] as const)('%s and %o match elsewhere: %s', (keys, pressed, expected) => expect(matchesKeys(keys, pressed, false)).toBe(expected));

  it('takes the command key on a Mac', () => {
    expect(matchesKeys('mod+k', press('k', { metaKey: true }), true)).toBe(true);
    expect(matchesKeys('mod+k', press('k', { ctrlKey: true }), true)).toBe(false);
  });

  it('draws caps as the keyboard has them', () => {
    expect([keyCaps('mod+k', true), keyCaps('mod+k', false), keyCaps('j', false), keyCaps('mod+enter', false), keyCaps('space', false)]).toEqual([['⌘', 'K'], ['Ctrl', 'K'], ['j'], ['Ctrl', '↵'], ['Space']]);
  });
});
