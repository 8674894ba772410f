import { answerCases, casesOption } from './case-lines.ts';
import type { Command } from './command.ts';

export const checkPolicies: Command = {
  name: 'check policies', arguments: '', positionals: [0, 0], options: [casesOption],
  summary: 'decide AWS policy cases: allowed, implicitly_denied or explicitly_denied, with reasons, one line a case',
  run: async (context) => answerCases(context, (await import('#electron/evaluate/aws/policy-case.ts')).evaluatePolicyCase),
};
