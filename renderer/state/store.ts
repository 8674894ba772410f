import { create } from 'zustand';
import { type DialogSlice, dialogSlice } from './dialog-slice.ts';
import { type EngineSlice, engineSlice } from './engine-slice.ts';
import { type PreferencesSlice, preferencesSlice } from './preferences-slice.ts';
import { type QueueSlice, queueSlice } from './queue-slice.ts';
import { type WritesSlice, writesSlice } from './writes-slice.ts';

/** Everything that is not the engine's and not in the address. One slice a feature; select narrowly: `useStore((s) => s.engine.state)`. */
export type State = EngineSlice & PreferencesSlice & WritesSlice & QueueSlice & DialogSlice;

export const useStore = create<State>()((set, get) => ({
  ...engineSlice(set, get), ...preferencesSlice(set, get), ...writesSlice(set, get), ...queueSlice(set, get), ...dialogSlice(set, get),
}));
