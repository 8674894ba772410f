import { useState } from 'react';
import type { AgentSettings, Endpoint } from '#shared/model/agent.ts';
import { call } from '../../state/bridge.ts';
import type { OutputOf } from '../../state/calls.ts';
import { refreshReads, useRead } from '../../state/reads.ts';
import { useStore } from '../../state/store.ts';
import { write } from '../../state/writes.ts';
import { Button, Segments } from '../../ui/button.tsx';
import { formatCount } from '../../ui/format.ts';
import { ErrorState, LoadingState } from '../../ui/states.tsx';
import { EndpointForm } from './endpoint-form.tsx';

type Models = OutputOf<'models.get'>;
const classes = [{ value: 'loopback', label: 'This machine' }, { value: 'site', label: 'Site' }, { value: 'internet', label: 'Internet' }] as const;

/** Which models may be asked, in which order, how far a prompt may go, and what may be spent. */
export function ModelsSection() {
  const { value, problem } = useRead('models.get', {});
  return (
    <section aria-labelledby="set-engine"><h2 id="set-engine">Engine and models</h2>
      {value === undefined ? problem?.kind === 'failed' ? <ErrorState title="The model settings can't be read" message={problem.message} good="The rules decide in any case." /> : <LoadingState what="the model settings" rows={5} /> : <Models models={value} />}
    </section>
  );
}

function Models({ models }: { readonly models: Models }) {
  const reviewer = useStore((s) => s.preferences.reviewer);
  const { settings, environment } = models;
  const save = (next: AgentSettings): void => { void write('models.save', { settings: next, by: reviewer }, { label: 'Save the model settings' }); };
  const move = (at: number, by: number): void => { const list = [...settings.endpoints]; const [one] = list.splice(at, 1); if (one) { list.splice(at + by, 0, one); save({ ...settings, endpoints: list }); } };
  return (
    <>
      <p className="dim">The rules always decide as well: a model proposes, its evidence is checked against the recorded calls, and where the two disagree a person decides. Secrets are taken out of every prompt{models.redaction_patterns > 0 ? `, with ${models.redaction_patterns} patterns of the policy beside the known forms` : '; the policy can add patterns (redaction:)'}.</p>
      {models.degraded !== null && <p className="bad" role="status">The last decision that wanted a model had to do without: {models.degraded}</p>}
      <div className="line"><span>A prompt may go as far as</span><Segments label="A prompt may go as far as" options={classes} value={settings.allow} onChange={(allow) => save({ ...settings, allow })} /></div>
      <ol className="models" aria-label="Endpoints in the order of fallback">
        {environment && <EndpointRow endpoint={environment} models={models} note="from LLM_URL and LLM_MODEL" />}
        {settings.endpoints.map((endpoint, i) => <EndpointRow key={endpoint.id} endpoint={endpoint} models={models} onUp={i === 0 ? undefined : () => move(i, -1)} onRemove={() => save({ ...settings, endpoints: settings.endpoints.filter((e) => e.id !== endpoint.id) })} />)}
      </ol>
      {environment === null && settings.endpoints.length === 0 && <p className="dim">No model is configured: the rules alone decide, and nothing is sent anywhere.</p>}
      <EndpointForm taken={settings.endpoints.map((e) => e.id)} onAdd={(endpoint) => save({ ...settings, endpoints: [...settings.endpoints, endpoint] })} />
      <Budgets settings={settings} today={models.tokens_today} onSave={save} />
    </>
  );
}

