import { useState } from 'react';
import { call } from '../../state/bridge.ts';
import type { OutputOf } from '../../state/calls.ts';
import { isDesktop, openWorkspace } from '../../state/desktop.ts';
import { refreshReads, useRead } from '../../state/reads.ts';
import { write } from '../../state/writes.ts';
import { Button } from '../../ui/button.tsx';
import { formatBytes, formatCount } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import { ErrorState, LoadingState } from '../../ui/states.tsx';

type Info = OutputOf<'workspace.info'>;

/** The file behind the window: what it is, whether its record is whole, how to open another. */
export function WorkspaceSection() {
  const { value: info, problem } = useRead('workspace.info', {});
  return (
    <section aria-labelledby="set-ws"><h2 id="set-ws">Workspace</h2>
      {info === undefined ? problem?.kind === 'failed' ? <ErrorState title="The workspace can't be read" message={problem.message} good="The file is not changed by reading it." onRetry={() => refreshReads()} /> : <LoadingState what="the workspace" rows={6} />
        : <><Name key={info.name} info={info} /><Facts info={info} /><Audit info={info} /><Other /></>}
    </section>
  );
}

function Name({ info }: { readonly info: Info }) {
  const [text, setText] = useState(info.name);
  const name = text.trim();
  const save = (): void => { if (name !== '' && name !== info.name) void write('settings.set', { key: 'name', value: name }, { label: 'Name the workspace' }); };
  return (
    <form className="field" onSubmit={(event) => { event.preventDefault(); save(); }}><label className="head" htmlFor="set-ws-name">Name, kept in the file</label>
      <div className="line"><input id="set-ws-name" className="input" value={text} onChange={(event) => setText(event.target.value)} /><Button submit disabled={name === '' || name === info.name}>Rename</Button></div></form>
  );
}

function Facts({ info }: { readonly info: Info }) {
  const rows: readonly (readonly [string, string])[] = [
    ['Policy', `version ${info.policy_version}`], ['Graph', `version ${info.graph_version}`],
    ...(['findings', 'incidents', 'events', 'resources'] as const).flatMap((name) => { const n = info.counts[name]; return n === undefined ? [] : [[name.charAt(0).toUpperCase() + name.slice(1), formatCount(n)] as const]; }),
    ['Sent off this machine', formatBytes(info.egress_bytes)],
  ];
  return (
    <dl className="facts">
      <div><dt>File</dt><dd className="mono with-copy"><span className="clip" title={info.file}>{info.file}</span><Button small look="ghost" icon="copy" label="Copy the path" onClick={() => { void navigator.clipboard.writeText(info.file); }} /></dd></div>
      <div><dt>Id</dt><dd className="mono with-copy"><span className="clip">{info.id}</span><Button small look="ghost" icon="copy" label="Copy the id" onClick={() => { void navigator.clipboard.writeText(info.id); }} /></dd></div>
      {rows.map(([name, value]) => <div key={name}><dt>{name}</dt><dd className="tabnum">{value}</dd></div>)}
    </dl>
  );
}

function Audit({ info }: { readonly info: Info }) {
  const [state, setState] = useState<{ readonly running: boolean; readonly verdict?: OutputOf<'workspace.verifyAudit'>; readonly why?: string }>({ running: false });
  const verify = async (): Promise<void> => {
    setState({ running: true });
    const result = await call('workspace.verifyAudit', {});
    setState({ running: false, ...(result.ok ? { verdict: result.value } : { why: result.error.message }) });
    if (result.ok) refreshReads((name) => name === 'workspace.info');
  };
  const { verdict } = state;
  return (
    <div className="audit">
      <div className="line"><span>Audit log, <b className="tabnum">{formatCount(verdict?.rows ?? info.audit.rows)}</b> rows</span><Button icon="okc" disabled={state.running} onClick={() => { void verify(); }}>{state.running ? 'Verifying' : 'Verify'}</Button></div>
      <p role="status" className={verdict && !verdict.valid ? 'bad' : 'dim'}>
        {state.why !== undefined ? `It could not be verified: ${state.why}` : verdict === undefined ? (state.running ? 'The chain is being walked.' : 'Every row carries the hash of the one before it; verifying walks all of them.')
          : verdict.valid ? <><span className="okv"><Icon name="check" size="m" /></span>All {formatCount(verdict.rows)} rows follow from each other. Rows cut off at the end would not show here.</> : `Broken at ${verdict.why ?? 'an unknown row'}. Rows before it are whole.`}</p>
    </div>
  );
}

function Other() {
  const line = 'npm run -s winnow -- serve --workspace FILE';
  if (isDesktop()) {
    return <div className="other"><h3 className="head">Another workspace</h3>
      <p className="sub">One window shows one file; others open side by side, each with its own colour. Dropping a .winnow file on a window opens it, too.</p>
      <div className="line"><span className="grow" /><Button icon="win" onClick={() => { void openWorkspace(); }}>Open a workspace</Button></div></div>;
  }
  return (
    <div className="other"><h3 className="head">Another workspace</h3>
      <p className="sub">One window shows one file. To open another, or make a new one, run this in a second terminal; both stay open side by side, each with its own colour.</p>
      <div className="line"><code className="code">{line}</code><Button icon="copy" label="Copy the command" onClick={() => { void navigator.clipboard.writeText(line); }} /></div></div>
  );
}
