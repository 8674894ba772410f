import { create } from 'zustand';
import { call, uploadFile } from '../../state/bridge.ts';
import type { OutputOf } from '../../state/calls.ts';
import { write } from '../../state/writes.ts';

export type FilePreview = OutputOf<'ingest.preview'>;
export type CommittedFile = OutputOf<'ingest.commit'>['files'][number];
/** A file on its way in. `ready` has a preview; `unknown` can be read by no format; `failed` never got to the engine or could not be looked at. */
export interface WaitingFile {
  readonly key: number; readonly name: string; readonly bytes: number; readonly state: 'sending' | 'reading' | 'ready' | 'unknown' | 'failed' | 'importing';
  readonly upload?: string; readonly preview?: FilePreview; readonly why?: string;
}
export interface Outcome { readonly files: readonly CommittedFile[]; readonly decided: number }

interface Waiting {
  readonly files: readonly WaitingFile[]; readonly outcome: Outcome | null; readonly trouble: string | null;
  put: (file: WaitingFile) => void; drop: (key: number) => void; setOutcome: (outcome: Outcome | null, trouble?: string | null) => void;
}

/** Files that were handed over and are not imported yet; they outlive a look at another screen. */
export const useWaiting = create<Waiting>()((set) => ({
  files: [], outcome: null, trouble: null,
  put: (file) => set(({ files }) => ({ files: files.some((other) => other.key === file.key) ? files.map((other) => (other.key === file.key ? file : other)) : [...files, file] })),
  drop: (key) => set(({ files }) => ({ files: files.filter((other) => other.key !== key) })),
  setOutcome: (outcome, trouble = null) => set({ outcome, trouble }),
}));

let nextKey = 1;
let queue: Promise<void> = Promise.resolve();

/** Takes files in, one after the other: each is handed to the engine and looked at. */
export function addFiles(files: readonly File[]): void {
  useWaiting.getState().setOutcome(null);
  for (const file of files) {
    const entry: WaitingFile = { key: nextKey++, name: file.name, bytes: file.size, state: 'sending' };
    useWaiting.getState().put(entry);
    queue = queue.then(() => takeIn(entry, file));
  }
}

const isStill = (key: number): boolean => useWaiting.getState().files.some((file) => file.key === key);

async function takeIn(entry: WaitingFile, file: File): Promise<void> {
  const { put } = useWaiting.getState();
  if (!isStill(entry.key)) return;
  const sent = await uploadFile(file);
  if (!isStill(entry.key)) return;
  if (!sent.ok) return put({ ...entry, state: 'failed', why: sent.error });
  const reading: WaitingFile = { ...entry, state: 'reading', upload: sent.value.id };
  put(reading);
  const found = await call('ingest.preview', { upload: sent.value.id });
  if (!isStill(entry.key)) return;
  if (!found.ok) return put({ ...reading, state: 'failed', why: found.error.message });
  put({ ...reading, state: stateOf(found.value), preview: found.value, ...(found.value.why !== null && { why: found.value.why }) });
}

/** A file can be imported when a format reads it. */
export const stateOf = (preview: Pick<FilePreview, 'format'>): 'ready' | 'unknown' => (preview.format === null ? 'unknown' : 'ready');

/** Imports every file that is ready; the others stay where they are. */
export async function importReady(): Promise<void> {
  const { files, put, drop, setOutcome } = useWaiting.getState();
  const ready = files.flatMap((file) => (file.state === 'ready' && file.upload !== undefined ? [{ file, upload: file.upload }] : []));
  if (ready.length === 0) return;
  for (const { file } of ready) put({ ...file, state: 'importing' });
  const result = await write('ingest.commit', { uploads: ready.map(({ upload }) => upload) }, { label: `Import ${ready.length === 1 ? ready[0]?.file.name ?? '' : `${ready.length} files`}` });
  if (result.ok) {
    for (const { file } of ready) drop(file.key);
    return setOutcome(result.value);
  }
  for (const { file } of ready) put({ ...file, state: 'ready' });
  setOutcome(null, result.error.kind === 'failed' ? result.error.message : `${result.error.message} Look below whether the files are there before you import them again; importing twice changes nothing.`);
}

/** The sums of an import. */
export function sumsOf(files: readonly CommittedFile[]): { readonly fresh: number; readonly duplicate: number; readonly quarantined: number; readonly failed: number } {
  const sum = (pick: (file: CommittedFile) => number): number => files.reduce((n, file) => n + pick(file), 0);
  return { fresh: sum((f) => f.new), duplicate: sum((f) => f.duplicate), quarantined: sum((f) => f.quarantined.length), failed: files.filter((f) => f.error !== undefined).length };
}
