import { useEffect, useState } from 'react';
import { type Result } from '#shared/lib/result.ts';
import type { SecretInfo } from '#shared/rpc/shell.ts';
import { isDesktop, removeSecret, secretInfo } from '../../state/desktop.ts';
import { Button } from '../../ui/button.tsx';

/** Where the desktop keeps keys and tokens, and which are there. Their values are never shown. */
export function SecretsSection() {
  const [info, setInfo] = useState<Result<SecretInfo> | null>(null);
  useEffect(() => { if (isDesktop()) void secretInfo().then(setInfo); }, []);
  if (!isDesktop() || info === null) return null;
  return (
    <section aria-labelledby="set-secrets"><h2 id="set-secrets">Secrets</h2>
      {!info.ok ? <p className="bad" role="alert">{info.error}</p> : <>
        <dl className="facts"><div><dt>Kept</dt><dd>{info.value.kept === 'system' ? 'encrypted, with the system\'s key store' : 'until this program ends'}</dd></div></dl>
        {info.value.why !== '' && <p className="dim">{info.value.why}.</p>}
        {info.value.names.length === 0 ? <p className="dim">There are none. They are never in the workspace file.</p>
          : <ul>{info.value.names.map((name) => <li key={name} className="line"><span className="mono grow clip">{name}</span><Button small look="ghost" icon="x" label={`Remove ${name}`} onClick={() => { void removeSecret(name).then(setInfo); }} /></li>)}</ul>}
      </>}
    </section>
  );
}
