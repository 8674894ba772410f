import { useState } from 'react';
import { useSeenCommands } from '../../state/commands.ts';
import { useStore } from '../../state/store.ts';
import { Segments } from '../../ui/button.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { ScreenHead } from '../../ui/screen-head.tsx';
import { SecretsSection } from './secrets-section.tsx';
import { ModelsSection } from './models-section.tsx';
import { WorkspaceSection } from './workspace-section.tsx';
import './settings.css';

/** What this window remembers, what decides, and facts about the workspace. */
export function SettingsScreen() {
  return (
    <div className="s-settings">
      <ScreenHead title="Settings">Appearance and reviewer are kept in this window; the rest is the workspace's</ScreenHead>
      <div className="page">
        <div><Appearance /><Reviewer /><ModelsSection /><SecretsSection /></div>
        <div><WorkspaceSection /><Keys /></div>
      </div>
    </div>
  );
}

const themeOptions = [{ value: 'system', label: 'System' }, { value: 'dark', label: 'Dark' }, { value: 'light', label: 'Light' }] as const;

function Appearance() {
  const theme = useStore((s) => s.preferences.theme);
  const zone = useStore((s) => s.preferences.zone);
  const coachDone = useStore((s) => s.preferences.coachDone);
  const prefer = useStore((s) => s.prefer);
  const zoneOptions = [{ value: 'utc', label: 'UTC' }, { value: 'local', label: `Local, ${Intl.DateTimeFormat().resolvedOptions().timeZone}` }] as const;
  return (
    <section aria-labelledby="set-look"><h2 id="set-look">Appearance</h2>
      <div className="line"><span>Theme</span><Segments label="Theme" options={themeOptions} value={theme} onChange={(value) => prefer({ theme: value })} /></div>
      <div className="line"><span>Times are shown in <Kbd keys="z" /></span><Segments label="Time zone" options={zoneOptions} value={zone} onChange={(value) => prefer({ zone: value })} /></div>
      <div className="line"><span>Hints in the demo's queue</span><Segments label="Hints" options={[{ value: 'on', label: 'Shown' }, { value: 'off', label: 'Hidden' }]} value={coachDone ? 'off' : 'on'} onChange={(value) => prefer({ coachDone: value === 'off' })} /></div>
      <p className="dim">Less motion follows the system's setting.</p>
    </section>
  );
}

function Reviewer() {
  const reviewer = useStore((s) => s.preferences.reviewer);
  const prefer = useStore((s) => s.prefer);
  const [text, setText] = useState(reviewer);
  const isEmpty = text.trim() === '';
  return (
    <section aria-labelledby="set-who"><h2 id="set-who">Reviewer</h2>
      <label className="field"><span className="head">Your name in reviews</span>
        <input className="input" value={text} aria-invalid={isEmpty} onChange={(event) => { setText(event.target.value); if (event.target.value.trim() !== '') prefer({ reviewer: event.target.value.trim() }); }} />
        {isEmpty && <span className="bad" role="alert">A review needs a name; {reviewer} stays.</span>}</label>
      <p className="dim">It stands beside every approval, override, import taken back and policy saved, and in the audit log. Nobody checks it: whoever can open the file can write any name.</p>
    </section>
  );
}

function Keys() {
  const commands = useSeenCommands().filter((command) => command.keys !== undefined);
  const groups = [...new Set(commands.map((command) => command.group))].sort((a, b) => Number(a !== 'Everywhere') - Number(b !== 'Everywhere') || a.localeCompare(b));
  return (
    <section aria-labelledby="set-keys"><h2 id="set-keys">Keys</h2>
      <div className="key-map">{groups.map((group) => <div key={group}><h3 className="head">{group}</h3><ul>{commands.filter((c) => c.group === group).map((c) => <li key={c.id}><span className="grow clip" title={c.title}>{c.title}</span><Kbd keys={c.keys ?? ''} />{c.also !== undefined && <Kbd keys={c.also} />}</li>)}</ul></div>)}</div>
      <p className="dim">Screens add theirs when they are first opened; <Kbd keys="?" /> shows those that work where you are. Keys can't be changed in this version.</p>
    </section>
  );
}
