import { parseArn } from '#shared/lib/arn.ts';
import { list, str } from '#shared/lib/json.ts';
import type { RecordContext } from '../../../ports.ts';
import { readPath, type PathHints } from './cli-path.ts';

export interface CliPlace { readonly account: string | undefined; readonly region: string | undefined; readonly hints: PathHints }

const zone = /^([a-z]{2,4}(?:-[a-z]+)+-\d)/;
/** Services that have no region of their own. */
const isGlobal = (type: string): boolean => /^AWS::(IAM|S3::Bucket|CloudFront|Organizations)/.test(type);

/** Account and region: of the ARN or the owner in the record, else of what lies around it, else of the folder or the dump's caller identity. */
export function placeOf(item: unknown, arnText: string | undefined, type: string, context: Pick<RecordContext, 'path' | 'parents' | 'home'>): CliPlace {
  const hints = readPath(context.path);
  const arn = arnText === undefined ? undefined : parseArn(arnText);
  const owners = [item, ...context.parents.toReversed()].flatMap((x) => [str(x, 'OwnerId'), str(x, 'registryId'), str(x, 'OwnerAccountId')]);
  const account = [arn?.account, ...owners, hints.account, context.home?.account].find((x) => x !== undefined && /^\d{12}$/.test(x));
  if (isGlobal(type)) return { account, region: undefined, hints };
  const zones = [str(item, 'AvailabilityZone'), str(item, 'Placement', 'AvailabilityZone'), ...list(item, 'AvailabilityZones').map((z) => (typeof z === 'string' ? z : str(z, 'ZoneName')))];
  const service = /^com\.amazonaws\.([a-z0-9-]+)\./.exec(str(item, 'ServiceName') ?? '')?.[1];
  const region = [arn?.region, hints.region, ...zones.map((z) => zone.exec(z ?? '')?.[1]), service, context.home?.region].find((x) => x !== undefined && x !== '');
  return { account, region, hints };
}
