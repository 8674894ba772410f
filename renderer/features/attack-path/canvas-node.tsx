import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import { Icon } from '../../ui/icons.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { PAGE, type DrawnNode } from './picture.ts';
import { iconOf, severityLook } from './node-icon.ts';

export type CanvasNodeData = { readonly drawn: DrawnNode; readonly selected: boolean; readonly tabStop: boolean; readonly label: string; readonly choke: string | null; readonly onPick: (id: string) => void; readonly onExpand: (urn: string) => void };
export type CanvasNodeType = Node<CanvasNodeData, 'stop'>;

/** One node: severity bar, symbol, name and note; a double ring at the choke point, the count of hidden neighbours at its corner. */
export function CanvasNode({ data }: NodeProps<CanvasNodeType>) {
  return <><Handle type="target" position={Position.Left} isConnectable={false} /><Content {...data} /><Handle type="source" position={Position.Right} isConnectable={false} /></>;
}

function Content({ drawn, selected, tabStop, label, choke, onPick, onExpand }: CanvasNodeData) {
  const { node, id, stack } = drawn;
  if (stack) {
    return (
      <button type="button" className="pg" data-node={id} tabIndex={tabStop ? 0 : -1} aria-label={`+${drawn.hidden.toLocaleString('en-US')} hidden ${stack.shown.toLocaleString('en-US')} of ${stack.total.toLocaleString('en-US')} Next ${Math.min(PAGE, drawn.hidden)}. ${label}`} onClick={() => onExpand(stack.of)}>
        <span><b>+{drawn.hidden.toLocaleString('en-US')} hidden</b>{' '}<em>{stack.shown.toLocaleString('en-US')} of {stack.total.toLocaleString('en-US')}</em></span>{' '}<span className="nx">Next&nbsp;{Math.min(PAGE, drawn.hidden)} <Kbd keys="+" /></span>
      </button>
    );
  }
  const icon = iconOf(node);
  const classes = ['n', severityLook(node.severity), drawn.onPath && 'onp', icon === undefined && 'ent', drawn.isGoal && 'goal', drawn.isChoke && 'choke', selected && 'sel'].filter(Boolean).join(' ');
  return (
    <>
      {choke !== null && <span className="ct">{choke}</span>}
      <button type="button" className={classes} data-node={id} tabIndex={tabStop ? 0 : -1} aria-label={label} aria-pressed={selected} title={node.urn} onClick={() => onPick(id)}>
        {icon && <Icon name={icon} size="m" />}<span><b className="mono clip">{node.name}</b>{' '}<em className="clip">{node.crown_jewel && <Icon name="crown" size="s" />}{node.note}</em></span>
      </button>
      {drawn.hidden > 0 && <button type="button" className="ex" tabIndex={-1} aria-hidden="true" title={`Show ${Math.min(PAGE, drawn.hidden)} of ${drawn.hidden} more neighbours`} onClick={() => onExpand(id)}>+{drawn.hidden.toLocaleString('en-US')}</button>}
    </>
  );
}
