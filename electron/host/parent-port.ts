import { z } from 'zod';

/** Electron's end of the channel between a utility process and the process that started it (docs: "process.parentPort"). */
export interface ParentPort {
  on(event: 'message', listener: (event: { readonly data: unknown; readonly ports: readonly unknown[] }) => void): void;
  once(event: 'message', listener: (event: { readonly data: unknown; readonly ports: readonly unknown[] }) => void): void;
  postMessage(message: unknown): void;
}

const portSchema = z.custom<ParentPort>((value) => typeof value === 'object' && value !== null && 'postMessage' in value && 'on' in value && 'once' in value);

/** That channel in a utility process; undefined in plain Node. No import: this has to run without Electron, too. */
export function electronParentPort(): ParentPort | undefined {
  const found = portSchema.safeParse(Reflect.get(process, 'parentPort'));
  return found.success ? found.data : undefined;
}
