import { isDesktop, openWorkspace, trustWorkspace } from '../state/desktop.ts';
import { navigate } from '../state/router.ts';
import { useRead } from '../state/reads.ts';
import { useStore } from '../state/store.ts';
import { formatBytes, formatCount, formatTime } from '../ui/format.ts';
import { Icon } from '../ui/icons.tsx';
import { Kbd } from '../ui/kbd.tsx';
import { Menu } from '../ui/menu.tsx';
import { initials } from './use-workspace.ts';

/** Which workspace, as of when, in which zone, decided by what, and what has left the machine. */
export function TopBar() {
  const { value: info } = useRead('workspace.info', {});
  const zone = useStore((s) => s.preferences.zone);
  const prefer = useStore((s) => s.prefer);
  const openDialog = useStore((s) => s.openDialog);
  return (
    <header className="top">
      <a className="mark" href="/queue" aria-label="Winnow: to the queue" onClick={(event) => { event.preventDefault(); navigate('/queue'); }}><Icon name="mark" /></a>
      <WorkspaceMenu />
      {info?.as_of != null && <span className="asof" title="The newest time in the data: ages count from here">as of {formatTime(info.as_of, zone)}</span>}
      <button type="button" className="palette" onClick={() => openDialog({ kind: 'palette' })}><Icon name="search" size="m" /><span className="grow palette-hint">Search or run a command</span><Kbd keys="mod+k" /></button>
      <div className="chips">
        <button type="button" className="chip" title={zone === 'utc' ? 'Time zone: UTC. z switches to local' : `Time zone: ${localZone()}. z switches to UTC`} onClick={() => prefer({ zone: zone === 'utc' ? 'local' : 'utc' })}><Icon name="globe" size="m" /><b>{zone === 'utc' ? 'UTC' : 'local'}</b><Kbd keys="z" /></button>
        <button type="button" className="chip" title={`Decisions by ${info?.engine ?? 'rules'}`} onClick={() => navigate('/settings')}><Icon name="chip" size="m" /><b className="clip chip-word">{info?.engine ?? '…'}</b></button>
        <span className="chip" title="Bytes sent off this machine since the workspace was opened"><Icon name="egress" size="m" /><b>{info ? formatBytes(info.egress_bytes) : '…'} out</b></span>
      </div>
    </header>
  );
}

const localZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

function WorkspaceMenu() {
  const { value: info } = useRead('workspace.info', {});
  const name = info?.name ?? 'Workspace';
  const items = info ? [
    { id: 'copy', label: 'Copy the path of the file', icon: 'copy' as const },
    { id: '/ingest', label: 'Add files', icon: 'tray' as const },
    { id: '/settings', label: 'Settings', icon: 'gear' as const },
    ...(isDesktop() ? [{ id: 'open', label: 'Open another workspace', icon: 'win' as const }] : []),
    ...(isDesktop() && !info.trusted ? [{ id: 'trust', label: 'Trust this workspace', icon: 'hand' as const }] : []),
  ] : [];
  const pick = (id: string): void => {
    switch (id) {
      case 'copy': void navigator.clipboard.writeText(info?.file ?? ''); break;
      case 'open': void openWorkspace(); break;
      case 'trust': void trustWorkspace(); break;
      default: navigate(id);
    }
  };
  return (
    <Menu className="ws" label={`Workspace ${name}`} trigger={<><span className="tile" data-letters={initials(name)} /><b className="clip">{name}</b><Icon name="down" size="s" /></>} items={items} onPick={pick}
      footer={info && <dl className="ws-facts"><div><dt>File</dt><dd className="mono">{info.file}</dd></div><div><dt>Policy</dt><dd>version {info.policy_version}</dd></div><div><dt>Graph</dt><dd>version {info.graph_version}</dd></div><div><dt>Audit</dt><dd>{formatCount(info.audit.rows)} rows</dd></div></dl>} />
  );
}
