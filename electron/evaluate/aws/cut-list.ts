import { at, str } from '#shared/lib/json.ts';
import { cutList, identityPages } from '#shared/model/aws.ts';
import type { GraphView } from '#shared/model/resource.ts';
import type { Missing } from '#shared/model/verdict.ts';

const identityTypes = ['AWS::IAM::User', 'AWS::IAM::Group', 'AWS::IAM::Role', 'AWS::IAM::Policy'] as const;

/**
 * Were entries of this type imported only up to the end of a page, so that one that isn't there may be on the next? Undefined where nothing says so, where the
 * last page was imported as well, or where another file has entries of the type, too (its next page, or an inventory of its own).
 * @param account that it is about; entries of unknown accounts count for any.
 */
export function restOf(graph: GraphView, type: string, account: string | undefined): Missing | undefined {
  const pages = graph.ofType(cutList).filter((p) => str(p.config, 'Of') === type && (account === undefined || p.account === undefined || p.account === account));
  const [cut] = pages.filter((p) => at(p.config, 'IsLast') !== true);
  if (cut === undefined || pages.some((p) => at(p.config, 'IsLast') === true)) return undefined;
  const files = new Set(pages.map((p) => p.ref.raw_id));
  const types = type === identityPages ? identityTypes : [type];
  if (types.some((t) => graph.ofType(t).some((r) => r.account === cut.account && !files.has(r.ref.raw_id)))) return undefined;
  const what = type === identityPages ? 'identities' : type.replace(/^AWS::/, '');
  return { what: `the rest of the list of ${what} of account ${cut.account ?? 'unknown'}, which was imported up to its ${str(cut.config, 'By') ?? 'next page'}`, entity: cut.urn, supply: type === identityPages ? 'all pages of aws iam get-account-authorization-details (without --max-items)' : 'all pages of that answer (the AWS CLI without --max-items or --no-paginate)' };
}

/** Identities of an account that may be missing: a list that was cut off, or no role at all, which no account is without (AWS makes service-linked roles in each; `--filter User` leaves roles out). */
export function missingIdentities(graph: GraphView, account: string | undefined): Missing | undefined {
  const rest = restOf(graph, identityPages, account);
  if (rest || account === undefined || graph.ofType('AWS::IAM::Role').some((r) => r.account === account)) return rest;
  return { what: `the roles of account ${account}: none is recorded, and no account is without`, entity: `arn:aws:iam::${account}:root`, supply: 'aws iam get-account-authorization-details (without --filter)' };
}
