/** One measured figure with its goal, if it has one. */
export interface Figure { readonly name: string; readonly value: number; readonly unit: string; readonly goal?: { readonly most: number } | { readonly least: number }; readonly note?: string }

export const isMet = (figure: Figure): boolean | undefined => (figure.goal === undefined ? undefined : 'most' in figure.goal ? figure.value <= figure.goal.most : figure.value >= figure.goal.least);

/** The figures as a short table; a goal that is missed says so. */
export function printTable(machine: Readonly<Record<string, string | number>>, figures: readonly Figure[]): string {
  const head = Object.entries(machine).map(([key, value]) => `${key}: ${value}`).join(' · ');
  const rows = figures.map((f) => [f.name, f.value.toLocaleString('en-US'), f.unit, goalText(f), f.note ?? '']);
  const widths = [0, 1, 2, 3].map((i) => Math.max(...rows.map((row) => (row[i] ?? '').length)));
  const lines = rows.map((row) => row.map((cell, i) => (i === 1 ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0))).join('  ').trimEnd());
  return `${head}\n\n${lines.join('\n')}\n`;
}

function goalText(f: Figure): string {
  if (f.goal === undefined) return '';
  const goal = 'most' in f.goal ? `≤ ${f.goal.most.toLocaleString('en-US')}` : `≥ ${f.goal.least.toLocaleString('en-US')}`;
  return `${goal} ${isMet(f) === true ? 'met' : 'MISSED'}`;
}
