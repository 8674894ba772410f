import type { z } from 'zod';
import { procedureOf, type Contract, type Procedure, type ProcedureName } from '#shared/rpc/contract.ts';
import { err, type Result } from '#shared/lib/result.ts';
import type { App } from './create-app.ts';
import type { Hooks } from './serve-requests.ts';

type Named<N extends string> = N extends `${infer G}.${infer P}` ? (G extends keyof Contract ? (P extends keyof Contract[G] ? Contract[G][P] : never) : never) : never;
/** What a procedure's handler gets: its input with defaults filled in. */
export type InputOf<N extends ProcedureName> = Named<N> extends Procedure<infer I> ? z.output<I> : never;
/** What it answers with. */
export type OutputOf<N extends ProcedureName> = Named<N> extends Procedure<z.ZodType, infer O> ? z.input<O> : never;
export type RunProcedure = (app: App, input: unknown, hooks: Hooks) => Promise<Result<unknown>>;

/** A handler with the name of the procedure that it answers; its input is checked by the contract. */
export function procedure<N extends ProcedureName>(name: N, run: (app: App, input: InputOf<N>, hooks: Hooks) => Result<OutputOf<N>> | Promise<Result<OutputOf<N>>>): readonly [N, RunProcedure] {
  return [name, async (app, input, hooks) => {
    const parsed = procedureOf(name)?.input.safeParse(input);
    if (!parsed?.success) return err(parsed === undefined ? `there is no procedure ${name}` : problemOf(parsed.error));
    return run(app, parsed.data as InputOf<N>, hooks);
  }];
}

/** A failed check in words: which field, and why. */
export const problemOf = (error: z.ZodError): string => error.issues.map((i) => `${i.path.join('.') || 'input'}: ${i.message}`).join('; ');
