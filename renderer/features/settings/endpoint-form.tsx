import { useState } from 'react';
import { endpointSchema, type Endpoint } from '#shared/model/agent.ts';
import { Button } from '../../ui/button.tsx';

const empty = { id: '', provider: 'ollama', url: 'http://127.0.0.1:11434', model: '' } as const;

/** Adds an endpoint; what can't be one says why. Nothing is asked before it is probed. */
export function EndpointForm({ taken, onAdd }: { readonly taken: readonly string[]; readonly onAdd: (endpoint: Endpoint) => void }) {
  const [draft, setDraft] = useState<{ readonly id: string; readonly provider: string; readonly url: string; readonly model: string }>(empty);
  const [why, setWhy] = useState<string | null>(null);
  const submit = (): void => {
    const read = endpointSchema.safeParse(draft);
    if (!read.success) { setWhy(read.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; ')); return; }
    if (taken.includes(read.data.id)) { setWhy(`there is an endpoint ${read.data.id} already`); return; }
    setWhy(null);
    setDraft(empty);
    onAdd(read.data);
  };
  const field = (name: keyof typeof empty, label: string) => <label className="field"><span className="head">{label}</span><input className="input" value={draft[name]} onChange={(event) => setDraft({ ...draft, [name]: event.target.value })} /></label>;
  return (
    <form className="endpoint" onSubmit={(event) => { event.preventDefault(); submit(); }}>
      <div className="line">{field('id', 'Name')}{field('model', 'Model')}</div>
      <div className="line">{field('url', 'Address')}<label className="field"><span className="head">Speaks</span><select className="input" value={draft.provider} onChange={(event) => setDraft({ ...draft, provider: event.target.value })}><option value="ollama">Ollama</option><option value="openai">OpenAI-compatible</option></select></label></div>
      {why !== null && <p className="bad" role="alert">{why}</p>}
      <Button submit disabled={draft.id.trim() === '' || draft.model.trim() === ''}>Add endpoint</Button>
    </form>
  );
}
