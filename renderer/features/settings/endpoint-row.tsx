import { useEffect, useState } from 'react';
import type { Endpoint } from '#shared/model/agent.ts';
import { call } from '../../state/bridge.ts';
import type { OutputOf } from '../../state/calls.ts';
import { isDesktop, removeSecret, secretInfo, setSecret } from '../../state/desktop.ts';
import { refreshReads } from '../../state/reads.ts';
import { useStore } from '../../state/store.ts';
import { write } from '../../state/writes.ts';
import { Button } from '../../ui/button.tsx';
import { formatCount } from '../../ui/format.ts';

type Models = OutputOf<'models.get'>;
interface Said { readonly running?: 'probe' | 'test'; readonly text?: string; readonly bad?: boolean }
interface RowProps { readonly endpoint: Endpoint; readonly models: Models; readonly place: number; readonly note?: string; readonly onUp?: (() => void) | undefined; readonly onRemove?: () => void }

/** One endpoint: what it is, what its model can do, and what can be tried with it. */
export function EndpointRow({ endpoint, models, place, note, onUp, onRemove }: RowProps) {
  const [said, setSaid] = useState<Said>({});
  const [open, setOpen] = useState<'test' | 'key' | null>(null);
  const known = models.probes.find((p) => p.endpoint === endpoint.id && p.facts.model === endpoint.model)?.facts;
  const probe = async (): Promise<void> => {
    setSaid({ running: 'probe' });
    const result = await call('models.probe', { endpoint: endpoint.id });
    const problem = result.ok ? result.value.problem : result.error.message;
    setSaid({ text: problem ?? 'It answers.', bad: problem !== null });
    refreshReads((name) => name === 'models.get');
  };
  const test = async (prompt: string): Promise<void> => {
    setSaid({ running: 'test' });
    const result = await call('models.test', { endpoint: endpoint.id, prompt });
    if (!result.ok) setSaid({ text: result.error.message, bad: true });
    else setSaid({ text: result.value.problem ?? `${result.value.text ?? ''} (${formatCount(result.value.ms)} ms${result.value.tokens === null ? '' : `, ${formatCount(result.value.tokens.response_tokens)} tokens`})`, bad: result.value.problem !== null });
  };
  const toggle = (which: 'test' | 'key'): void => setOpen(open === which ? null : which);
  return (
    <li aria-label={`Endpoint ${endpoint.id}`}>
      <div className="line"><span className="place tabnum dim" title="Its place in the order of fallback">{place}</span><span className="who clip"><b className="mono">{endpoint.model}</b><span className="dim" title={endpoint.url}>{endpoint.id}, {endpoint.provider}{note && `, ${note}`}</span></span>
        {onUp && <Button small look="ghost" title="Ask it before the one above" onClick={onUp}>Earlier</Button>}{onRemove && <Button small look="ghost" icon="x" label={`Remove ${endpoint.id}`} onClick={onRemove} />}</div>
      <p className="dim mono clip" title={endpoint.url}>{endpoint.url}</p>
      {known && <Abilities facts={known} />}
      <div className="acts"><Button small disabled={said.running !== undefined} onClick={() => { void probe(); }}>{said.running === 'probe' ? 'Asking' : 'Probe'}</Button><Button small expanded={open === 'test'} disabled={said.running !== undefined} onClick={() => toggle('test')}>{said.running === 'test' ? 'Asking' : 'Test prompt…'}</Button>
        {endpoint.provider !== 'scripted' && <Button small look="ghost" expanded={open === 'key'} onClick={() => toggle('key')}>{models.keys.includes(endpoint.id) ? 'Key is set…' : 'Set a key…'}</Button>}</div>
      {open === 'test' && <TestPrompt disabled={said.running !== undefined} onTest={(prompt) => { void test(prompt); }} />}
      {open === 'key' && <KeyForm endpoint={endpoint.id} name={models.key_names[endpoint.id] ?? ''} isSet={models.keys.includes(endpoint.id)} onDone={() => setOpen(null)} />}
      {said.text !== undefined && <p role="status" className={said.bad === true ? 'bad' : 'sub'}>{said.text}</p>}
    </li>
  );
}

function Abilities({ facts }: { readonly facts: Models['probes'][number]['facts'] }) {
  const yes = (is: boolean): string => (is ? 'yes' : 'no');
  return <p className="dim">Context {formatCount(facts.num_ctx)} tokens, schema {yes(facts.schema)}, tools {yes(facts.tools)}, thinking {yes(facts.thinking)}{facts.notes.length > 0 && `; ${facts.notes.join('; ')}`}.</p>;
}

function TestPrompt({ disabled, onTest }: { readonly disabled: boolean; readonly onTest: (prompt: string) => void }) {
  const [prompt, setPrompt] = useState('Say in one sentence what an open S3 bucket is.');
  return (
    <form className="line" onSubmit={(event) => { event.preventDefault(); if (!disabled && prompt.trim() !== '') onTest(prompt); }}>
      <input className="input" value={prompt} maxLength={4000} aria-label="Prompt to try" onChange={(event) => setPrompt(event.target.value)} /><Button small submit disabled={disabled || prompt.trim() === ''}>Ask</Button></form>
  );
}

/** Keys are bound to the endpoint's address. The desktop keeps them with the system's key store where there is one; elsewhere they last as long as the session. */
function KeyForm({ endpoint, name, isSet, onDone }: { readonly endpoint: string; readonly name: string; readonly isSet: boolean; readonly onDone: () => void }) {
  const [key, setKey] = useState('');
  const [kept, setKept] = useState('for this session only');
  useEffect(() => { if (isDesktop()) void secretInfo().then((info) => { if (info.ok && info.value.kept === 'system') setKept('with the system\'s key store'); }); }, []);
  const save = async (value: string): Promise<void> => {
    if (!isDesktop()) await write('models.setKey', { endpoint, key: value }, { label: value === '' ? `Forget the key of ${endpoint}` : `Set the key of ${endpoint}` });
    else {
      const done = value === '' ? await removeSecret(name) : await setSecret(name, value);
      if (!done.ok) { useStore.getState().setTrouble(`Key of ${endpoint}: ${done.error}`); return; }
      refreshReads((read) => read === 'models.get');
    }
    setKey('');
    onDone();
  };
  return (
    <form className="line" onSubmit={(event) => { event.preventDefault(); if (key !== '') void save(key); }}>
      <input className="input" type="password" autoComplete="off" value={key} maxLength={500} aria-label={`Key, kept ${kept}`} placeholder={`Key, kept ${kept}`} onChange={(event) => setKey(event.target.value)} /><Button small submit disabled={key === ''}>Set</Button>{isSet && <Button small look="ghost" onClick={() => { void save(''); }}>Forget it</Button>}</form>
  );
}
