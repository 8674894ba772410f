import { list, str } from '#shared/lib/json.ts';
import type { PartGap, Piece } from '../connector.ts';
import { ConnectFailure } from '../pace/failure.ts';
import { inParts, textsAt } from '../units/parts.ts';
import type { UnitTask } from '../units/run-units.ts';
import { unlessGone } from '../units/unless-gone.ts';
import { allPages } from '../units/walk-pages.ts';
import { answerText } from './answer-text.ts';
import { makeCall } from './read-calls.ts';
import type { AwsCall } from './spec.ts';
import type { AwsPlace } from './tasks.ts';

const runs = 'what runs, and as which role';
const ecs = (operation: string): AwsCall => makeCall('ecs', operation, undefined, runs);
/** ECS tells nothing whole in one call: clusters, then names of services and tasks in each, then those by the handful, then what tasks are made of. */
export const ecsCalls = ['ListClusters', 'DescribeClusters', 'ListServices', 'DescribeServices', 'ListTasks', 'DescribeTasks', 'DescribeTaskDefinition'].map(ecs);
/** Most that one describe call takes (ECS API reference). */
const MOST = { clusters: 100, services: 10, tasks: 100 } as const;

type Place = AwsPlace;

export function ecsTasks(place: Place): readonly UnitTask[] {
  let clusters: Promise<readonly string[]> | undefined;
  const all = (): Promise<readonly string[]> => (clusters ??= names(place, 'ListClusters', 'clusterArns', {}));
  const unit = (call: string) => ({ call: `ecs ${call}`, scope: { account: place.account, region: place.region } });
  return [
    { unit: unit('describe-clusters'), mayBeAbsent: true, pull: () => clusterPieces(place, all) },
    { unit: unit('describe-services'), mayBeAbsent: true, pull: () => memberPieces(place, all, { list: 'ListServices', arns: 'serviceArns', describe: 'DescribeServices', key: 'services', type: 'AWS::ECS::Service', call: 'ecs-describe-services' }) },
    { unit: unit('describe-tasks'), mayBeAbsent: true, pull: () => memberPieces(place, all, { list: 'ListTasks', arns: 'taskArns', describe: 'DescribeTasks', key: 'tasks', type: 'AWS::ECS::Task', call: 'ecs-describe-tasks' }) },
  ];
}

const names = ({ clients, region }: Place, operation: string, key: string, input: Readonly<Record<string, unknown>>): Promise<readonly string[]> => allPages(`ecs ${operation}`, async (token) => {
  const answer = await clients.call('ecs', operation, region, { ...input, maxResults: 100, ...(token !== undefined && { nextToken: token }) });
  return { rows: textsAt(answer, key), next: answer['nextToken'] };
});

const piece = ({ account, region }: Place, call: string, lines: readonly string[], records: number, type: string, gaps: readonly PartGap[] = []): Piece =>
  ({ name: `${account}/${region}/${call}.json`, format: 'aws-cli', bytes: Buffer.from(lines.join('')), records, lists: [{ types: [type], account, region }], gaps });

async function* clusterPieces(place: Place, all: () => Promise<readonly string[]>): AsyncGenerator<Piece> {
  const answers = await Promise.all(inParts(await all(), MOST.clusters).map((clusters) => place.clients.call('ecs', 'DescribeClusters', place.region, { clusters, include: ['TAGS'] })));
  yield piece(place, 'ecs-describe-clusters', answers.map(answerText), answers.flatMap((a) => list(a, 'clusters')).length, 'AWS::ECS::Cluster');
}

interface Members { readonly list: string; readonly arns: string; readonly describe: string; readonly key: 'services' | 'tasks'; readonly type: string; readonly call: string }

async function* memberPieces(place: Place, all: () => Promise<readonly string[]>, members: Members): AsyncGenerator<Piece> {
  const lines: string[] = [], definitions = new Set<string>();
  let records = 0;
  for (const cluster of await all()) {
    const answers = await unlessGone(async () => {
      const arns = await names(place, members.list, members.arns, { cluster });
      return Promise.all(inParts(arns, MOST[members.key]).map((some) => place.clients.call('ecs', members.describe, place.region, { cluster, [members.key]: some, include: ['TAGS'] })));
    });
    for (const answer of answers ?? []) {
      lines.push(answerText(answer));
      for (const one of list(answer, members.key)) { records += 1; const definition = str(one, 'taskDefinitionArn') ?? str(one, 'taskDefinition'); if (definition !== undefined) definitions.add(definition); }
    }
  }
  const made = await definitionsOf(place, [...definitions]);
  yield piece(place, members.call, [...lines, ...made.lines], records, members.type, made.gaps);
}

/** What the tasks and services are made of. Without these calls the rest is still worth having, and what is missing is told. */
async function definitionsOf({ clients, region }: Place, arns: readonly string[]): Promise<{ readonly lines: readonly string[]; readonly gaps: readonly PartGap[] }> {
  const lines: string[] = [], gaps: PartGap[] = [];
  await Promise.all(arns.map(async (taskDefinition) => {
    try { lines.push(answerText(await clients.call('ecs', 'DescribeTaskDefinition', region, { taskDefinition, include: ['TAGS'] }))); } catch (error) {
      if (!(error instanceof ConnectFailure && (error.kind === 'denied' || error.kind === 'absent'))) throw error;
      gaps.push({ subject: taskDefinition, state: error.kind, says: `DescribeTaskDefinition: ${error.message}` });
    }
  }));
  return { lines, gaps };
}
