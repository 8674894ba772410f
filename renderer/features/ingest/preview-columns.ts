type Mapped = Readonly<Record<string, unknown>>;

// What tells most about a record, first; taken from findings, events, resources and policies alike.
const telling = ['severity_reported', 'title', 'entity', 'issue_type', 'source', 'time', 'action', 'actor', 'outcome', 'src_ip', 'type', 'name', 'urn', 'kind', 'account', 'region', 'status'] as const;
const MOST = 6;

/** The fields to show of a preview: those that tell most and that some record has. Records without any of them show their first plain fields. */
export function previewColumns(sample: readonly Mapped[]): readonly string[] {
  const has = (key: string): boolean => sample.some((record) => isPlain(record[key]));
  const known = telling.filter(has);
  const rest = [...new Set(sample.flatMap((record) => Object.keys(record)))].filter((key) => has(key) && !known.some((name) => name === key));
  return (known.length > 0 ? known : rest).slice(0, MOST);
}

const isPlain = (value: unknown): boolean => (typeof value === 'string' && value !== '') || typeof value === 'number' || typeof value === 'boolean';

/** A field as one line. */
export const fieldText = (value: unknown): string => (value === undefined || value === null ? '' : typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : JSON.stringify(value));
