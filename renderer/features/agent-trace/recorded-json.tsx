import { useEffect, useMemo, useRef } from 'react';
import { markOf } from '#shared/model/evidence-mark.ts';
import type { ClaimView } from '#shared/model/decision.ts';
import { Icon } from '../../ui/icons.tsx';
import { type CitedRange, citedRange, jsonLines } from './json-lines.ts';

interface Cited { readonly claim: ClaimView; readonly range: CitedRange }

/** Recorded JSON with line numbers; lines that a claim points at are marked with the claim, and the one from the address is brought into view. */
export function RecordedJson({ value, claims, at, label }: { readonly value: unknown; readonly claims: readonly ClaimView[]; readonly at: string | null; readonly label: string }) {
  const lines = useMemo(() => jsonLines(value), [value]);
  const cited = useMemo(() => claims.flatMap((claim): readonly Cited[] => { const range = claim.pointer === undefined ? undefined : citedRange(lines, claim.pointer); return range ? [{ claim, range }] : []; }), [lines, claims]);
  const target = at === null ? undefined : citedRange(lines, at);
  const line = useRef<HTMLSpanElement>(null);
  useEffect(() => { line.current?.scrollIntoView({ block: 'center' }); }, [target?.from, lines]);
  return (
    <pre className="mono rj" aria-label={label} tabIndex={0}>
      {lines.map(({ indent, key, text }, i) => {
        const here = cited.filter(({ range }) => i >= range.from && i <= range.to), first = here.filter(({ range }) => range.from === i);
        const isTarget = target !== undefined && i >= target.from && i <= target.to;
        const isProven = here.some(({ claim }) => isVerified(claim));
        return (
          <span key={i} ref={isTarget && i === target.from ? line : undefined} className={`ln${here.length === 0 ? '' : isProven ? ' c' : ' o'}${isTarget ? ' at' : ''}`}>
            <s aria-hidden="true">{i + 1}</s><span className="lx" title={text.length > 60 ? text : undefined}>{'  '.repeat(indent)}{key !== null && <><i>{JSON.stringify(key)}</i>{': '}</>}{text}</span>
            {first.length > 0 && <em>{first.map(({ claim }) => <span key={claim.claim}><Icon name={isVerified(claim) ? 'check' : 'hollow'} size="s" />{claim.claim} = {String(claim.value)}</span>)}</em>}
          </span>
        );
      })}
    </pre>
  );
}

function isVerified(claim: ClaimView): boolean { return markOf(claim.value, claim.provenance, claim.stale) === 'verified'; }
