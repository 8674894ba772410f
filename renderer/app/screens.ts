import { type ComponentType, type LazyExoticComponent, lazy } from 'react';
import { loadAgain } from '../state/load-again.ts';
import type { IconName } from '../ui/icons.tsx';

/** What a screen gets: the `:names` of its path. The rest of its view stands in the query (`useRoute`). */
export interface ScreenProps { readonly params: Readonly<Record<string, string>> }
type ScreenComponent = ComponentType<ScreenProps> | LazyExoticComponent<ComponentType<ScreenProps>>;

export interface Screen {
  readonly id: string; readonly title: string; readonly path: string; readonly icon: IconName;
  /** Where the rail has it; `none` is reached from another screen, `under` names which. */
  readonly rail: 'work' | 'data' | 'end' | 'none'; readonly under?: string;
  readonly Component?: ScreenComponent;
  /** Until the screen is there: the command that does the same. */
  readonly command?: string;
}

const loads: (() => Promise<unknown>)[] = [];
function screen<M>(load: () => Promise<M>, pick: (module: M) => ComponentType<ScreenProps>): ScreenComponent {
  loads.push(load);
  return lazy(async () => ({ default: pick(await loadAgain(load)) }));
}

/** Fetches the code of all screens, one after another: opening one should neither wait for it nor need the engine that served the page. */
export async function loadScreens(): Promise<void> {
  for (const load of loads) await loadAgain(load).catch(() => undefined);
}

/** Every screen, in the order of the rail. Adding one is one line: its feature folder exports the component. */
export const screens: readonly Screen[] = [
  { id: 'queue', title: 'Queue', path: '/queue', icon: 'queue', rail: 'work', Component: screen(() => import('../features/incident-queue/queue-screen.tsx'), (m) => m.QueueScreen) },
  { id: 'incident', title: 'Incident', path: '/incident/:id', icon: 'queue', rail: 'none', under: 'queue', Component: screen(() => import('./incident-view.tsx'), (m) => m.IncidentView) },
  { id: 'trace', title: 'Trace', path: '/trace/:id', icon: 'list', rail: 'none', under: 'queue', Component: screen(() => import('../features/agent-trace/trace-screen.tsx'), (m) => m.TraceScreen) },
  { id: 'paths', title: 'Paths', path: '/paths', icon: 'path', rail: 'work', Component: screen(() => import('../features/attack-path/attack-path-screen.tsx'), (m) => m.AttackPathScreen) },
  { id: 'figures', title: 'Figures', path: '/figures', icon: 'chart', rail: 'work', Component: screen(() => import('../features/figures/figures-screen.tsx'), (m) => m.FiguresScreen) },
  { id: 'replay', title: 'Replay', path: '/replay', icon: 'replay', rail: 'work', Component: screen(() => import('../features/replay/replay-screen.tsx'), (m) => m.ReplayScreen) },
  { id: 'ingest', title: 'Ingest', path: '/ingest', icon: 'tray', rail: 'data', Component: screen(() => import('../features/ingest/ingest-screen.tsx'), (m) => m.IngestScreen) },
  { id: 'connectors', title: 'Connectors', path: '/connectors', icon: 'plug', rail: 'data', Component: screen(() => import('../features/connectors/connectors-screen.tsx'), (m) => m.ConnectorsScreen) },
  { id: 'sql', title: 'SQL', path: '/sql', icon: 'db', rail: 'data', Component: screen(() => import('../features/sql/sql-screen.tsx'), (m) => m.SqlScreen) },
  { id: 'policy', title: 'Policy', path: '/policy', icon: 'policy', rail: 'data', Component: screen(() => import('../features/policy/policy-screen.tsx'), (m) => m.PolicyScreen) },
  { id: 'settings', title: 'Settings', path: '/settings', icon: 'gear', rail: 'end', Component: screen(() => import('../features/settings/settings-screen.tsx'), (m) => m.SettingsScreen) },
];
