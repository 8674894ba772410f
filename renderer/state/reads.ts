import { useCallback, useRef, useSyncExternalStore } from 'react';
import type { ProcedureName } from '#shared/rpc/contract.ts';
import { call } from './bridge.ts';
import type { CallProblem, InputOf, OutputOf } from './calls.ts';

/** What is known of one read: nothing yet, its value (perhaps being read anew), or why there is none. A value stays when a new read fails. */
export interface Read<T> { readonly value: T | undefined; readonly problem: CallProblem | undefined; readonly loading: boolean }

interface Entry { readonly name: ProcedureName; readonly input: unknown; read: Read<unknown>; readonly listeners: Set<() => void>; stale: boolean; turn: number; used: number }

const entries = new Map<string, Entry>();
const KEPT = 120;
const NOTHING: Read<never> = { value: undefined, problem: undefined, loading: false };

const keyOf = (name: ProcedureName, input: unknown): string => `${name} ${JSON.stringify(input)}`;

function entryOf<N extends ProcedureName>(name: N, input: InputOf<N>): Entry {
  const key = keyOf(name, input);
  const known = entries.get(key);
  if (known) { known.used = performance.now(); return known; }
  const made: Entry = { name, input, read: { ...NOTHING, loading: true }, listeners: new Set(), stale: true, turn: 0, used: performance.now() };
  entries.set(key, made);
  if (entries.size > KEPT) dropOldest();
  return made;
}

/** Keeps the newest answers; whatever is on the screen stays. */
function dropOldest(): void {
  const idle = [...entries].filter(([, entry]) => entry.listeners.size === 0).sort(([, a], [, b]) => a.used - b.used);
  for (const [key] of idle.slice(0, Math.max(0, entries.size - KEPT))) entries.delete(key);
}

function update(entry: Entry, read: Read<unknown>): void {
  entry.read = read;
  for (const listener of entry.listeners) listener();
}

async function load(entry: Entry): Promise<void> {
  const turn = ++entry.turn;
  entry.stale = false;
  if (!entry.read.loading) update(entry, { ...entry.read, loading: true });
  const result = await call(entry.name, entry.input as InputOf<ProcedureName>);
  // A newer read of the same is on its way: its answer counts.
  if (turn !== entry.turn) return;
  if (result.ok) return update(entry, { value: result.value, problem: undefined, loading: false });
  // Not connected: the read is made again by itself as soon as the engine is there.
  if (result.error.kind === 'lost' || result.error.kind === 'unsure') entry.stale = true;
  update(entry, { value: entry.read.value, problem: result.error, loading: false });
}

/** Reads anew whatever is on the screen, and the rest when it is next looked at: after a change in the workspace, or a new engine. */
export function refreshReads(isMeant: (name: ProcedureName) => boolean = () => true): void {
  for (const entry of entries.values()) {
    if (!isMeant(entry.name)) continue;
    entry.stale = true;
    if (entry.listeners.size > 0) void load(entry);
  }
}

function watch(entry: Entry, listener: () => void): () => void {
  entry.listeners.add(listener);
  if (entry.stale) void load(entry);
  return () => { entry.listeners.delete(listener); };
}

/**
 * Reads through the contract and stays current: the same read is shared by all who ask, and made anew when the engine says that something
 * changed. With `null` nothing is asked.
 */
export function useRead<N extends ProcedureName>(name: N, input: InputOf<N> | null, options: { /** Shows the last value while another input is read. */ readonly keep?: boolean } = {}): Read<OutputOf<N>> {
  const key = input === null ? '' : keyOf(name, input);
  const last = useRef<Read<OutputOf<N>>>(NOTHING);
  const listen = useCallback((listener: () => void) => (input === null ? () => undefined : watch(entryOf(name, input), listener)), [key]);
  // The entry's value went through the procedure's own schema in `call`.
  const read = useSyncExternalStore(listen, () => (input === null ? NOTHING : entryOf(name, input).read)) as Read<OutputOf<N>>;
  if (read.value !== undefined) last.current = read;
  return options.keep === true && read.value === undefined && read.problem === undefined && last.current.value !== undefined ? kept(last.current) : read;
}

const keptReads = new WeakMap<object, Read<unknown>>();
/** The last value, marked as being read anew; one object for one read, so that nothing renders twice. */
function kept<T>(read: Read<T>): Read<T> {
  const known = keptReads.get(read) as Read<T> | undefined;
  if (known) return known;
  const made = { ...read, loading: true };
  keptReads.set(read, made);
  return made;
}

/** Reads several inputs of one procedure, e.g. the visible pages of a list; the array is new only when one of the reads is. */
export function useReads<N extends ProcedureName>(name: N, inputs: readonly InputOf<N>[]): readonly Read<OutputOf<N>>[] {
  const key = inputs.map((input) => keyOf(name, input)).join('\n');
  const last = useRef<readonly Read<unknown>[]>([]);
  const listen = useCallback((listener: () => void) => {
    const stops = inputs.map((input) => watch(entryOf(name, input), listener));
    return () => { for (const stop of stops) stop(); };
  }, [key]);
  return useSyncExternalStore(listen, () => {
    const next = inputs.map((input) => entryOf(name, input).read);
    if (next.length !== last.current.length || next.some((read, i) => read !== last.current[i])) last.current = next;
    return last.current;
  }) as readonly Read<OutputOf<N>>[];
}
