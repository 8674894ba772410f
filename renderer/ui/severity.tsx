import type { Severity } from '#shared/model/finding.ts';

const letters: Readonly<Record<Severity, string>> = { critical: 'C', high: 'H', medium: 'M', low: 'L', informational: 'I', unknown: '?' };

/** A severity as the tools reported it: a bar and a letter, never a fill. */
export function SeverityMark({ severity }: { readonly severity: Severity }) {
  const letter = letters[severity];
  return <span className={`sev ${letter === '?' ? 'I' : letter}`} title={`Reported severity: ${severity}`}><span aria-hidden="true">{letter}</span><span className="vh">{severity}</span></span>;
}
