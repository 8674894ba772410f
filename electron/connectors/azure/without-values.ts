import { emptied, namesOnly } from '../units/emptied.ts';

/** Settings of resources that hold what people put in: programs, their settings and start-up data. Nothing is derived from them and some hold passwords. */
const dropped: ReadonlySet<string> = new Set(['customdata', 'userdata', 'protectedsettings', 'adminpassword', 'administratorloginpassword', 'appsettings', 'connectionstrings', 'azurestorageaccounts', 'publishingpassword', 'commandtoexecute', 'script', 'definition', 'parameters']);
const variables: ReadonlySet<string> = new Set(['environmentvariables', 'env']);

/** A row without such values: their keys stay with `null`, names of environment variables stay. Parameters of policies and workflows go as well. */
export const withoutValues = (row: unknown): unknown => emptied(row, (key, value) => {
  const lower = key.toLowerCase();
  return dropped.has(lower) ? { instead: null } : variables.has(lower) && Array.isArray(value) ? { instead: namesOnly(value) } : undefined;
});
