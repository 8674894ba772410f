import { expect, it } from 'vitest';
import { helpText } from '#electron/host/commands/help.ts';

it('says where SQL finds the arguments of recorded calls, as the table itself keeps them only once', () => {
  expect(helpText('query')).toContain('recorded_calls');
  expect(helpText()).toContain('recorded_calls');
  expect(helpText('graph')).not.toContain('recorded_calls');
});
