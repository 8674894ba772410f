import { type DecisionName, decisions } from '#shared/model/decision.ts';
import { incidentHref } from '../../state/addresses.ts';
import { navigate } from '../../state/router.ts';
import { DecisionChip } from '../../ui/decision-chip.tsx';
import { formatCount, plural } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import { RichText } from '../../ui/rich-text.tsx';
import { EmptyState, ErrorState, LoadingState } from '../../ui/states.tsx';
import { type Problem, changesOf, lineOf } from './draft.ts';
import type { Preview } from './use-preview.ts';

/** What a save did; `same` when the text says the same as the version in force. */
export interface Done { readonly version: number; readonly decided: number; readonly same: boolean }

interface EffectsProps {
  readonly isChanged: boolean; readonly preview: Preview | null; readonly done: Done | null; readonly failure: string | null;
  readonly onLine: (line: number) => void; readonly onRetry: () => void;
}

/** What the text at the left would do: its problems, or the decisions that would flip. */
export function Effects({ isChanged, preview, done, failure, onLine, onRetry }: EffectsProps) {
  return (
    <>
      <h2 className="side-h">{isChanged ? 'If this were saved' : 'In force'}</h2>
      {failure !== null && <p className="fail" role="alert"><Icon name="warn" size="m" />{failure}</p>}
      {done !== null && <p className="saved" role="status"><Icon name="check" size="m" />{done.same ? `Its rules are those of version ${done.version}, which stays in force: other words and comments alone make no new version and are not kept.` : `Version ${done.version} is in force. ${plural(done.decided, 'incident')} decided again.`}</p>}
      <Body isChanged={isChanged} preview={preview} onLine={onLine} onRetry={onRetry} />
    </>
  );
}

function Body({ isChanged, preview, onLine, onRetry }: Pick<EffectsProps, 'isChanged' | 'preview' | 'onLine' | 'onRetry'>) {
  if (!isChanged) return <EmptyState icon="policy" title="Nothing is changed">Owners, accepted risks, known-good, routing rules and thresholds. Change the text, and this side shows what it would flip before you save.</EmptyState>;
  if (preview === null) return <LoadingState what="what would flip" rows={8} />;
  if (preview.value === undefined) return <ErrorState title="The preview failed" message={preview.problem?.message ?? ''} good="Nothing is saved; your text is kept here." onRetry={onRetry} />;
  const { problems, flips, checked } = preview.value;
  if (problems.length > 0) return <Problems problems={problems} onLine={onLine} />;
  return (
    <div className="flips" role="status">
      <p className="sum"><b>{formatCount(flips.length)}</b> of {plural(checked, 'decision')} would flip</p>
      {flips.length > 0 && <ul className="kinds" aria-label="By kind">{changesOf(flips).map(({ from, to, n }) => <li key={`${from} ${to}`}><b className="tabnum">{formatCount(n)}</b><Decision name={from} /><Icon name="right" size="s" /><Decision name={to} /></li>)}</ul>}
      {flips.length > 0 && <ul className="each" aria-label="Decisions that would flip">
        {flips.slice(0, SHOWN).map((flip) => (
          <li key={flip.id}><a href={incidentHref(flip.id, none)} onClick={(event) => { if (event.metaKey || event.ctrlKey) return; event.preventDefault(); navigate(incidentHref(flip.id, none)); }}>
            <span className="what"><span className="mono clip" title={flip.entity_name}>{flip.entity_name}</span><span className="mono dim">{flip.id}</span></span>
            <span className="how"><Decision name={flip.from} /><span className="p">{flip.from_priority}</span><Icon name="right" size="s" /><Decision name={flip.to} /><span className="p">{flip.to_priority}</span></span></a></li>
        ))}
      </ul>}
      {flips.length > SHOWN && <p className="dim fine">{formatCount(flips.length - SHOWN)} more are not listed.</p>}
      <p className="dim fine">Each decision is made again from its recorded evidence under this text. Saving decides from the data anew, so what accounts, production or crown jewels change on the way can flip a few more. What a person overrode stays.</p>
    </div>
  );
}

const SHOWN = 300;
const none = new URLSearchParams();

function Problems({ problems, onLine }: { readonly problems: readonly Problem[]; readonly onLine: (line: number) => void }) {
  return (
    <div className="problems" role="alert">
      <p className="sum"><b>{plural(problems.length, 'problem')}</b>: nothing of it can be saved</p>
      <ul>{problems.map((problem, i) => { const line = lineOf(problem); return <li key={i}>{line === undefined ? <span className="at dim">{problem.position}</span> : <button type="button" className="at link" onClick={() => onLine(line)}>line {line}</button>}<span><RichText text={problem.why} zone={null} /></span></li>; })}</ul>
    </div>
  );
}

const isDecision = (name: string): name is DecisionName => decisions.some((known) => known === name);
const Decision = ({ name }: { readonly name: string }) => (isDecision(name) ? <DecisionChip decision={name} /> : <span className="mono">{name}</span>);
