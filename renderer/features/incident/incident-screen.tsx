import { Suspense, useState } from 'react';
import type { IncidentDetail } from '#shared/rpc/schemas.ts';
import { refreshReads, useRead } from '../../state/reads.ts';
import type { IncidentSlots } from '../../state/incident-tabs.ts';
import { patchQuery, useRoute } from '../../state/router.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState, ErrorState, LoadingState } from '../../ui/states.tsx';
import { type Tab, Tabs } from '../../ui/tabs.tsx';
import { DecisionCard } from './decision-card.tsx';
import { EvidenceTab } from './evidence-tab.tsx';
import { HistoryTab } from './history-tab.tsx';
import { IncidentHeader } from './incident-header.tsx';
import { RawDrawer } from './raw-drawer.tsx';
import { SidePanel } from './side-panel.tsx';
import { StoryTab } from './story-tab.tsx';
import { type TabName, tabNames, useIncidentCommands } from './use-incident-commands.ts';
import { usePosition } from './use-position.ts';
import { useReveal } from './use-reveal.ts';
import './incident.css';

interface ScreenProps { readonly id: string; readonly slots: IncidentSlots }

/** One incident: the decision and its evidence, how it came about, and what to do. */
export function IncidentScreen({ id, slots }: ScreenProps) {
  const { value, problem } = useRead('incident.get', { id });
  const position = usePosition(id);
  if (value === undefined) return <div className="s-incident"><div className="page">{problem?.kind === 'failed' ? <NotThere id={id} message={problem.message} /> : <LoadingState what={id} rows={16} />}</div></div>;
  return <IncidentPage detail={value} slots={slots} position={position} />;
}

function NotThere({ id, message }: { readonly id: string; readonly message: string }) {
  if (message.startsWith('there is no incident')) return <EmptyState icon="search" title={`There is no incident ${id}`}>It may have been merged into another one, or belong to another workspace.</EmptyState>;
  return <ErrorState title={`${id} can't be read`} message={message} good="Nothing was changed. The queue and the other incidents are not affected." onRetry={() => refreshReads((name) => name === 'incident.get')} />;
}

interface PageProps { readonly detail: IncidentDetail; readonly slots: IncidentSlots; readonly position: ReturnType<typeof usePosition> }

function IncidentPage({ detail, slots, position }: PageProps) {
  const { query } = useRoute();
  const asked = query.get('tab');
  const tab = tabNames.find((name) => name === asked) ?? 'story';
  const [raw, setRaw] = useState<string | null>(null);
  const { box, reveal } = useReveal(tab);
  const openTab = (name: TabName): void => { reveal(); patchQuery({ tab: name === 'story' ? null : name, call: null, at: null }); };
  const openRaw = (): void => setRaw(detail.incident.primary_finding);
  const actions = useIncidentCommands(detail, position, openTab, openRaw);
  const tabs: readonly Tab<TabName>[] = [
    { id: 'story', label: 'Story' }, { id: 'path', label: 'Attack path', keys: 'c' }, { id: 'evidence', label: 'Evidence', keys: 'e' }, { id: 'trace', label: 'Trace', keys: 't' }, { id: 'history', label: 'History', count: detail.reviews.length + detail.decisions.length },
  ];
  const panel = 'incident-panel', props = { detail, call: query.get('call'), at: query.get('at') };
  return (
    <div className="s-incident">
      <div className="page">
        <IncidentHeader detail={detail} position={position} actions={actions} />
        <div className="cols">
          <div className="left">
            <DecisionCard detail={detail} />
            <Tabs label="What is known" tabs={tabs} value={tab} panel={panel} onChange={openTab}><Button look="ghost" small keys="r" onClick={openRaw}>Raw record</Button></Tabs>
            <div ref={box} className="tab-panel" role="tabpanel" id={panel} aria-labelledby={`${panel}-${tab}`} tabIndex={0}>
              <Suspense fallback={<LoadingState what={tab} rows={5} />}>
                {tab === 'story' && <StoryTab detail={detail} />}
                {tab === 'path' && <slots.AttackPath {...props} />}
                {tab === 'evidence' && <EvidenceTab detail={detail} />}
                {tab === 'trace' && <slots.Trace {...props} />}
                {tab === 'history' && <HistoryTab detail={detail} />}
              </Suspense>
            </div>
          </div>
          <SidePanel detail={detail} onRaw={setRaw} />
        </div>
      </div>
      {raw !== null && <RawDrawer detail={detail} findingId={raw} onFinding={setRaw} onClose={() => setRaw(null)} />}
    </div>
  );
}
