import type { DecisionName } from '#shared/model/decision.ts';
import { Icon, type IconName } from './icons.tsx';

export const decisionLooks: Readonly<Record<DecisionName, { readonly look: string; readonly icon: IconName }>> = {
  resolve_now: { look: 'now', icon: 'bolt' }, ticket: { look: 'ticket', icon: 'ticket' }, defer: { look: 'defer', icon: 'clock' }, needs_human_review: { look: 'human', icon: 'person' },
};
const isDecision = (text: string): text is DecisionName => Object.hasOwn(decisionLooks, text);

/** A decision: fill, icon and word. Names that are no decision are drawn as an outlined word. */
export function DecisionChip({ decision, large = false }: { readonly decision: string; readonly large?: boolean }) {
  if (!isDecision(decision)) return <span className="tagged">{decision}</span>;
  const { look, icon } = decisionLooks[decision];
  return <span className={`d ${look}${large ? ' lg' : ''}`}><Icon name={icon} size="s" />{decision}</span>;
}

/** A priority, P1 in full ink. */
export function PriorityMark({ priority, large = false }: { readonly priority: string | null; readonly large?: boolean }) {
  return <span className={`p ${(priority ?? '').toLowerCase()}${large ? ' lgp' : ''}`}>{priority ?? ''}</span>;
}
