import { type KeyboardEvent, useEffect, useRef } from 'react';
import { formatDuration } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import type { Step } from './trace-steps.ts';

interface StepsProps { readonly steps: readonly Step[]; /** Microseconds. */ readonly span: number; readonly selected: string; readonly onSelect: (id: string) => void; readonly onStep: (offset: number) => void }
const looks = { engine: 'en', group: 'gr', call: 'tl', turn: 'tn' } as const;

/** Steps and waterfall on shared rows: solid is a call, thin a group of calls; the engine's own steps are not timed. */
export function StepsList({ steps, span, selected, onSelect, onStep }: StepsProps) {
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => { list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' }); }, [selected]);
  const onKey = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : event.key === 'Home' ? -steps.length : event.key === 'End' ? steps.length : 0;
    if (by !== 0) { event.preventDefault(); onStep(by); }
  };
  return (
    <>
      <div className="sh"><h2>Steps<span className="dim">{steps.length}, {formatDuration(span / 1000)}</span></h2><span className="k"><Kbd keys="left" /><Kbd keys="right" /></span><span />
        <div className="ax" aria-hidden="true">{[0, 1 / 3, 2 / 3, 1].map((part) => <span key={part}>{part === 0 ? '0' : tick((span / 1000) * part)}</span>)}</div></div>
      <ol className="steps" role="tree" aria-label="Steps" tabIndex={0} ref={list} onKeyDown={onKey} aria-activedescendant={`step-${selected}`}>
        {steps.map((step) => (
          <li key={step.id} id={`step-${step.id}`} className={looks[step.kind]} role="treeitem" aria-level={step.depth + 1} aria-selected={step.id === selected} style={{ '--d': step.depth }} onClick={() => onSelect(step.id)}>
            <span className="nm"><Icon name={step.icon} size="m" /><b className={step.kind === 'call' ? 'mono clip' : 'clip'}>{step.name}</b><span className="dim clip" title={step.detail}>{step.detail}</span></span>
            {step.call || step.turn ? <span className="call">{step.id}</span> : <span />}
            <span className="num du">{step.duration_us === null ? '' : formatDuration(step.duration_us / 1000)}</span>
            <span className="wf" aria-hidden="true">{step.start_us !== null && step.duration_us !== null && <u style={{ left: `min(${percent(step.start_us, span)}, 100% - 3px)`, width: `max(3px, ${percent(step.duration_us, span)})` }} />}</span>
          </li>
        ))}
      </ol>
      <ul className="lg"><li><u className="tl" />tool call</li><li><u className="gr" />calls of one round</li>{steps.some((step) => step.turn) && <li><u className="tn" />a model's turn</li>}<li>without a bar: the engine, not timed apart</li></ul>
    </>
  );
}

function percent(part: number, of: number): string { return `${((part / of) * 100).toFixed(2)}%`; }

/** A tick of the axis from milliseconds; short runs need a decimal to tell their ticks apart. */
function tick(ms: number): string { return ms >= 10 ? formatDuration(ms) : `${ms.toFixed(1)} ms`; }
