import type { DecidedIncident } from '../winnow.ts';
import type { Part } from '../build/part.ts';
import { role } from '../build/identities.ts';
import { accountBlock } from '../build/buckets.ts';

type Decision = DecidedIncident['triage']['decision'];
/** What must come out for one entity; what is left out isn't looked at. */
export interface Expected {
  readonly entity: string;
  /** Picks the incident when the entity has several. */
  readonly issue?: string;
  readonly account?: string;
  /** There must be no incident at all. */
  readonly none?: true;
  readonly decision?: Decision | readonly Decision[];
  readonly priority?: string;
  readonly rule?: number | readonly number[];
  readonly verdict?: string;
  readonly owner?: string | null;
  readonly ownerProvenance?: 'observed' | 'inferred';
  /** Claims that must be named as missing. */
  readonly missing?: readonly string[];
  /** Claim and value that must be cited as evidence. */
  readonly cites?: Readonly<Record<string, unknown>>;
  /** Must be in what the analyst reads: rationale, missing evidence, gate, actions. */
  readonly says?: RegExp;
  readonly route?: { readonly action: string; readonly status: string };
  readonly confidence?: { readonly above?: number; readonly most?: number };
  readonly findings?: number;
  readonly sources?: readonly string[];
}
export interface Case { readonly name: string; readonly because: string; readonly part: Part; readonly expect: Expected | readonly Expected[] }

/** Accounts of the matrix. The policy names the first two and those that hold one scenario; STRANGE is in no policy. */
export const PROD = '111122223333';
export const DEV = '444455556666';
export const STRANGE = '777788889999';
export const OUTSIDE = '999988887777';

/** The policy and the identities under all scenarios. */
export const ground: Part = {
  items: [accountBlock(PROD), accountBlock(DEV), accountBlock(STRANGE)],
  iam: Object.fromEntries([PROD, DEV, STRANGE].map((a) => [a, { roles: [role(a, 'app', { Service: 'ecs-tasks.amazonaws.com' }, { allow: [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' }] })] }])),
  policy: {
    owners: [{ id: 'team-a', active: true, aliases: ['alpha'] }, { id: 'team-gone', active: false }],
    accounts: { [PROD]: { name: 'prod', environment: 'production' }, [DEV]: { name: 'dev', environment: 'dev' } },
    tag_keys: { owner: ['owner'], environment: ['environment'], sensitivity: ['data-classification'] },
  },
};
/** A further account that the policy knows. */
export const account = (id: string, environment: string): Part => ({
  policy: { accounts: { [id]: { environment } } },
  iam: { [id]: { roles: [role(id, 'app', { Service: 'ecs-tasks.amazonaws.com' }, { allow: [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' }] })] } },
});
