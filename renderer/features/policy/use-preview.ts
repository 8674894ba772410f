import { useEffect, useState } from 'react';
import { call } from '../../state/bridge.ts';
import type { CallProblem, OutputOf } from '../../state/calls.ts';

export interface Preview { readonly text: string; readonly value?: OutputOf<'policy.preview'>; readonly problem?: CallProblem }
const SETTLE_MS = 450;

/** What a text would do, asked once typing pauses; null while the answer for this very text is not there. `again` asks anew. */
export function usePreview(text: string | null, again: number): Preview | null {
  const [preview, setPreview] = useState<Preview | null>(null);
  useEffect(() => {
    if (text === null) return;
    const own = new AbortController();
    const timer = setTimeout(() => {
      void call('policy.preview', { text }, own.signal).then((result) => { if (!own.signal.aborted) setPreview(result.ok ? { text, value: result.value } : { text, problem: result.error }); });
    }, SETTLE_MS);
    return () => { clearTimeout(timer); own.abort(); };
  }, [text, again]);
  return preview !== null && preview.text === text ? preview : null;
}