function EndpointRow({ endpoint, models, note, onUp, onRemove }: { readonly endpoint: Endpoint; readonly models: Models; readonly note?: string; readonly onUp?: (() => void) | undefined; readonly onRemove?: () => void }) {
  const [said, setSaid] = useState<{ readonly running: boolean; readonly text?: string; readonly bad?: boolean }>({ running: false });
  const [key, setKey] = useState('');
  const facts = models.probes.find((p) => p.endpoint === endpoint.id)?.facts;
  const probe = async (): Promise<void> => {
    setSaid({ running: true });
    const result = await call('models.probe', { endpoint: endpoint.id });
    const problem = result.ok ? result.value.problem : result.error.message;
    setSaid({ running: false, text: problem ?? 'It answers.', bad: problem !== null });
    refreshReads((name) => name === 'models.get');
  };
  const test = async (): Promise<void> => {
    setSaid({ running: true });
    const result = await call('models.test', { endpoint: endpoint.id, prompt: 'Say in one sentence what an open S3 bucket is.' });
    if (!result.ok) setSaid({ running: false, text: result.error.message, bad: true });
    else setSaid({ running: false, text: result.value.problem ?? `${result.value.text ?? ''} (${formatCount(result.value.ms)} ms)`, bad: result.value.problem !== null });
  };
  return (
    <li>
      <div className="line"><span className="grow clip"><b className="mono">{endpoint.model}</b> <span className="dim" title={endpoint.url}>{endpoint.id}, {endpoint.provider}, {endpoint.url}{note && `, ${note}`}</span></span>
        {onUp && <Button small look="ghost" title="Ask it before the one above" onClick={onUp}>Earlier</Button>}
        <Button small disabled={said.running} onClick={() => { void probe(); }}>{said.running ? 'Asking' : 'Probe'}</Button><Button small disabled={said.running} onClick={() => { void test(); }}>Test prompt</Button>{onRemove && <Button small look="ghost" icon="x" label={`Remove ${endpoint.id}`} onClick={onRemove} />}</div>
      {facts && <p className="dim">context {formatCount(facts.num_ctx)} tokens, schema {facts.schema ? 'yes' : 'no'}, tools {facts.tools ? 'yes' : 'no'}, thinking {facts.thinking ? 'yes' : 'no'}{facts.notes.length > 0 && `; ${facts.notes.join('; ')}`}</p>}
      {said.text !== undefined && <p role="status" className={said.bad === true ? 'bad' : 'sub'}>{said.text}</p>}
      {endpoint.provider !== 'scripted' && <form className="line" onSubmit={(event) => { event.preventDefault(); void write('models.setKey', { endpoint: endpoint.id, key }, { label: 'Set the key for this session' }); setKey(''); }}>
        <label className="dim grow">Key, for this session only <input className="input" type="password" autoComplete="off" value={key} onChange={(event) => setKey(event.target.value)} placeholder={models.keys.includes(endpoint.id) ? 'one is set' : 'none'} /></label><Button small submit>Set</Button></form>}
    </li>
  );
}

const budgetNames = [['steps', 'Steps an incident, 3 to 7'], ['tokens', 'Tokens an incident'], ['seconds', 'Seconds an incident'], ['tokens_per_day', 'Tokens a day']] as const;
/** The number in a field; says beside the field when it is none. */
function wholeNumberOf(field: HTMLInputElement): number | undefined {
  const text = field.value.trim(), isNumber = /^\d{1,9}$/.test(text);
  field.setCustomValidity(isNumber ? '' : 'A whole number, please: what was set before still counts.');
  if (!isNumber) field.reportValidity();
  return isNumber ? Number(text) : undefined;
}

function Budgets({ settings, today, onSave }: { readonly settings: AgentSettings; readonly today: number; readonly onSave: (next: AgentSettings) => void }) {
  return (
    <fieldset className="budgets"><legend className="head">Budgets</legend>
      {budgetNames.map(([name, label]) => <label key={name} className="line"><span>{label}{name === 'tokens_per_day' && <span className="dim">, {formatCount(today)} used today</span>}</span><input className="input num" inputMode="numeric" defaultValue={settings.budgets[name]} onBlur={(event) => { const n = wholeNumberOf(event.target); if (n !== undefined && n !== settings.budgets[name]) onSave({ ...settings, budgets: { ...settings.budgets, [name]: n } }); }} /></label>)}
    </fieldset>
  );
}
