import { describe, expect, it } from 'vitest';
import { initials, workspaceColour } from '../../../renderer/app/use-workspace.ts';

describe('a workspace', () => {
  it.each([['Northwind demo', 'ND'], ['acme', 'AC'], ['client_eu-2026', 'CE'], ['x', 'X'], ['', '?']])('%s has the letters %s', (name, letters) => expect(initials(name)).toBe(letters));

  it('keeps its colour, and the demo has its own', () => {
    expect(workspaceColour('a-b-c', false)).toBe(workspaceColour('a-b-c', false));
    expect(workspaceColour('anything', true)).toBe('teal');
    expect(new Set(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((id) => workspaceColour(id, false))).size).toBeGreaterThan(1);
  });
});
