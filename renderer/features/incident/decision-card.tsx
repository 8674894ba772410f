import type { IncidentDetail } from '#shared/rpc/schemas.ts';
import { callHref, incidentHref } from '../../state/addresses.ts';
import { navigate, useRoute } from '../../state/router.ts';
import { useStore } from '../../state/store.ts';
import { Button } from '../../ui/button.tsx';
import { ClaimsList, isOpenClaim, verifiedCount } from '../../ui/claims-list.tsx';
import { DecisionChip, PriorityMark } from '../../ui/decision-chip.tsx';
import { Confidence, Gates } from '../../ui/evidence.tsx';
import { formatDuration, formatTime, sentence } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import { RichText } from '../../ui/rich-text.tsx';
import { WouldBecome } from '../../ui/would-become.tsx';

/** The decision beside its evidence: why, how sure, by which gate, and what would change it. */
export function DecisionCard({ detail }: { readonly detail: IncidentDetail }) {
  return (
    <section className="card" aria-label="Decision">
      <h2 className="vh">Decision</h2>
      <WhyColumn detail={detail} />
      <EvidenceColumn detail={detail} />
    </section>
  );
}

/** What the decision is by now: proposed, or whose it has become. */
function standing({ incident, reviews, outbox }: IncidentDetail): string {
  const last = reviews.findLast((review) => !review.undone && (review.action === 'approve' || review.action === 'override' || review.action === 'reject'));
  const word = incident.status === 'open' || last === undefined ? (incident.status === 'reopened' ? 'proposed anew' : 'proposed') : `${incident.status} by ${last.author}`;
  const isPaged = outbox.some((item) => item.action === 'page_on_call' && item.status !== 'waiting_for_approval' && item.status !== 'withdrawn');
  return isPaged ? `${word}, page ${outbox.some((item) => item.action === 'page_on_call' && item.status === 'sent') ? 'already out' : 'in the outbox'}` : word;
}

function WhyColumn({ detail }: { readonly detail: IncidentDetail }) {
  const { triage, validation, claims, incident } = detail;
  const zone = useStore((s) => s.preferences.zone);
  if (triage === null || validation === null) return <div className="why-col"><p className="rat">Not decided yet. The next triage run decides it.</p></div>;
  const required = claims.filter((claim) => claim.required), inferred = required.filter((claim) => claim.provenance === 'inferred').length;
  const sources = new Set(incident.supporting_findings.map((finding) => finding.source)).size;
  const passed = validation.checks.filter((check) => check.result === 'pass').length, checked = validation.checks.filter((check) => check.result !== 'not_applicable').length;
  const engine = triage.engine.kind === 'rules' ? `rules ${triage.engine.rules_version}` : triage.engine.kind === 'agent' ? (triage.engine.model ?? 'agent') : 'a person';
  return (
    <div className="why-col">
      <div className="row1"><DecisionChip decision={triage.decision} large /><PriorityMark priority={triage.priority} large /><span className="prop">{standing(detail)}</span></div>
      <p className="rat"><RichText text={triage.rationale} zone={zone} /></p>
      {incident.issue_guessed === true && <p className="rat dim">What it is about is told by words alone, of a title or of a rule’s name that may mean several things, so nothing may lower the care that it gets.</p>}
      <Confidence value={triage.confidence} parts={triage.confidence_parts} />
      <dl className="parts"><div><dt>complete</dt><dd>{verifiedCount(required)} of {required.length}</dd></div><div><dt>reported by</dt><dd>{sources} {sources === 1 ? 'tool' : 'tools'}</dd></div><div><dt>provenance</dt><dd>{inferred === 0 ? 'observed' : `${inferred} inferred`}</dd></div><div><dt>checks</dt><dd>{passed} of {checked} pass</dd></div></dl>
      <div className="gline"><span className="head">Gate</span><Gates rule={validation.gate.rule} outcome={validation.gate.outcome} /><span className="dim clip" title={validation.gate.why}>{engine}{triage.duration_ms > 0 && `, ${formatDuration(triage.duration_ms)}`}</span></div>
      <Times decided={triage.started_at} checked={detail.checked} />
      <div className="flipb"><h3 className="head">Would become</h3><WouldBecome flips={detail.counterfactuals} /></div>
    </div>
  );
}

