import type { Result } from '#shared/lib/result.ts';
import type { Connection, Connector, PullEvent, Session, Settings, Unit } from '#electron/connectors/connector.ts';
import { unitKey } from '#electron/connectors/connector.ts';
import { createHttp } from '#electron/connectors/pace/http.ts';
import { createPace } from '#electron/connectors/pace/pace.ts';

export interface TestSession extends Session { readonly said: string[]; readonly waits: number[] }
export interface SessionOptions { readonly settings?: Settings; readonly env?: Readonly<Record<string, string>>; readonly signal?: AbortSignal; readonly progress?: ReadonlyMap<string, 'done' | { readonly next: string }>; readonly deadline_ms?: number; readonly concurrency?: number }

/** A session against servers on loopback: no wait is real, nothing but loopback is admitted. */
export function testSession({ settings = {}, env = {}, signal = new AbortController().signal, progress = new Map(), deadline_ms = 2000, concurrency = 4 }: SessionOptions = {}): TestSession {
  const waits: number[] = [], said: string[] = [];
  const pace = createPace({ signal, deadline_ms, concurrency, attempts: 4, random: () => 0, sleep: (ms) => { waits.push(ms); return Promise.resolve(); } });
  const admit = (url: string): Promise<readonly string[]> => (['127.0.0.1', 'localhost'].includes(new URL(url).hostname) ? Promise.resolve(['127.0.0.1']) : Promise.reject(new Error(`a test must not go to ${url}`)));
  return { settings, env, signal, pace, waits, said, admit, http: createHttp(pace, admit, () => Date.UTC(2026, 10, 29)), progressOf: (unit: Unit) => progress.get(unitKey(unit)), say: (text) => { said.push(text); }, now: () => Date.UTC(2026, 10, 29) * 1000 };
}

export async function connected(connector: Connector, session: Session): Promise<Connection> {
  const connection = await connector.connect(session);
  if (!connection.ok) throw connection.error;
  return connection.value;
}

export interface Pulled { readonly events: readonly PullEvent[]; readonly error: unknown }
/** All that a pull gave, and what ended it. */
export async function pulled(connection: Connection, stop?: (event: PullEvent) => boolean): Promise<Pulled> {
  const events: PullEvent[] = [];
  try {
    for await (const event of connection.pull()) { events.push(event); if (stop?.(event)) break; }
  } catch (error) { return { events, error }; }
  return { events, error: undefined };
}
type PieceEvent = Extract<PullEvent, { type: 'piece' }>;
export const pieces = ({ events }: Pulled, call?: string): readonly PieceEvent[] => events.filter((e): e is PieceEvent => e.type === 'piece' && (call === undefined || e.unit.call === call));
export const gaps = ({ events }: Pulled): readonly Extract<PullEvent, { type: 'gap' }>[] => events.filter((e) => e.type === 'gap');
/** Everything that would be kept, as one text: for looking for what must not be in it. */
export const keptText = (all: Pulled): string => pieces(all).map(({ piece }) => `${piece.name}\n${Buffer.from(piece.bytes).toString('utf8')}`).join('\n');

/** What a result holds; an error throws. */
export function valueOf<T>(result: Result<T, unknown>): T {
  if (!result.ok) throw new Error(String(result.error));
  return result.value;
}
