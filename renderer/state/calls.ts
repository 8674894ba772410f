import type { z } from 'zod';
import type { Result } from '#shared/lib/result.ts';
import type { Contract, Procedure, ProcedureName } from '#shared/rpc/contract.ts';

type ProcedureAt<N extends ProcedureName> = N extends `${infer G}.${infer P}` ? (G extends keyof Contract ? (P extends keyof Contract[G] ? Contract[G][P] : never) : never) : never;
export type InputOf<N extends ProcedureName> = ProcedureAt<N> extends Procedure<infer I, infer _O> ? z.input<I> : never;
export type OutputOf<N extends ProcedureName> = ProcedureAt<N> extends Procedure<infer _I, infer O> ? z.output<O> : never;

/**
 * Why a call gave nothing. `lost`: it never left this window, so it may be sent again. `unsure`: it left and no answer came, so a write may
 * or may not have happened. `failed`: the engine answered with an error. `no_session`: this window's session is not (or no longer) known.
 */
export interface CallProblem { readonly kind: 'lost' | 'unsure' | 'failed' | 'no_session'; readonly message: string }
export type CallResult<N extends ProcedureName> = Result<OutputOf<N>, CallProblem>;
