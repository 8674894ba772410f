import { useState } from 'react';
import type { OutputOf } from '../../state/calls.ts';
import { useCommands } from '../../state/commands.ts';
import { refreshReads, useRead } from '../../state/reads.ts';
import { navigate } from '../../state/router.ts';
import { useStore } from '../../state/store.ts';
import { Button } from '../../ui/button.tsx';
import { formatTime, plural } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import { ScreenHead } from '../../ui/screen-head.tsx';
import { ErrorState, LoadingState } from '../../ui/states.tsx';
import { ConnectDrawer } from './connect-drawer.tsx';
import type { Connector } from './connector-view.ts';
import { LiveSide } from './live-side.tsx';
import './connectors.css';

/** Where data comes from: products that can be asked, with what, what for and what came, and the exports that are read. */
export function ConnectorsScreen() {
  const { value, problem } = useRead('connectors.list', {});
  const [opened, setOpened] = useState<string | null>(null);
  const add = (): void => navigate('/ingest');
  const live = value?.filter((one) => one.live.state === 'ready') ?? [];
  useCommands([{ id: 'connectors-add', title: 'Add files', group: 'Connectors', keys: 'o', run: add }, ...live.map((one) => ({ id: `connect-${one.id}`, title: `Connect ${one.name}`, group: 'Connectors', run: () => setOpened(one.id) }))]);
  const drawer = live.find((one) => one.id === opened);
  return (
    <div className="s-connectors">
      <ScreenHead title="Connectors" actions={<Button small look="primary" icon="tray" keys="o" onClick={add}>Add files</Button>}>
        {value && <><b>{live.length}</b> {live.length === 1 ? 'product' : 'products'} can be asked, <b>{value.reduce((sum, one) => sum + one.imports.length, 0)}</b> kinds of export are read</>}</ScreenHead>
      <div className="page" tabIndex={0} role="region" aria-label="Products">
        {value === undefined ? problem?.kind === 'failed' ? <ErrorState title="The connectors can't be listed" message={problem.message} good="What was imported is not affected." onRetry={() => refreshReads((name) => name === 'connectors.list')} /> : <LoadingState what="the connectors" rows={12} />
          : <><Lead products={live} />{value.map((one) => <Product key={one.id} one={one} onConnect={() => setOpened(one.id)} />)}</>}
      </div>
      {drawer && <ConnectDrawer one={drawer} onClose={() => setOpened(null)} />}
    </div>
  );
}

const far = { loopback: 'nothing beyond this machine', site: 'products in your own network', internet: 'products on the internet' } as const;

function Lead({ products }: { readonly products: OutputOf<'connectors.list'> }) {
  const allow = products[0]?.live.allow ?? 'loopback';
  return <p className="lead"><Icon name="egress" size="m" /><span>Nothing is asked by itself. A pull only reads, keeps no credential, and may reach <b>{far[allow]}</b>{allow === 'loopback' ? ' until you allow more' : ''}.</span></p>;
}

function Product({ one, onConnect }: { readonly one: Connector; readonly onConnect: () => void }) {
  return (
    <section className="prod" aria-label={one.name}>
      <div className="who"><h2>{one.name}</h2><p className="sub">{one.brings.charAt(0).toUpperCase()}{one.brings.slice(1)}.</p></div>
      <div className="exports">{one.imports.length === 0 ? <p className="dim">No export of it is read yet.</p> : <ul>{one.imports.map((item) => <Export key={item.format} item={item} />)}</ul>}</div>
      <LiveSide one={one} onConnect={onConnect} />
    </section>
  );
}

function Export({ item }: { readonly item: Connector['imports'][number] }) {
  const zone = useStore((s) => s.preferences.zone);
  return (
    <li><span className="mono">{item.format}</span><span className="sub clip" title={item.description}>{item.description}</span>
      <span className="tabnum when">{item.last === null ? <span className="dim">not imported</span> : <span title={formatTime(item.last.at, zone)}><Icon name="check" size="s" />{plural(item.last.records, 'record')}, {formatTime(item.last.at, zone)}</span>}</span></li>
  );
}
