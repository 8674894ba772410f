import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import type { Connector } from './connector-view.ts';
import { useKept } from './use-kept.ts';

type Values = Readonly<Record<string, string>>;
interface FieldsProps { readonly one: Connector; readonly values: Values; readonly onChange: (values: Values) => void; readonly disabled: boolean }

/** As whom, and what: all of it optional. */
export function ConnectFields({ one, values, onChange, disabled }: FieldsProps) {
  return (
    <section><h3>Credentials</h3>
      <p className="dim">Left empty: {one.live.credentials}.</p>
      <div className="fields">{one.live.settings.filter((s) => !s.secret).map((s) => <Field key={s.name} setting={s} hint={s.help} values={values} onChange={onChange} disabled={disabled} />)}</div>
      {one.live.settings.some((s) => s.secret) && <Secrets one={one} values={values} onChange={onChange} disabled={disabled} />}
    </section>
  );
}

function Field({ setting: { name, label, help, secret }, hint, values, onChange, disabled }: Omit<FieldsProps, 'one'> & { readonly setting: Connector['live']['settings'][number]; readonly hint: string }) {
  return (
    <label className="field"><span className="head">{label}</span>
      <input className="input" type={secret ? 'password' : 'text'} autoComplete="off" spellCheck={false} disabled={disabled} value={values[name] ?? ''} placeholder={hint} title={help} onChange={(event) => onChange({ ...values, [name]: event.target.value })} /></label>
  );
}

/** Typed blind; they live as long as this window, unless the desktop's key store is asked to keep them for this workspace. */
function Secrets({ one, values, onChange, disabled }: FieldsProps) {
  const secrets = one.live.settings.filter((s) => s.secret), kept = useKept(one.id, secrets.map((s) => s.name));
  const isTyped = secrets.some((s) => (values[s.name] ?? '') !== ''), isKept = kept !== null && kept.names.size > 0;
  const [isOpen, setOpen] = useState(isTyped);
  const untyped = (): Values => Object.fromEntries(Object.entries(values).filter(([name]) => !secrets.some((s) => s.name === name)));
  const forget = (): void => { onChange(untyped()); if (isKept) void kept.forget(); };
  const words = isTyped ? 'Keys are typed in, for this window only.' : isKept ? 'The system\'s key store has keys for this workspace.' : 'Keys can be typed in, for this window only.';
  return (
    <>
      <div className="line"><span className="dim">{words}</span>
        {isTyped && kept !== null && <Button small look="ghost" title="Encrypted by the system's key store, for this workspace; never in its file" onClick={() => { void kept.keep(values).then((done) => { if (done) onChange(untyped()); }); }}>Keep them</Button>}
        {(isTyped || isKept) && <Button small look="ghost" icon="x" onClick={forget}>Forget them</Button>}
        <Button small look="ghost" icon="key" expanded={isOpen} onClick={() => setOpen(!isOpen)}>{isOpen ? 'Hide the keys' : 'Type in keys'}</Button></div>
      {isOpen && <div className="fields">{secrets.map((s) => <Field key={s.name} setting={s} hint={kept?.names.has(s.name) === true ? 'kept by the system' : s.help} values={values} onChange={onChange} disabled={disabled} />)}</div>}
    </>
  );
}
