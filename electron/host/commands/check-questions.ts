import { casesOption } from './case-lines.ts';
import type { Command } from './command.ts';

export const checkQuestions: Command = {
  name: 'check questions', arguments: '', positionals: [0, 0], options: [casesOption],
  summary: 'answer questions about snapshot folders: yes, no or unknown, with reasons, one line a case',
  // All formats and evaluations: no other command reads them on this thread.
  run: async (context) => (await import('./answer-questions.ts')).answerQuestions(context),
};
