import type { Severity } from '#shared/model/finding.ts';

const words: Readonly<Record<string, Severity>> = {
  critical: 'critical', fatal: 'critical', high: 'high', important: 'high', medium: 'medium', moderate: 'medium', low: 'low', minor: 'low',
  informational: 'informational', information: 'informational', info: 'informational', none: 'informational', negligible: 'informational',
};

/** A tool's severity word in the model's; `unknown` for anything else. */
export function severityOfLabel(label: string | undefined): Severity {
  const key = label?.trim().toLowerCase() ?? '';
  return Object.hasOwn(words, key) ? words[key] ?? 'unknown' : 'unknown';
}
