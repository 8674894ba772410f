import { markOf } from '#shared/model/evidence-mark.ts';
import type { OutputOf } from '../../state/calls.ts';
import { useRead, refreshReads } from '../../state/reads.ts';
import { DecisionChip, PriorityMark } from '../../ui/decision-chip.tsx';
import { ClaimMark, ClaimValueText } from '../../ui/evidence.tsx';
import { plural } from '../../ui/format.ts';
import { EmptyState, ErrorState, LoadingState } from '../../ui/states.tsx';
import { DifferenceList } from './difference-list.tsx';
import { type ClaimPair, type DecisionParts, type TextPair, claimPairs, decisionPairs, gatePairs, partsOf } from './replay-report.ts';

interface CompareProps { readonly left: string; readonly right: string; readonly leftName: string; readonly rightName: string }

/** Two recorded decisions side by side: decision, claims, gates, and every place where they differ. */
export function CompareView({ left, right, leftName, rightName }: CompareProps) {
  const { value, problem } = useRead('replay.diff', { left, right });
  if (value === undefined) return problem?.kind === 'failed' ? <ErrorState title="These two can't be compared" message={problem.message} good="Both recordings are as they were. Choose other runs." onRetry={() => refreshReads((name) => name === 'replay.diff')} /> : <LoadingState what="both decisions" rows={14} />;
  return <Compared found={value} leftName={leftName} rightName={rightName} />;
}

function Compared({ found, leftName, rightName }: { readonly found: OutputOf<'replay.diff'>; readonly leftName: string; readonly rightName: string }) {
  const a = partsOf(found.left), b = partsOf(found.right);
  if (a === undefined || b === undefined) return <section className="diffs"><EmptyState icon="replay" title="Recorded by another version">Its parts can't be laid side by side; where the two differ stands below.</EmptyState><DifferenceList differences={found.differences} left={leftName} right={rightName} /></section>;
  return (
    <div className="cmp">
      <div className="sides"><span /><Side name={leftName} parts={a} /><Side name={rightName} parts={b} /></div>
      <Pairs title="Decision" left={leftName} right={rightName} pairs={decisionPairs(a, b)} />
      <Claims pairs={claimPairs(a, b)} left={leftName} right={rightName} />
      <Pairs title="Gates and checks" left={leftName} right={rightName} pairs={gatePairs(a, b)} />
      <section className="diffs"><h2>By path<span className="dim">{plural(found.differences.length, 'difference')}</span></h2><DifferenceList differences={found.differences} left={leftName} right={rightName} /></section>
    </div>
  );
}

function Side({ name, parts: { triage } }: { readonly name: string; readonly parts: DecisionParts }) {
  return <p className="side"><span className="head">{name}</span><DecisionChip decision={triage.decision} large /><PriorityMark priority={triage.priority} large /></p>;
}

function countOf(pairs: readonly { readonly differs: boolean }[]): string { const n = pairs.filter((pair) => pair.differs).length; return n === 0 ? `all ${pairs.length} the same` : `${n} of ${pairs.length} differ`; }

interface Named { readonly left: string; readonly right: string }
function TableHead({ first, left, right }: Named & { readonly first: string }) { return <thead><tr><th scope="col"><span className="vh">Same or not</span></th><th scope="col">{first}</th><th scope="col">{left}</th><th scope="col">{right}</th></tr></thead>; }
function Differs({ differs }: { readonly differs: boolean }) { return <td className="df">{differs ? <span title="differs">≠<span className="vh">differs</span></span> : <span className="vh">same</span>}</td>; }

function Pairs({ title, pairs, left, right }: Named & { readonly title: string; readonly pairs: readonly TextPair[] }) {
  return (
    <section><h2>{title}<span className="dim">{countOf(pairs)}</span></h2>
      <table><TableHead first={title} left={left} right={right} /><tbody>{pairs.map((pair) => <tr key={pair.name} className={pair.differs ? 'ne' : undefined}><Differs differs={pair.differs} /><th scope="row">{pair.name}</th><td>{pair.left}</td><td>{pair.right}</td></tr>)}</tbody></table></section>
  );
}

function Claims({ pairs, left, right }: Named & { readonly pairs: readonly ClaimPair[] }) {
  return (
    <section><h2>Claims<span className="dim">{countOf(pairs)}</span></h2>
      <table><TableHead first="Claim" left={left} right={right} /><tbody>{pairs.map((pair) => <tr key={pair.claim} className={pair.differs ? 'ne' : undefined}><Differs differs={pair.differs} /><th scope="row" className="mono">{pair.claim}</th><td><Value claim={pair.left} /></td><td><Value claim={pair.right} /></td></tr>)}</tbody></table></section>
  );
}

function Value({ claim }: { readonly claim: ClaimPair['left'] }) {
  if (claim === undefined) return <span className="dim">absent</span>;
  return <span className="cv" title={claim.reason}><ClaimMark mark={markOf(claim.value, claim.provenance, claim.stale)} /><ClaimValueText value={claim.value} provenance={claim.provenance} />{claim.stale && <span className="dim">stale</span>}<span className="dim clip">{claim.reason}</span></span>;
}
