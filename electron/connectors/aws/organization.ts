import { list, str, type JsonObject } from '#shared/lib/json.ts';
import type { Piece } from '../connector.ts';
import type { UnitTask } from '../units/run-units.ts';
import { unlessGone } from '../units/unless-gone.ts';
import { allPages } from '../units/walk-pages.ts';
import { answerText } from './answer-text.ts';
import { makeCall } from './read-calls.ts';
import type { AwsCall } from './spec.ts';
import type { AwsPlace } from './tasks.ts';

const limits = 'what the organization forbids its accounts (SCP, RCP)';
const org = (operation: string): AwsCall => makeCall('organizations', operation, undefined, limits);
/** Only the management account and delegated administrators may make them all; a member account may ask for the first. */
export const organizationCalls = ['DescribeOrganization', 'ListRoots', 'ListOrganizationalUnitsForParent', 'ListAccountsForParent', 'ListPolicies', 'DescribePolicy', 'ListTargetsForPolicy'].map(org);
const policyTypes = ['SERVICE_CONTROL_POLICY', 'RESOURCE_CONTROL_POLICY'] as const;

export function organizationTasks(place: AwsPlace): readonly UnitTask[] {
  const unit = (call: string) => ({ call: `organizations ${call}`, scope: { account: place.account } });
  return [
    { unit: unit('describe-organization'), mayBeAbsent: true, pull: () => organizationPieces(place) },
    { unit: unit('list-roots'), mayBeAbsent: true, pull: () => treePieces(place) },
    { unit: unit('list-policies'), mayBeAbsent: true, pull: () => policyPieces(place) },
  ];
}

const piece = ({ account }: AwsPlace, call: string, lines: readonly string[], records: number): Piece => ({ name: `${account}/global/organizations-${call}.json`, format: 'aws-cli', bytes: Buffer.from(lines.join('')), records });
/** What doesn't say itself what it is about. */
const about = (call: string, subject: string, answer: JsonObject): string => answerText({ Call: `organizations ${call}`, Subject: subject, Answer: answer });
const ask = ({ clients, region }: AwsPlace, operation: string, input: JsonObject, unset?: Readonly<Record<string, () => JsonObject>>): Promise<JsonObject> => clients.call('organizations', operation, region, input, unset);

const pages = (place: AwsPlace, operation: string, input: JsonObject): Promise<readonly JsonObject[]> => allPages(`organizations ${operation}`, async (token) => {
  const answer = await ask(place, operation, { ...input, ...(token !== undefined && { NextToken: token }) });
  return { rows: [answer], next: answer['NextToken'] };
});

async function* organizationPieces(place: AwsPlace): AsyncGenerator<Piece> {
  // An account of its own is in no organization: that is an answer.
  const answer = await ask(place, 'DescribeOrganization', {}, { AWSOrganizationsNotInUseException: () => ({}) });
  const isOne = 'Organization' in answer;
  yield piece(place, 'describe-organization', isOne ? [answerText(answer)] : [], isOne ? 1 : 0);
}

/** The tree from its roots down, level by level. */
async function* treePieces(place: AwsPlace): AsyncGenerator<Piece> {
  const roots = await pages(place, 'ListRoots', {});
  const lines = roots.map(answerText);
  let level = roots.flatMap((page) => list(page, 'Roots')).flatMap((root) => str(root, 'Id') ?? []), records = level.length;
  while (level.length > 0) {
    const below = await Promise.all(level.map(async (ParentId) => {
      const [units, accounts] = await unlessGone(() => Promise.all([pages(place, 'ListOrganizationalUnitsForParent', { ParentId }), pages(place, 'ListAccountsForParent', { ParentId })])) ?? [[], []];
      lines.push(...units.map((page) => about('list-organizational-units-for-parent', ParentId, page)), ...accounts.map((page) => about('list-accounts-for-parent', ParentId, page)));
      records += accounts.flatMap((page) => list(page, 'Accounts')).length;
      return units.flatMap((page) => list(page, 'OrganizationalUnits')).flatMap((unit) => str(unit, 'Id') ?? []);
    }));
    level = below.flat();
    records += level.length;
  }
  yield piece(place, 'tree', lines, records);
}

async function* policyPieces(place: AwsPlace): AsyncGenerator<Piece> {
  const lines: string[] = [];
  let records = 0;
  for (const Filter of policyTypes) {
    const ids = (await pages(place, 'ListPolicies', { Filter })).flatMap((page) => list(page, 'Policies')).flatMap((policy) => str(policy, 'Id') ?? []);
    records += ids.length;
    lines.push(...(await Promise.all(ids.map(async (PolicyId) => {
      const [policy, targets] = await unlessGone(() => Promise.all([ask(place, 'DescribePolicy', { PolicyId }), pages(place, 'ListTargetsForPolicy', { PolicyId })])) ?? [];
      return policy === undefined || targets === undefined ? [] : [answerText(policy), ...targets.map((page) => about('list-targets-for-policy', PolicyId, page))];
    }))).flat());
  }
  yield piece(place, 'policies', lines, records);
}
