import type { Display, Rectangle } from 'electron';
import { z } from 'zod';

const side = z.number().int().min(-100_000).max(100_000);
/** How a window was left. */
export const windowStateSchema = z.object({
  bounds: z.object({ x: side, y: side, width: side.min(1), height: side.min(1) }).optional(), isMaximized: z.boolean().default(false), isFullScreen: z.boolean().default(false),
});
export type WindowState = z.output<typeof windowStateSchema>;

export const SMALLEST = { width: 900, height: 600 } as const;
const USUAL = { width: 1440, height: 900 } as const;
/** So much of the title bar must be on a display for a person to get hold of it, in points. */
const REACH = { width: 120, height: 40 } as const;

/**
 * Where a new window goes: where the last one was, if that is still on a display (one may have been unplugged), else in the middle of the main one.
 * Never larger than its display.
 */
export function placeWindow(state: WindowState, displays: readonly Pick<Display, 'workArea'>[], primary: Pick<Display, 'workArea'>): Rectangle {
  const last = state.bounds;
  for (const { workArea } of displays) {
    if (!last) break;
    const fitted = { ...last, width: clamp(last.width, SMALLEST.width, workArea.width), height: clamp(last.height, SMALLEST.height, workArea.height) };
    if (isReachable(fitted, workArea)) return fitted;
  }
  const { workArea } = primary;
  const width = Math.min(USUAL.width, workArea.width), height = Math.min(USUAL.height, workArea.height);
  return { x: workArea.x + Math.round((workArea.width - width) / 2), y: workArea.y + Math.round((workArea.height - height) / 2), width, height };
}

/** The part of the title bar that lies on a display is wide enough, and its top edge is not above it. */
function isReachable(bounds: Rectangle, area: Rectangle): boolean {
  const across = Math.min(bounds.x + bounds.width, area.x + area.width) - Math.max(bounds.x, area.x);
  return across >= REACH.width && bounds.y >= area.y - 1 && bounds.y <= area.y + area.height - REACH.height;
}

const clamp = (value: number, least: number, most: number): number => Math.max(Math.min(least, most), Math.min(value, most));
