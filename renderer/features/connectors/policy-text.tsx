import { useEffect, useRef, useState } from 'react';
import { call } from '../../state/bridge.ts';
import { Button } from '../../ui/button.tsx';

/** The least privilege, to be handed to whoever owns the product. */
export function PolicyText({ id, settings }: { readonly id: string; readonly settings: Readonly<Record<string, string>> }) {
  const [text, setText] = useState<string | null>(null);
  const [why, setWhy] = useState<string | null>(null);
  const wanted = JSON.stringify([id, settings]), latest = useRef(wanted);
  // What is shown belongs to the settings as they were: another text, or another complaint, may hold now.
  useEffect(() => { latest.current = wanted; setText(null); setWhy(null); }, [wanted]);
  const show = async (): Promise<void> => {
    if (text !== null) { setText(null); return; }
    setWhy(null);
    const result = await call('connectors.policy', { id, settings });
    if (latest.current !== wanted) return;
    if (result.ok) setText(result.value.text); else setWhy(result.error.message);
  };
  return (
    <section><div className="line"><h3>Least privilege</h3>{text !== null && <Button small look="ghost" icon="copy" onClick={() => { void navigator.clipboard.writeText(text); }}>Copy</Button>}<Button small icon="policy" expanded={text !== null} onClick={() => { void show(); }}>{text === null ? 'Show the policy' : 'Hide'}</Button></div>
      {text === null && <p className="dim">What a pull needs and nothing more, ready to be applied.</p>}
      {why !== null && <p className="bad" role="alert">{why}</p>}
      {text !== null && <pre className="code" tabIndex={0} aria-label="The policy">{text}</pre>}</section>
  );
}
