import { useRead } from '../state/reads.ts';

const colours = ['teal', 'ochre', 'rose', 'slate'] as const;

/** One colour for each engagement, always the same for the same workspace, so that two windows are never mixed up. */
export function workspaceColour(id: string, isDemo: boolean): (typeof colours)[number] {
  if (isDemo) return 'teal';
  let hash = 0;
  for (const letter of id) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) >>> 0;
  return colours[hash % colours.length] ?? 'slate';
}

export function useWorkspaceColour(): string {
  const { value } = useRead('workspace.info', {});
  return value ? workspaceColour(value.id, value.is_demo) : 'slate';
}

/** Two letters for the tile: of the first two words, or of the only one. */
export function initials(name: string): string {
  const words = name.split(/[\s._-]+/).filter((word) => word !== '');
  const [first = '?', second] = words;
  return (second === undefined ? first.slice(0, 2) : `${first.slice(0, 1)}${second.slice(0, 1)}`).toUpperCase();
}
