import type { ReactNode } from 'react';
import type { ClaimValue } from '#shared/model/claims.ts';
import { evidenceMarks, type EvidenceMark } from '#shared/model/evidence-mark.ts';
import type { DecisionName } from '#shared/model/decision.ts';
import { decisionLooks } from './decision-chip.tsx';
import { Icon } from './icons.tsx';

const shapes: Readonly<Record<EvidenceMark, string>> = { verified: '', inferred: 'i', unknown: 'o', conflict: 'x' };

/** One tick for each claim that a decision rests on: full verified, dashed inferred, hollow unknown, split conflict. */
export function EvidenceTicks({ marks }: { readonly marks: readonly EvidenceMark[] }) {
  if (marks.length === 0) return <span className="ev"><span>–</span></span>;
  const verified = marks.filter((mark) => mark === 'verified').length;
  const counts = evidenceMarks.flatMap((mark) => { const n = marks.filter((m) => m === mark).length; return n === 0 ? [] : [`${n} ${mark}`]; });
  return (
    <span className="ev" title={counts.join(', ')}>
      {marks.map((mark, i) => <u key={`${mark}${i}`} className={shapes[mark]} />)}<span>{verified}/{marks.length}</span>
    </span>
  );
}

/** The state of one claim in one symbol. */
export function ClaimMark({ mark }: { readonly mark: EvidenceMark }) {
  const look = mark === 'verified' ? 'ok' : mark === 'conflict' ? 'cf' : 'un';
  return <span className={`st ${look}`} title={mark}><Icon name={mark === 'verified' ? 'okc' : mark === 'conflict' ? 'warn' : mark === 'inferred' ? 'route' : 'hollow'} /><span className="vh">{mark}</span></span>;
}

/** A claim's value; dashed below when it is inferred. */
export function ClaimValueText({ value, provenance }: { readonly value: ClaimValue; readonly provenance: 'observed' | 'inferred' }) {
  const isInferred = provenance === 'inferred' && value !== 'unknown' && value !== 'conflict';
  return <b className="clip" title={isInferred ? 'inferred' : undefined}>{isInferred ? <span className="inf">{String(value)}</span> : String(value)}</b>;
}

/** The gate's six steps: those before the hit were looked at, the hit carries the decision's fill, the rest were not reached. */
export function Gates({ rule, outcome }: { readonly rule: number; readonly outcome: DecisionName }) {
  return (
    <span className="gates" role="img" aria-label={`Gate ${rule} of 0 to 5 decided ${outcome}`} title="Gates, first match wins">
      {[0, 1, 2, 3, 4, 5].map((step) => <span key={step} className={step === rule ? `hit ${decisionLooks[outcome].look}` : step > rule ? 'nr' : undefined}>{step}</span>)}
    </span>
  );
}

/** A recorded call: its id opens it. */
export function CallChip({ id, href, onOpen }: { readonly id: string; readonly href: string; readonly onOpen?: (href: string) => void }) {
  return <a className="call" href={href} aria-label={`Recorded call ${id}`} onClick={(event) => { if (onOpen && !event.metaKey && !event.ctrlKey) { event.preventDefault(); onOpen(href); } }}>{id}</a>;
}

/** The band of a confidence 0–1 and how many of four bars it fills. */
export function confidenceBand(value: number): { readonly word: string; readonly bars: number } {
  if (value >= 0.9) return { word: 'Very high', bars: 4 };
  if (value >= 0.75) return { word: 'High', bars: 3 };
  return value >= 0.5 ? { word: 'Medium', bars: 2 } : { word: 'Low', bars: 1 };
}

/** A confidence as a band; the figure beside it, its parts in the title and to screen readers. */
export function Confidence({ value, parts, children }: { readonly value: number; readonly parts: readonly { readonly part: string; readonly effect: number }[]; readonly children?: ReactNode }) {
  const { word, bars } = confidenceBand(value);
  const words = parts.map(({ part, effect }) => `${effect >= 0 ? '+' : '−'}${Math.abs(effect).toFixed(2)}  ${part}`).join('\n');
  return (
    <span className="confidence" tabIndex={parts.length > 0 ? 0 : undefined} aria-label={`Confidence ${word}, ${value.toFixed(2)}. ${words}`}>
      <span className="bar" aria-hidden="true">{[1, 2, 3, 4].map((bar) => <u key={bar} className={bar > bars ? 'o' : undefined} />)}</span><b>{word}</b> {value.toFixed(2)}{children}
      {parts.length > 0 && <span className="tip" role="tooltip">{parts.map(({ part, effect }) => <span key={part}><b>{effect >= 0 ? '+' : '−'}{Math.abs(effect).toFixed(2)}</b>{part}</span>)}</span>}
    </span>
  );
}
