import { ollama } from './ollama.ts';
import { openai } from './openai.ts';
import type { Provider } from './provider.ts';
import { scripted } from './scripted.ts';

/** Every provider, by the name that an endpoint gives. */
export const providers: readonly Provider[] = [ollama, openai, scripted];
