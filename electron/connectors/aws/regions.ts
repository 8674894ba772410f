import { list, str } from '#shared/lib/json.ts';
import type { AwsPlace } from './tasks.ts';

/** The regions to ask in: those that were named, else all that are switched on for the account. @throws ConnectFailure */
export async function regionsOf({ clients, region }: AwsPlace, named: readonly string[] | undefined): Promise<readonly string[]> {
  return named ?? list(await clients.call('ec2', 'DescribeRegions', region, {}), 'Regions').flatMap((one) => str(one, 'RegionName') ?? []).toSorted();
}
