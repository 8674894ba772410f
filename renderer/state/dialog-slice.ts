import type { DecisionName } from '#shared/model/decision.ts';
import type { Slice } from './slice.ts';

/** The one dialog that is open over the screen. */
export type OpenDialog =
  | { readonly kind: 'palette' } | { readonly kind: 'shortcuts' } | { readonly kind: 'journal' }
  | { readonly kind: 'override'; readonly id: string; readonly decision: DecisionName | null }
  | { readonly kind: 'split'; readonly id: string } | { readonly kind: 'merge'; readonly id: string }
  | { readonly kind: 'answer'; readonly id: string; readonly claim: string }
  | { readonly kind: 'bulk' } | { readonly kind: 'ask'; readonly ids: readonly string[] };

export interface DialogSlice { readonly dialog: OpenDialog | null; openDialog: (dialog: OpenDialog) => void; closeDialog: () => void }

export const dialogSlice: Slice<DialogSlice> = (set) => ({
  dialog: null,
  openDialog: (dialog) => set({ dialog }),
  closeDialog: () => set({ dialog: null }),
});
