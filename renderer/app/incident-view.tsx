import { lazy } from 'react';
import { IncidentScreen } from '../features/incident/incident-screen.tsx';
import { loadAgain } from '../state/load-again.ts';
import type { IncidentSlots } from '../state/incident-tabs.ts';

// Features don't know each other: here the incident gets the tabs that others draw.
const slots: IncidentSlots = {
  AttackPath: lazy(async () => ({ default: (await loadAgain(() => import('../features/attack-path/attack-path-tab.tsx'))).AttackPathTab })),
  Trace: lazy(async () => ({ default: (await loadAgain(() => import('../features/agent-trace/trace-tab.tsx'))).TraceTab })),
};

export function IncidentView({ params }: { readonly params: Readonly<Record<string, string>> }) { return <IncidentScreen id={params['id'] ?? ''} slots={slots} />; }
