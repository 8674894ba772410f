import type { GraphView } from '#shared/model/resource.ts';
import type { BlastRadius, Missing, Verdict } from '#shared/model/verdict.ts';
import type { Result } from '#shared/lib/result.ts';
import type { IdentityKnowledge } from './aws/identity-knowledge.ts';
import type { BlastContext } from './blast-radius.ts';

export const questionKinds = ['ingress', 'egress', 'host_to_host', 'public_storage', 'can_assume', 'effective_permission', 'escalation', 'blast_radius'] as const;
export type QuestionKind = (typeof questionKinds)[number];
export interface Question {
  readonly question: QuestionKind;
  readonly subject: string;
  readonly object?: string | undefined;
  readonly port?: number | undefined;
  readonly protocol?: string | undefined;
  readonly action?: string | undefined;
}
export interface QuestionContext {
  readonly knowledge: IdentityKnowledge;
  /** Accounts that count as inside. */
  readonly accounts: ReadonlySet<string>;
  readonly blast: BlastContext;
  /** The graph with derived edges. */
  derived(): GraphView;
}
/** A verdict; for blast_radius with the level behind it. */
export interface QuestionAnswer extends Verdict { readonly level?: BlastRadius['level']; readonly score?: number }

/** Answers one kind of question; an error when the question lacks what it needs. */
export type Answerer = (graph: GraphView, q: Question, context: QuestionContext) => Result<QuestionAnswer>;

/**
 * A platform answers its own questions: a plain object in the list of `question.ts`. `blast_radius` walks the edges of all platforms and is
 * answered once, for all. A kind that a platform can't answer is `notEvaluated`, never a guess.
 */
export interface Platform extends Readonly<Record<Exclude<QuestionKind, 'blast_radius'>, Answerer>> {
  readonly name: string;
  /** Is this id one of the platform's: a resource of the graph by its type, else by the form of the id? */
  recognizes(graph: GraphView, id: string): boolean;
}

/** The answer where nothing evaluates the question: unknown, and `missing` says so. */
export function notEvaluated(q: Question, what: string): Verdict {
  const missing: Missing = { what: `an evaluation of ${what}: this version has none`, entity: q.subject, supply: 'a person' };
  return { answer: 'unknown', assumed: [], missing: [missing], reasons: [] };
}
