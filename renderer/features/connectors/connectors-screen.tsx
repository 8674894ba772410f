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
import './connectors.css';

type Connector = OutputOf<'connectors.list'>[number];

/** Where data comes from: what could be asked, with what and what for, and the exports that are read today. */
export function ConnectorsScreen() {
  const { value, problem } = useRead('connectors.list', {});
  const add = (): void => navigate('/ingest');
  useCommands([{ id: 'connectors-add', title: 'Add files', group: 'Connectors', keys: 'o', run: add }]);
  const ready = value?.filter((one) => one.live.state === 'ready').length ?? 0;
  return (
    <div className="s-connectors">
      <ScreenHead title="Connectors" actions={<Button small look="primary" icon="tray" keys="o" onClick={add}>Add files</Button>}>
        {value && <>{ready === 0 ? 'No product is asked directly in this version' : `${plural(ready, 'product')} can be asked`}: <b>{value.reduce((sum, one) => sum + one.imports.length, 0)}</b> kinds of export are read</>}</ScreenHead>
      <div className="page" tabIndex={0} role="region" aria-label="Products">
        {value === undefined ? problem?.kind === 'failed' ? <ErrorState title="The connectors can't be listed" message={problem.message} good="What was imported is not affected." onRetry={() => refreshReads((name) => name === 'connectors.list')} /> : <LoadingState what="the connectors" rows={12} />
          : <>
            <p className="lead"><Icon name="egress" size="m" /><span>No connection leaves this machine and no credential is kept: bring the exports of your tools as files. What a direct connection will need stands beside each product.</span></p>
            {value.map((one) => <Product key={one.id} one={one} />)}
          </>}
      </div>
    </div>
  );
}

function Product({ one }: { readonly one: Connector }) {
  return (
    <section className="prod" aria-label={one.name}>
      <div className="who"><h2>{one.name}</h2><p className="sub">{one.brings.charAt(0).toUpperCase()}{one.brings.slice(1)}.</p></div>
      <div className="exports">{one.imports.length === 0 ? <p className="dim">No export of it is read yet.</p> : <ul>{one.imports.map((item) => <Export key={item.format} item={item} />)}</ul>}</div>
      <Live live={one.live} />
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

function Live({ live }: { readonly live: Connector['live'] }) {
  if (live.state === 'none') return <div className="live"><h3 className="head">Direct connection</h3><p className="dim">None is planned: its exports are all it has.</p></div>;
  return (
    <div className="live"><h3 className="head">Direct connection<span className="tag">{live.state === 'ready' ? 'ready' : 'not in this version'}</span></h3>
      <dl className="kv"><div><dt>Credentials</dt><dd>{live.credentials}</dd></div><div><dt>Asks</dt><dd>{live.asks}</dd></div><div><dt>Sends</dt><dd>{live.egress}</dd></div></dl></div>
  );
}
