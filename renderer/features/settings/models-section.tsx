import type { AgentSettings } from '#shared/model/agent.ts';
import type { OutputOf } from '../../state/calls.ts';
import { useRead } from '../../state/reads.ts';
import { useStore } from '../../state/store.ts';
import { write } from '../../state/writes.ts';
import { Segments } from '../../ui/button.tsx';
import { formatCount } from '../../ui/format.ts';
import { ErrorState, LoadingState } from '../../ui/states.tsx';
import { EndpointForm } from './endpoint-form.tsx';
import { EndpointRow } from './endpoint-row.tsx';

type Models = OutputOf<'models.get'>;
const classes = [{ value: 'loopback', label: 'This machine' }, { value: 'site', label: 'Own network' }, { value: 'internet', label: 'Internet' }] as const;

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
        {environment && <EndpointRow endpoint={environment} models={models} place={1} note="from LLM_URL and LLM_MODEL" />}
        {settings.endpoints.map((endpoint, i) => <EndpointRow key={endpoint.id} endpoint={endpoint} models={models} place={i + (environment ? 2 : 1)} onUp={i === 0 ? undefined : () => move(i, -1)} onRemove={() => save({ ...settings, endpoints: settings.endpoints.filter((e) => e.id !== endpoint.id) })} />)}
      </ol>
      {environment === null && settings.endpoints.length === 0 && <p className="dim">No model is configured: the rules alone decide, and nothing is sent anywhere.</p>}
      <EndpointForm taken={settings.endpoints.map((e) => e.id)} onAdd={(endpoint) => save({ ...settings, endpoints: [...settings.endpoints, endpoint] })} />
      <Budgets settings={settings} today={models.tokens_today} onSave={save} />
    </>
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
