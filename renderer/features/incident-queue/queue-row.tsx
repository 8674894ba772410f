import { memo } from 'react';
import type { QueueRow } from '#shared/rpc/schemas.ts';
import { DecisionChip, PriorityMark } from '../../ui/decision-chip.tsx';
import { EntityIcon } from '../../ui/entity-icon.tsx';
import { shortName } from '../../ui/entity-name.ts';
import { EvidenceTicks } from '../../ui/evidence.tsx';
import { formatAge, formatCount } from '../../ui/format.ts';
import { Icon, type IconName } from '../../ui/icons.tsx';
import { SeverityMark } from '../../ui/severity.tsx';

export const rowId = (id: string): string => `row-${id}`;

interface RowProps {
  readonly row: QueueRow; readonly index: number; readonly asOf: string; readonly isCurrent: boolean; readonly isStart: boolean;
  /** Null outside of selection mode. */
  readonly isMarked: boolean | null; readonly onSelect: (id: string) => void; readonly onOpen: (id: string) => void; readonly onMark: (row: QueueRow) => void;
}

/** One incident in 28 px. */
export const QueueRowView = memo(function QueueRowView({ row, index, asOf, isCurrent, isStart, isMarked, onSelect, onOpen, onMark }: RowProps) {
  const glyph = glyphOf(row, isStart);
  return (
    <div role="row" id={rowId(row.id)} aria-rowindex={index + 2} aria-selected={isMarked ?? isCurrent} className={`${isCurrent ? 'cur' : ''}${isStart ? ' start' : ''}`} data-coach={isStart ? 'start' : undefined}
      onClick={(event) => { if (event.metaKey || event.ctrlKey || isMarked !== null && event.target instanceof HTMLInputElement) onMark(row); else onSelect(row.id); }} onDoubleClick={() => onOpen(row.id)}>
      <span role="gridcell">{isMarked === null ? <SeverityMark severity={row.severity_reported} /> : <input type="checkbox" checked={isMarked} readOnly tabIndex={-1} aria-label={`Select ${row.id}`} />}</span>
      <span role="gridcell">{row.decision === null ? <span className="tagged">not decided</span> : <DecisionChip decision={row.decision} />}</span>
      <span role="gridcell" className="state" title={glyph?.title}>{glyph && <><Icon name={glyph.icon} size="m" /><span className="vh">{glyph.title}</span></>}</span>
      <span role="gridcell"><PriorityMark priority={row.priority} /></span>
      <span role="gridcell" className="ent" title={row.entity}><EntityIcon type={row.entity_type} /><span className="mono clip">{shortName(row.entity_name)}</span></span>
      <span role="gridcell" className="clip iss" title={row.title}>{row.title}</span>
      <span role="gridcell" className="num fin">{formatCount(row.findings)}</span>
      <span role="gridcell" data-coach={isStart ? 'evidence' : undefined}><EvidenceTicks marks={row.evidence} /></span>
      <span role="gridcell" className="num age" title={row.last_seen}>{formatAge(row.last_seen, asOf)}</span>
      <span role="gridcell" className="clip own" title={row.owner ?? undefined}>{row.owner === null ? <span className="dim">no owner</span> : row.owner_provenance === 'inferred' ? <span className="inf" title="Inferred, not in the policy">{row.owner}</span> : row.owner}</span>
    </div>
  );
});

/** What state a row is in, in one glyph: what asks for something comes first. */
function glyphOf(row: QueueRow, isStart: boolean): { readonly icon: IconName; readonly title: string } | undefined {
  if (row.flagged) return { icon: 'warn', title: 'The evidence behind the override has changed' };
  if (row.status === 'approved') return { icon: 'check', title: 'Approved' };
  if (row.status === 'overridden') return { icon: 'person', title: 'Overridden by a person' };
  if (row.status === 'rejected') return { icon: 'x', title: 'Rejected' };
  if (row.status === 'closed') return { icon: 'minus', title: 'Closed' };
  if (isStart) return { icon: 'pin', title: 'Start here' };
  if (row.waits) return { icon: 'hand', title: 'Waits for approval' };
  if (row.paged) return { icon: 'egress', title: 'A page is on its way or out' };
  return row.status === 'reopened' ? { icon: 'replay', title: 'Reopened: new evidence' } : undefined;
}
