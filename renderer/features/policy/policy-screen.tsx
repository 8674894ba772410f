import { useMemo, useRef, useState } from 'react';
import { useCommands } from '../../state/commands.ts';
import { refreshReads, useRead } from '../../state/reads.ts';
import { useStore } from '../../state/store.ts';
import { write } from '../../state/writes.ts';
import { Button } from '../../ui/button.tsx';
import { CodeEditor, type EditorHandle } from '../../ui/code-editor.tsx';
import { yamlMarks } from '../../ui/code-theme.ts';
import { plural } from '../../ui/format.ts';
import { ScreenHead } from '../../ui/screen-head.tsx';
import { ErrorState, LoadingState } from '../../ui/states.tsx';
import { markable, useDraft } from './draft.ts';
import { type Done, Effects } from './effects.tsx';
import { usePreview } from './use-preview.ts';
import './policy.css';

/** The rules of this workspace as text, and what a change of them would change, before it is saved. */
export function PolicyScreen() {
  const { value: saved, problem } = useRead('policy.get', {});
  if (saved !== undefined) return <PolicyEditor saved={saved} />;
  if (problem?.kind === 'failed') return <ErrorState title="The policy can't be read" message={problem.message} good="Decisions in force stay as they are." onRetry={() => refreshReads((name) => name === 'policy.get')} />;
  return <LoadingState what="the policy" rows={20} />;
}

interface Saved { readonly version: number; readonly source: string; readonly text: string }

function PolicyEditor({ saved }: { readonly saved: Saved }) {
  const { draft, setDraft } = useDraft();
  const text = draft?.text ?? saved.text;
  const isChanged = text !== saved.text;
  const [again, setAgain] = useState(0);
  const preview = usePreview(isChanged ? text : null, again);
  const [saving, setSaving] = useState(false);
  const [done, setDone] = useState<Done | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const editor = useRef<EditorHandle>(null);
  const problems = preview?.value?.problems;
  const marked = useMemo(() => markable(problems ?? []), [problems]);
  const blocked = saving ? 'It is being saved' : !isChanged ? 'Nothing is changed' : problems === undefined ? 'The preview is not there yet' : problems.length > 0 ? 'It has problems: nothing of a policy with problems is taken' : undefined;
  const edit = (next: string): void => { setDone(null); setFailure(null); setDraft(next === saved.text ? null : { text: next, from: draft?.from ?? saved.version }); };
  const save = async (): Promise<void> => {
    if (blocked !== undefined) return;
    setSaving(true);
    const result = await write('policy.save', { text, by: useStore.getState().preferences.reviewer }, { label: 'Save the policy' });
    setSaving(false);
    if (!result.ok) setFailure(result.error.message);
    else if (result.value.problems.length > 0) { setFailure(`Not saved: ${result.value.problems.map((p) => `${p.position}: ${p.why}`).join('; ')}`); setAgain(again + 1); }
    else { setDone({ ...result.value, same: result.value.version === saved.version }); setDraft({ text, from: result.value.version }); }
  };
  const group = 'Policy';
  useCommands([
    { id: 'policy-save', title: 'Save the policy', group, keys: 'mod+s', anywhere: true, ...(blocked !== undefined && { blocked }), run: () => { void save(); } },
    { id: 'policy-edit', title: 'To the editor', group, keys: '/', run: () => editor.current?.focus() },
    { id: 'policy-revert', title: 'Back to the saved policy', group, ...(!isChanged && { blocked: 'Nothing is changed' }), run: () => edit(saved.text) },
  ]);
  const flips = preview?.value?.flips.length ?? 0;
  return (
    <div className="s-policy">
      <section className="work" aria-label="Policy">
        <ScreenHead title="Policy" actions={<>
          {isChanged && <Button small look="ghost" icon="undo" onClick={() => edit(saved.text)}>Revert</Button>}
          <Button small look="primary" keys="mod+s" disabled={blocked !== undefined} {...(blocked !== undefined && { title: blocked })} onClick={() => { void save(); }}>{saving ? 'Saving' : flips > 0 ? `Save, ${plural(flips, 'decision')} ${flips === 1 ? 'flips' : 'flip'}` : 'Save'}</Button>
        </>}>{saved.version === 0 ? 'No policy was imported: the default is in force' : <>Version <b>{saved.version}</b> in force, from <span className="mono">{saved.source}</span></>}{isChanged && <b> · changed, not saved</b>}</ScreenHead>
        {isChanged && draft !== null && draft.from < saved.version && <p className="stale" role="status">Version {saved.version} was saved elsewhere while you wrote from version {draft.from}. Saving replaces it.</p>}
        <div className="pen"><CodeEditor ref={editor} label="Policy in YAML. Control or Command S saves it" value={text} onChange={edit} language={yamlMarks} problems={marked} /></div>
      </section>
      <aside aria-label="What it would change"><Effects isChanged={isChanged} preview={preview} done={done} failure={failure} onLine={(line) => editor.current?.goToLine(line)} onRetry={() => setAgain(again + 1)} /></aside>
    </div>
  );
}
