import { str } from '#shared/lib/json.ts';
import type { EntityId } from '../../aws-entity.ts';
import { cloudEntity } from '../../cloud-entity.ts';

export type SccResource = EntityId & { readonly account?: string; readonly region?: string };

/** The resource as Cloud Asset Inventory names it, with its project and place; undefined when the finding names none. */
export function sccResource(finding: unknown, resource: unknown): SccResource | undefined {
  const id = machineOf(finding) ?? str(resource, 'name') ?? str(finding, 'resourceName');
  if (id === undefined) return undefined;
  const display = str(resource, 'displayName') ?? str(resource, 'display_name') ?? str(finding, 'assetDisplayName');
  // Compute is known by names in the inventory, and here by numbers.
  const isNumbered = id.startsWith('//compute.googleapis.com/') && /\/\d+$/.test(id) && display !== undefined && /^[a-z][a-z0-9-]*$/.test(display);
  const canonical = isNumbered ? `${id.slice(0, id.lastIndexOf('/'))}/${display}` : id;
  const found = cloudEntity({ provider: 'gcp', id: canonical, type: str(resource, 'type') ?? typeIn(canonical) }, {});
  const account = projectOf(finding, resource, id), region = str(resource, 'location') ?? /\/(?:zones|regions|locations)\/([^/]+)/.exec(id)?.[1];
  const project = /^\/\/cloudresourcemanager\.googleapis\.com\/projects\/\d+$/.test(id) && account !== undefined && !/^\d+$/.test(account) ? [`//cloudresourcemanager.googleapis.com/projects/${account}`, account] : [];
  return { ...found, aliases: [...new Set([...found.aliases, ...(isNumbered ? [id] : []), ...project])], ...(account !== undefined && { account }), ...(region !== undefined && { region }) };
}

/** `//compute.googleapis.com/projects/p/zones/z/instances/i`: the service and the collection before the last part; a bucket has none. */
function typeIn(id: string): string {
  const parts = id.replace(/^\/\//, '').split('/'), service = parts[0]?.split('.')[0] ?? '';
  return `${service} ${parts.length > 2 ? (parts.at(-2) ?? '').replace(/s$/, '') : service === 'storage' ? 'bucket' : ''}`;
}

/** A threat on a machine names its project; the machine stands in what was seen. */
function machineOf(finding: unknown): string | undefined {
  const seen = ['sourceProperties', 'properties'], project = str(finding, ...seen, 'projectId'), zone = str(finding, ...seen, 'zone'), machine = str(finding, ...seen, 'attempts', 0, 'vmName') ?? str(finding, ...seen, 'vmName');
  return project === undefined || zone === undefined || machine === undefined ? undefined : `//compute.googleapis.com/projects/${project}/zones/${zone.slice(zone.lastIndexOf('/') + 1)}/instances/${machine}`;
}

/** The project's id: it stands in the resource's name, or was told by what found it; its display name may be another. Findings of other clouds tell theirs. */
function projectOf(finding: unknown, resource: unknown, id: string): string | undefined {
  const other = str(resource, 'awsMetadata', 'account', 'id') ?? str(resource, 'azureMetadata', 'subscription', 'id');
  if (other !== undefined) return other;
  const told = str(finding, 'sourceProperties', 'ProjectId') ?? str(finding, 'sourceProperties', 'properties', 'projectId') ?? str(finding, 'sourceProperties', 'properties', 'project_id');
  const named = /\/projects\/([^/]+)/.exec(id)?.[1], display = str(resource, 'projectDisplayName') ?? str(resource, 'project_display_name') ?? str(resource, 'gcpMetadata', 'projectDisplayName');
  return told ?? (named !== undefined && /\D/.test(named) ? named : display ?? named);
}
