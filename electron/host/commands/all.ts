import { checkPolicies } from './check-policies.ts';
import { checkQuestions } from './check-questions.ts';
import type { Command } from './command.ts';
import { connect } from './connect-command.ts';
import { formats, ingest, policyImport, policyShow } from './data-commands.ts';
import { demo } from './demo-command.ts';
import { auditVerify, graph, notYet, query } from './look-commands.ts';
import { models } from './models-command.ts';
import { paths } from './paths-command.ts';
import { reask } from './reask-command.ts';
import { serve } from './serve-command.ts';
import { start } from './start-command.ts';
import { answer, approve, incidents, merge, override, reject, replay, show, split, trace, triage } from './triage-commands.ts';

/** Every command, in the order of the help text. */
export const commands: readonly Command[] = [demo, ingest, connect, policyImport, policyShow, triage, incidents, show, trace, approve, override, reject, split, merge, answer, replay, reask, query, graph, paths, checkQuestions, checkPolicies, auditVerify, formats, models, start, serve, ...notYet];
