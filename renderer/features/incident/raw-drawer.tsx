import type { IncidentDetail } from '#shared/rpc/schemas.ts';
import { byWeight } from '../../state/finding-order.ts';
import { useRead } from '../../state/reads.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { formatCount } from '../../ui/format.ts';
import { PathText } from '../../ui/path-text.tsx';
import { sourceName } from '../../ui/source-name.ts';
import { ErrorState, LoadingState } from '../../ui/states.tsx';

interface DrawerProps { readonly detail: IncidentDetail; readonly findingId: string; readonly onFinding: (id: string) => void; readonly onClose: () => void }

/** One finding as its tool wrote it, and as it was read. */
export function RawDrawer({ detail, findingId, onFinding, onClose }: DrawerProps) {
  const { value, problem } = useRead('incident.raw', { finding_id: findingId });
  const findings = byWeight(detail.findings, detail.incident.primary_finding);
  const at = findings.findIndex((finding) => finding.finding_id === findingId);
  const step = (by: number): void => { const next = findings[at + by]; if (next) onFinding(next.finding_id); };
  const pretty = value?.raw == null ? null : prettyJson(value.raw);
  return (
    <Dialog title="Raw record" look="side" onClose={onClose}
      footer={<><span className="grow mono">{value && <PathText path={value.file} after={`, record ${formatCount(value.record + 1)}`} />}</span><span>{at + 1} of {findings.length}</span><Button small icon="left" label="Previous finding" disabled={at <= 0} onClick={() => step(-1)} /><Button small icon="right" label="Next finding" disabled={at < 0 || at >= findings.length - 1} onClick={() => step(1)} /><Button small icon="copy" disabled={pretty === null} onClick={() => { void navigator.clipboard.writeText(pretty ?? ''); }}>Copy</Button></>}>
      <select className="input" value={findingId} aria-label="Finding" onChange={(event) => onFinding(event.target.value)}>{findings.map((finding) => <option key={finding.finding_id} value={finding.finding_id}>{sourceName(finding.source)}: {finding.title}</option>)}</select>
      {problem && <ErrorState title="The record can't be read" message={problem.message} good="The finding as it was read, and the decision, are kept in the workspace." />}
      {value === undefined && !problem && <LoadingState what="the record" rows={8} />}
      {value && <>
        <section><h3 className="head">As the tool wrote it</h3>{pretty === null ? <p className="sub">The imported file is no longer in the workspace.</p> : <pre className="code" tabIndex={0}>{pretty}</pre>}</section>
        <section><h3 className="head">As it was read</h3><pre className="code" tabIndex={0}>{JSON.stringify(value.finding, null, 2)}</pre></section>
      </>}
      <p className="dim">Names, tags and descriptions are written by whoever controls the resource: never evidence alone.</p>
    </Dialog>
  );
}

/** JSON with indents; other text as it is. */
function prettyJson(raw: string): string {
  try { return JSON.stringify(JSON.parse(raw), null, 2); } catch { return raw; /* CSV, XML or a line of a log. */ }
}
