import { useEffect, useRef, useState } from 'react';
import { call } from '../../state/bridge.ts';
import { refreshReads } from '../../state/reads.ts';
import { useStore } from '../../state/store.ts';
import { write } from '../../state/writes.ts';
import { Button, Segments } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ConnectFields } from './connect-fields.tsx';
import { typed, type Connector, type Preflight, type Pull } from './connector-view.ts';
import { PolicyText } from './policy-text.tsx';
import { PreflightTable } from './preflight-table.tsx';
import { PullProgress, PullResult } from './pull-result.tsx';

type Came = { readonly kind: 'tried'; readonly found: Preflight } | { readonly kind: 'pulled'; readonly pull: Pull; readonly decided: number } | { readonly kind: 'failed'; readonly why: string };
const classes = [{ value: 'loopback', label: 'This machine' }, { value: 'site', label: 'Own network' }, { value: 'internet', label: 'Internet' }] as const;

/** Asks one product: how far it may go, as whom, what is allowed, and the pull itself. */
export function ConnectDrawer({ one, onClose }: { readonly one: Connector; readonly onClose: () => void }) {
  const by = useStore((s) => s.preferences.reviewer);
  const [settings, setSettings] = useState<Readonly<Record<string, string>>>(typed.get(one.id) ?? {});
  const [busy, setBusy] = useState<'preflight' | 'pull' | null>(null);
  const [came, setCame] = useState<Came | null>(null);
  const end = useRef<HTMLDivElement>(null);
  // What comes stands below the form, maybe out of sight.
  useEffect(() => { if (busy !== null || came !== null) end.current?.scrollIntoView({ block: 'nearest' }); }, [busy, came]);
  const isCut = one.live.pull !== null && one.live.pull.state !== 'done';
  const change = (next: Readonly<Record<string, string>>): void => { typed.set(one.id, next); setSettings(next); };
  const preflight = async (): Promise<void> => {
    if (busy !== null) return;
    setBusy('preflight');
    const result = await call('connectors.preflight', { id: one.id, settings });
    setBusy(null);
    setCame(result.ok ? { kind: 'tried', found: result.value } : { kind: 'failed', why: result.error.message });
  };
  // Not `write`: it would keep the input, credentials and all, for sending it again.
  const pull = async (resume: 'auto' | 'never'): Promise<void> => {
    if (busy !== null) return;
    setBusy('pull');
    setCame(null);
    const result = await call('connectors.pull', { id: one.id, settings, resume, by });
    setBusy(null);
    setCame(result.ok ? { kind: 'pulled', ...result.value } : { kind: 'failed', why: result.error.message });
    refreshReads((name) => !name.startsWith('sql.'));
  };
  return (
    <Dialog title={`Connect ${one.name}`} look="side" onClose={onClose} onSubmit={() => { void pull('auto'); }}
      footer={<>{busy === null ? <span className="dim">Reads only. Written to the audit log.</span> : <Button look="ghost" onClick={() => { void call('jobs.cancel', {}); }}>Stop</Button>}<span className="grow" />
        {isCut && <Button look="ghost" disabled={busy !== null} onClick={() => { void pull('never'); }}>Begin anew</Button>}<Button disabled={busy !== null} onClick={() => { void preflight(); }}>{busy === 'preflight' ? 'Trying' : 'Try permissions'}</Button>
        <Button look="primary" icon="plug" keys="mod+enter" disabled={busy !== null} onClick={() => { void pull('auto'); }}>{busy === 'pull' ? 'Pulling' : isCut ? 'Go on' : 'Pull'}</Button></>}>
      <div className="s-connect">
        <Egress one={one} by={by} />
        <ConnectFields one={one} values={settings} onChange={change} disabled={busy !== null} />
        <PolicyText id={one.id} settings={settings} />
        <div ref={end} className="came" aria-live="polite">
          {busy !== null && <PullProgress job={busy} />}
          {busy === null && came?.kind === 'failed' && <p className="bad" role="alert">{came.why}</p>}
          {came?.kind === 'tried' && busy === null && <PreflightTable found={came.found} />}
          {came?.kind === 'pulled' && busy === null && <PullResult pull={came.pull} decided={came.decided} />}
        </div>
      </div>
    </Dialog>
  );
}

function Egress({ one, by }: { readonly one: Connector; readonly by: string }) {
  const { allow } = one.live;
  return (
    <section><div className="line"><h3>How far pulls of this workspace may go</h3><Segments label="How far pulls may go" options={classes} value={allow} onChange={(next) => { void write('connectors.allow', { allow: next, by }, { label: 'Change how far pulls may go' }); }} /></div>
      <p className="dim">{allow === 'internet' ? `Sends ${one.live.egress}.` : allow === 'site' ? 'Addresses of your own network only. A cloud needs the internet.' : 'This machine only: nothing but an emulator can be asked. A cloud needs the internet, a cluster of your own maybe your network.'}</p></section>
  );
}
