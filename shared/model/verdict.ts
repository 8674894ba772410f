import { z } from 'zod';

/** Three-valued: what is not known is never guessed. */
export const answers = ['yes', 'no', 'unknown'] as const;
export type Answer = (typeof answers)[number];

/** Why: the rule that spoke, the record it read (a resource's urn) and where in that resource's `config`. */
export const reasonSchema = z.object({ rule: z.string(), source: z.string(), pointer: z.string(), text: z.string() }).readonly();
export type Reason = z.infer<typeof reasonSchema>;
/** Input that an answer needs and the snapshot doesn't have: what, of which entity, and what to import to supply it. */
export const missingSchema = z.object({ what: z.string(), entity: z.string(), supply: z.string() }).readonly();
export type Missing = z.infer<typeof missingSchema>;

export const verdictSchema = z.object({
  answer: z.enum(answers),
  /** Code of the control that decides a `no` (or `CONDITION` for an unknown that hangs on a condition). */
  blocked_by: z.string().optional(),
  /** Path or statement by which a `yes` holds. */
  via: z.string().optional(),
  /** Controls that the snapshot doesn't carry, taken as not applied, that could overturn this answer. */
  assumed: z.array(z.string()).readonly(),
  missing: z.array(missingSchema).readonly(),
  reasons: z.array(reasonSchema).readonly(),
});
export type Verdict = Readonly<z.infer<typeof verdictSchema>>;

/** Effective access to a storage bucket by an anonymous request from the internet (5-graph §1). `public` is the verdict over all four. */
export interface StorageAccess {
  readonly public: Verdict;
  readonly policy_public: Answer;
  readonly acl_public: Answer;
  readonly public_actual: { readonly list: Answer; readonly read: Answer; readonly write: Answer; readonly acl: Answer };
  readonly restricted_to: {
    readonly vpce: readonly string[]; readonly vpc: readonly string[]; readonly cidrs: readonly string[];
    readonly orgs: readonly string[]; readonly accounts: readonly string[];
  };
  /** What looks public and isn't: `acl`, `policy`. */
  readonly misleading: readonly ('acl' | 'policy')[];
  /** It is public to whoever has an account of the provider, any account; not to a request without a signature. */
  readonly signed_only?: true;
  /** The control that refuses the anonymous request, when the answer is no. */
  readonly blocking_control?: {
    readonly kind: 'bucket_policy' | 'public_access_block' | 'account_public_access_block' | 'object_ownership' | 'resource_control_policy' | 'no_grant'
      | 'public_access_prevention' | 'org_policy' | 'vpc_service_controls' | 'bucket_ip_filter' | 'deny_policy' | 'account_setting' | 'network_rule';
    readonly source: string; readonly pointer: string; readonly text: string; readonly network_bound: boolean;
  };
}

/** Whom a resource's own policy lets in from other accounts. */
export interface OutsideAccess {
  /** Does an account outside the known ones get in? */
  readonly answer: Answer;
  /** Does another account of ours? */
  readonly ours: Answer;
  readonly names: readonly string[];
  readonly reasons: readonly Reason[];
  readonly missing: readonly Missing[];
}

export interface OpenInterval { readonly protocol: string; readonly from: number; readonly to: number }
/** Reachability of a host, load balancer or database from the internet, per port interval (5-graph §2). */
export interface Reachability {
  readonly reachable: Verdict;
  /** Intervals that are open end to end. */
  readonly open: readonly OpenInterval[];
  /** Public addresses that lead to it. */
  readonly addresses: readonly string[];
  /** Codes of the rows that fail, in table order. */
  readonly failed: readonly string[];
  /** True when a security group opens it to the internet, whatever the rest says. */
  readonly rule_opens: Answer;
}

export interface IdentityAccess {
  /** Can a principal outside the organization (or anyone) assume or use it? */
  readonly external: Verdict;
  readonly external_principals: readonly string[];
  /** `tier0` admin-equivalent, `tier1` can escalate or wide data access, `none`. */
  readonly tier: 'tier0' | 'tier1' | 'none' | 'unknown';
  /** Privilege-escalation primitives held: id and target. */
  readonly escalations: readonly { readonly id: string; readonly target: string; readonly conditional: boolean; /** What is taken to be so. */ readonly assumed?: string }[];
  /** A boundary, SCP or Deny takes the excess away. */
  readonly mitigated: Verdict;
  readonly missing: readonly Missing[];
  /** Set where identities of its account may be missing (a list cut off at a page): what it can do to those that are there is not all. */
  readonly incomplete?: Missing;
}

export const blastLevels = ['low', 'medium', 'high', 'unknown'] as const;
export interface BlastRadius {
  readonly level: (typeof blastLevels)[number];
  readonly score: number;
  readonly reached: readonly { readonly urn: string; readonly probability: number; readonly weight: number; readonly why: string }[];
  readonly reasons: readonly Reason[];
  readonly missing: readonly Missing[];
  /** True when a cap cut the walk. */
  readonly truncated: boolean;
}
