import { type Finding, severities } from '#shared/model/finding.ts';
import type { IncidentDetail, QueueRow } from '#shared/rpc/schemas.ts';
import { callHref, incidentHref } from '../../state/addresses.ts';
import { useRead } from '../../state/reads.ts';
import { navigate, useRoute } from '../../state/router.ts';
import { useStore } from '../../state/store.ts';
import { Button } from '../../ui/button.tsx';
import { ClaimsList, isOpenClaim, verifiedCount } from '../../ui/claims-list.tsx';
import { DecisionChip, PriorityMark } from '../../ui/decision-chip.tsx';
import { EntityIcon } from '../../ui/entity-icon.tsx';
import { shortName } from '../../ui/entity-name.ts';
import { Confidence, Gates } from '../../ui/evidence.tsx';
import { sentence } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { RichText } from '../../ui/rich-text.tsx';
import { SeverityMark } from '../../ui/severity.tsx';
import { sourceName } from '../../ui/source-name.ts';
import { ErrorState, LoadingState } from '../../ui/states.tsx';
import { WouldBecome } from '../../ui/would-become.tsx';
import { useSettled } from './use-settled.ts';

interface PeekProps { readonly row: QueueRow; readonly isStart: boolean; readonly onMove: (step: number) => void; readonly onClose: () => void; /** Why it can't be approved. */ readonly blocked: string | undefined; readonly onApprove: () => void; readonly onOpen: () => void }

/** The current row's decision and why, without leaving the list. */
export function Peek({ row, isStart, onMove, onClose, blocked, onApprove, onOpen }: PeekProps) {
  // A held key runs over many rows: only where it rests is read.
  const id = useSettled(row.id, 60);
  const { value, problem } = useRead('incident.get', { id }, { keep: true });
  const detail = value?.incident.id === row.id ? value : undefined;
  const openDialog = useStore((s) => s.openDialog);
  return (
    <aside className="peek" aria-label={`Peek ${row.id}`}>
      <div className="pk-top"><span className="mono sub">{row.id}</span>{isStart && <span className="tag"><Icon name="pin" size="s" />Start here</span>}<span className="grow" />
        <Button icon="left" label="Previous, k" look="ghost" small onClick={() => onMove(-1)} /><Button icon="right" label="Next, j" look="ghost" small onClick={() => onMove(1)} /><Button icon="x" label="Close, space" look="ghost" small onClick={onClose} /></div>
      <div className="pk-body">
        <div className="pk-h"><h2>{row.title}</h2>
          <p className="sub ln"><EntityIcon type={row.entity_type} /><span className="mono ink clip" title={row.entity}>{shortName(row.entity_name)}</span>{row.account !== null && <span className="dot">{detail?.account_name ?? row.account}</span>}{detail?.incident.region !== undefined && <span className="dot">{detail.incident.region}</span>}</p></div>
        {detail === undefined ? (problem ? <ErrorState title="This incident can't be read" message={problem.message} good="The list is still right; other incidents can be opened." /> : <LoadingState what={row.id} rows={6} />) : <PeekDetail detail={detail} />}
      </div>
      <div className="pk-act" data-coach={isStart ? 'act' : undefined}>
        <Button look="primary" keys="a" disabled={blocked !== undefined} title={blocked ?? 'Let the decision stand'} onClick={onApprove}>{row.status === 'approved' ? 'Approved' : 'Approve'}</Button>
        <Button disabled={row.decision === null} onClick={() => openDialog({ kind: 'override', id: row.id, decision: null })}>Override <Kbd keys="1" />–<Kbd keys="4" /></Button>
        <span className="grow" /><Button look="ghost" keys="enter" onClick={onOpen}>Open</Button>
      </div>
    </aside>
  );
}

/** Claims that have room in the pane. */
const ROWS = 6;

function PeekDetail({ detail }: { readonly detail: IncidentDetail }) {
  const { query } = useRoute();
  const { incident, triage, claims, findings } = detail;
  const required = claims.filter((claim) => claim.required), open = claims.filter((claim) => !claim.required && isOpenClaim(claim));
  // What the gate asks for comes first; of the rest as much as has room.
  const known = claims.filter((claim) => !claim.required && !isOpenClaim(claim)).slice(0, Math.max(0, ROWS - required.length)), others = claims.filter((claim) => !claim.required && !isOpenClaim(claim)).length;
  const linkTo = (callId: string, pointer: string | undefined): string => callHref(incident.id, query, callId, pointer);
  const note = triage?.missing_evidence.find((missing) => open.some((claim) => claim.claim === missing.claim))?.why ?? open[0]?.reason;
  return (
    <>
      <Verdict detail={detail} required={required} />
      <div className="sec ev-sec">
        <h3 className="head">Required evidence<span className="grow" /><span>{verifiedCount(required)} of {required.length} verified</span></h3>
        <ClaimsList claims={required} callHref={linkTo} onOpen={navigate} />
        {known.length > 0 && <><h3 className="head miss-h">Also known<span className="grow" />{known.length < others && <span>+{others - known.length} on the incident</span>}</h3><ClaimsList claims={known} callHref={linkTo} onOpen={navigate} /></>}
        {open.length > 0 && <><h3 className="head miss-h">Open, not required by this gate</h3><ClaimsList claims={open} callHref={linkTo} onOpen={navigate} /></>}
        {note !== undefined && <p className="note">{sentence(note)}</p>}
      </div>
      <div className="pk-c">
        <div className="sec"><h3 className="head">Would become</h3><WouldBecome flips={detail.counterfactuals} /></div>
        <div className="sec tools-sec"><h3 className="head">What the tools reported</h3>
          <ul className="tools">
            {oneOfEach(findings).slice(0, 6).map((finding) => <li key={finding.finding_id} title={finding.title}><SeverityMark severity={finding.severity_reported} /><span className="clip">{sourceName(finding.source)}</span><span className="clip sub">{finding.title}</span></li>)}
          </ul>
          {findings.length > 6 && <a className="more-f" href={incidentHref(incident.id, query)} onClick={(event) => { event.preventDefault(); navigate(incidentHref(incident.id, query)); }}>{findings.length - 6} more</a>}</div>
      </div>
    </>
  );
}

/** The most severe finding of each tool first, then the others. */
function oneOfEach(findings: readonly Finding[]): readonly Finding[] {
  const sorted = findings.toSorted((a, b) => severities.indexOf(a.severity_reported) - severities.indexOf(b.severity_reported));
  const isFirst = (finding: Finding): boolean => sorted.find((other) => other.source === finding.source) === finding;
  return [...sorted.filter(isFirst), ...sorted.filter((finding) => !isFirst(finding))];
}

function Verdict({ detail: { triage, validation }, required }: { readonly detail: IncidentDetail; readonly required: IncidentDetail['claims'] }) {
  const zone = useStore((s) => s.preferences.zone);
  if (triage === null || validation === null) return <div className="verdict"><p>Not decided yet. The next triage run decides it.</p></div>;
  const inferred = required.filter((claim) => claim.provenance === 'inferred').length;
  return (
    <div className="verdict">
      <div className="row1"><DecisionChip decision={triage.decision} large /><PriorityMark priority={triage.priority} large /><span className="grow" /><Gates rule={validation.gate.rule} outcome={validation.gate.outcome} /></div>
      <p><RichText text={triage.rationale} zone={zone} /></p>
      <Confidence value={triage.confidence} parts={triage.confidence_parts}><span className="sep" />{verifiedCount(required)} of {required.length}, {inferred === 0 ? 'observed' : `${inferred} inferred`}</Confidence>
    </div>
  );
}