/** When it was decided, and when new data was last found to change nothing of it. */
function Times({ decided, checked }: { readonly decided: string; readonly checked: IncidentDetail['checked'] }) {
  const zone = useStore((s) => s.preferences.zone);
  return <p className="dim">Decided {formatTime(decided, zone)}{checked !== null && <span title={`As of ${formatTime(checked.as_of, zone)}`}>, checked again {formatTime(checked.at, zone)}: unchanged</span>}</p>;
}

/** Claims that the card shows before it sends to the Evidence tab. */
const ROWS = 8;

function EvidenceColumn({ detail }: { readonly detail: IncidentDetail }) {
  const { query } = useRoute();
  const { incident, claims } = detail;
  const required = claims.filter((claim) => claim.required), verified = verifiedCount(required);
  const known = claims.filter((claim) => !claim.required && !isOpenClaim(claim)), shown = known.slice(0, Math.max(2, ROWS - required.length));
  const evidence = incidentHref(incident.id, query, { tab: 'evidence' });
  const linkTo = (callId: string, pointer: string | undefined): string => callHref(incident.id, query, callId, pointer);
  return (
    <div className="ev-col">
      <h3 className="head"><span>Required evidence</span><span className="grow" />{required.length > 0 && <span className={verified === required.length ? 'all' : undefined}>{verified === required.length && <Icon name="check" size="s" />}{verified} of {required.length} verified</span>}</h3>
      {required.length === 0 && <p className="none">This gate asks for no claim.</p>}
      <ClaimsList claims={required.filter((claim) => !isOpenClaim(claim))} wide callHref={linkTo} onOpen={navigate} />
      <Missing detail={detail} claims={required.filter(isOpenClaim)} title={null} />
      {shown.length > 0 && <><h3 className="head gap"><span>Also known, not required by this gate</span><span className="grow" />{known.length > shown.length && <a className="more-f" href={evidence} onClick={(event) => { event.preventDefault(); navigate(evidence); }}>{known.length - shown.length} more in Evidence</a>}</h3><ClaimsList claims={shown} wide callHref={linkTo} onOpen={navigate} /></>}
      <Missing detail={detail} claims={claims.filter((claim) => !claim.required && isOpenClaim(claim))} title="Open, not required by this gate" />
    </div>
  );
}

/** Open claims: why they are open, what data would close them, and a way to answer them oneself. */
function Missing({ detail, claims, title }: { readonly detail: IncidentDetail; readonly claims: IncidentDetail['claims']; readonly title: string | null }) {
  const { query } = useRoute();
  const openDialog = useStore((s) => s.openDialog);
  const zone = useStore((s) => s.preferences.zone);
  const { incident, triage, counterfactuals } = detail;
  if (claims.length === 0) return null;
  const matters = counterfactuals.some((flip) => claims.some((claim) => claim.claim === flip.claim));
  return (
    <>
      {title !== null && <h3 className="head gap">{matters ? title : 'Missing, would not change the decision'}</h3>}
      {claims.map((claim) => {
        const missing = triage?.missing_evidence.find((item) => item.claim === claim.claim);
        return (
          <div key={claim.claim} className="miss-one">
            <ClaimsList claims={[claim]} wide callHref={(callId, pointer) => callHref(incident.id, query, callId, pointer)} onOpen={navigate} />
            <p className="note"><span className="grow"><RichText text={sentence(missing?.why ?? claim.reason)} zone={zone} />{missing && <> <span className="dim">Would supply it: {missing.supply}.</span></>}</span><Button small onClick={() => openDialog({ kind: 'answer', id: incident.id, claim: claim.claim })}>Answer…</Button></p>
          </div>
        );
      })}
    </>
  );
}
