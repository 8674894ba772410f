import type { JsonObject } from '#shared/lib/json.ts';

/**
 * A table of findings has the fields of findings for columns: `finding.name` with the path of each, or as `gcloud … --format="csv(…)"` writes it the last part of the path in
 * snake case (`resource_name`). Without the name of the finding, its category and what it is about a row says nothing.
 */
export function isTable(header: readonly string[]): boolean {
  const cells = new Set(header.map((cell) => cell.trim().replace(/^finding\./, '')));
  return cells.has('name') && cells.has('category') && (cells.has('resource_name') || cells.has('resourceName')) && (cells.has('state') || cells.has('severity'));
}

/** The row as the API's answer. Empty cells are no fields, and what would be another's place is left out. */
export function fromRow(row: JsonObject): { readonly finding: JsonObject; readonly resource: JsonObject } {
  const finding: Record<string, unknown> = {}, resource: Record<string, unknown> = {};
  for (const [column, value] of Object.entries(row)) {
    const steps = column.trim().split('.');
    if (typeof value !== 'string' || value.trim() === '' || steps.some((step) => step === '__proto__')) continue;
    const isOfResource = steps[0] === 'resource' && steps.length > 1, path = isOfResource || steps[0] === 'finding' ? steps.slice(1) : steps;
    set(isOfResource ? resource : finding, path, value);
  }
  return { finding, resource };
}

function set(target: Record<string, unknown>, path: readonly string[], value: string): void {
  const [step, ...rest] = path;
  if (step === undefined) return;
  if (rest.length === 0) { target[step] ??= value; return; }
  const inner: Record<string, unknown> = Object.fromEntries(Object.entries(Object(target[step] ?? {})));
  set(inner, rest, value);
  target[step] = inner;
}
