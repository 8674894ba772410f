import { ipcMain, type IpcMainEvent, type IpcMainInvokeEvent } from 'electron';
import type { z } from 'zod';
import { err, type Result } from '#shared/lib/result.ts';
import { isOwnUrl } from './app-protocol.ts';

/** Finds whose page a message came from; undefined when it is no page of ours. */
export type FindOwner<W> = (webContentsId: number) => W | undefined;

/**
 * Why a message is refused: only the main frame of a window that we made, while it shows our page, may send, and only what the channel's
 * schema describes. Undefined when it may pass.
 */
export function refusalOf(event: Pick<IpcMainEvent | IpcMainInvokeEvent, 'sender' | 'senderFrame'>): string | undefined {
  const frame = event.senderFrame;
  if (frame === null) return 'its frame is gone';
  if (frame !== event.sender.mainFrame || frame.parent !== null) return 'it does not come from the main frame';
  return isOwnUrl(frame.url) ? undefined : 'its frame does not show our page';
}

interface Channel<W, S extends z.ZodType> { readonly name: string; readonly input: S; readonly owner: FindOwner<W> }

function check<W, S extends z.ZodType>(channel: Channel<W, S>, event: IpcMainEvent | IpcMainInvokeEvent, args: readonly unknown[]): Result<{ readonly owner: W; readonly input: z.output<S> }> {
  const refusal = refusalOf(event);
  if (refusal !== undefined) return err(`${channel.name}: refused, as ${refusal}`);
  const owner = channel.owner(event.sender.id);
  if (owner === undefined) return err(`${channel.name}: refused, as it comes from no window of ours`);
  const parsed = args.length > 1 ? undefined : channel.input.safeParse(args[0]);
  return parsed?.success === true ? { ok: true, value: { owner, input: parsed.data } } : err(`${channel.name}: refused, as what came is not what the channel is for`);
}

/** A channel that a page asks over. Refusals and errors arrive as `{ ok: false, error }`. */
export function answerChannel<W, S extends z.ZodType>(channel: Channel<W, S>, run: (owner: W, input: z.output<S>) => Promise<Result<unknown>>): void {
  ipcMain.handle(channel.name, async (event, ...args: readonly unknown[]) => {
    const checked = check(channel, event, args);
    return checked.ok ? run(checked.value.owner, checked.value.input) : checked;
  });
}

/** A channel that a page tells something over; what is refused is dropped. */
export function hearChannel<W, S extends z.ZodType>(channel: Channel<W, S>, run: (owner: W, input: z.output<S>) => void): void {
  ipcMain.on(channel.name, (event, ...args: readonly unknown[]) => {
    const checked = check(channel, event, args);
    if (checked.ok) run(checked.value.owner, checked.value.input);
  });
}
