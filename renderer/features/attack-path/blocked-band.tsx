import type { BlockedWay } from '#shared/rpc/graph-schemas.ts';
import { CallChip } from '../../ui/evidence.tsx';
import { Icon } from '../../ui/icons.tsx';
import type { Layout } from './layout.ts';
import { iconOf, severityLook } from './node-icon.ts';
import { Proof } from './path-list.tsx';

/** Heights: from the last row to the band, and of the band. */
export const BAND_GAP = 22, BAND_HEIGHT = 124;
interface BandProps { readonly way: BlockedWay; readonly layout: Layout; readonly callHref: string; readonly onOpen: (href: string) => void; readonly onPick: (urn: string) => void }

/** A way that a control closes: hatched wall, the control with its citation, and what is not reached behind it. */
export function BlockedBand({ way, layout, callHref, onOpen, onPick }: BandProps) {
  const top = layout.height + BAND_GAP, y = top + BAND_HEIGHT / 2, network = layout.lanes[1] ?? { x: 124, width: 180 }, data = layout.lanes[4] ?? { x: 664, width: 182 };
  const wall = network.x + network.width * 0.44, text = wall + 26, end = data.x + 14, entry = layout.nodes['internet'];
  const icon = iconOf(way.node), width = Math.max(200, end - text - 110);
  return (
    <>
      <div className="bz" style={{ top, width: layout.width, height: BAND_HEIGHT }}><span>Blocked</span></div>
      <svg className="bw" aria-hidden="true" width={layout.width} height={top + BAND_HEIGHT}>
        {entry && <path className="open" d={`M${entry.x + 10} ${entry.y + entry.height} V${y - 28} Q${entry.x + 10} ${y} ${entry.x + 38} ${y} H${wall - 4}`} markerEnd="url(#arrow)" />}
        <path className="ghost" d={`M${text + width + 8} ${y} H${end - 4}`} />
        <rect className="wall" x={wall} y={top + 22} width={14} height={80} rx={2} fill="url(#hatch)" />
        <text x={(entry ? entry.x + 38 + wall : wall * 1.2) / 2} y={y - 7} textAnchor="middle">{way.request}</text><text x={(text + width + end) / 2} y={y - 7} textAnchor="middle">not reached</text>
      </svg>
      <div className="bar-l" style={{ left: text, top: top + 22, width }}>
        <p><Icon name="wall" size="m" /><b className="clip">{way.control}</b></p><p className="mono" title={way.text}><span>{way.text}</span></p>
        <p className="v"><Proof isSure={way.provenance === 'observed'} word={way.provenance} />{way.provenance === 'observed' ? 'Verified, observed' : 'Inferred'} <CallChip id={way.call_id} href={callHref} onOpen={onOpen} /></p>
      </div>
      <div className="gh" style={{ left: end, top: y - 22 }}>
        <button type="button" className={`n ghost ${severityLook(way.node.severity)}`} title={way.node.urn} aria-label={`${way.node.name}, ${way.node.note}. Not reached: ${way.control}`} onClick={() => onPick(way.node.urn)}>
          {icon && <Icon name={icon} size="m" />}<span><b className="mono clip">{way.node.name}</b>{' '}<em className="clip">{way.node.note}</em></span>
        </button>
      </div>
    </>
  );
}
