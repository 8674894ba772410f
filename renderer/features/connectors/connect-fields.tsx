import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import type { Connector } from './connector-view.ts';

/** As whom, and what: all of it optional. Secrets are typed blind and live as long as this window. */
export function ConnectFields({ one, values, onChange, disabled }: { readonly one: Connector; readonly values: Readonly<Record<string, string>>; readonly onChange: (values: Readonly<Record<string, string>>) => void; readonly disabled: boolean }) {
  const secrets = one.live.settings.filter((s) => s.secret), plain = one.live.settings.filter((s) => !s.secret);
  const hasSecret = secrets.some((s) => (values[s.name] ?? '') !== '');
  const [isOpen, setOpen] = useState(hasSecret);
  const field = ({ name, label, help, secret }: Connector['live']['settings'][number]) => (
    <label key={name} className="field"><span className="head">{label}</span>
      <input className="input" type={secret ? 'password' : 'text'} autoComplete="off" spellCheck={false} disabled={disabled} value={values[name] ?? ''} placeholder={help} title={help} onChange={(event) => onChange({ ...values, [name]: event.target.value })} /></label>
  );
  return (
    <section><h3>Credentials</h3>
      <p className="dim">Left empty: {one.live.credentials}.</p>
      <div className="fields">{plain.map(field)}</div>
      {secrets.length > 0 && <>
        <div className="line"><span className="dim">{hasSecret ? 'Keys are typed in, for this window only.' : 'Keys can be typed in, for this window only.'}</span>{hasSecret && <Button small look="ghost" icon="x" onClick={() => onChange(Object.fromEntries(Object.entries(values).filter(([name]) => !secrets.some((s) => s.name === name))))}>Forget them</Button>}
          <Button small look="ghost" icon="key" expanded={isOpen} onClick={() => setOpen(!isOpen)}>{isOpen ? 'Hide the keys' : 'Type in keys'}</Button></div>
        {isOpen && <div className="fields">{secrets.map(field)}</div>}
      </>}
    </section>
  );
}
