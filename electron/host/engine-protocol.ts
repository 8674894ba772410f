/** What the host asks of the engine thread, and what comes back. Inputs are checked by each handler's own schema. */
export interface EngineRequest { readonly id: number; readonly method: string; readonly input: unknown }
export interface Progress { readonly job: string; readonly done: number; readonly total: number; readonly unit: string; readonly detail?: string }
export type EngineMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'unopened'; readonly why: string }
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'result'; readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly type: 'result'; readonly id: number; readonly ok: false; readonly error: string }
  | { readonly type: 'closed' };
export interface EngineData { readonly file: string; readonly create: boolean; readonly resourcesDir: string; readonly parseUrl: string; readonly engineUrl: string; readonly cancel: SharedArrayBuffer }
