import { gcpKinds } from '#shared/model/gcp-kinds.ts';
import type { NodeKind } from '#shared/model/resource.ts';

/** The node kind of a Cloud Asset type; `other` for one that the graph has no word for. */
export const kindOfAsset = (type: string): NodeKind => gcpKinds[type] ?? 'other';

const renamed: Readonly<Record<string, string>> = {
  'cloudsql.googleapis.com/Instance': 'sqladmin.googleapis.com/Instance', 'compute.googleapis.com/GlobalForwardingRule': 'compute.googleapis.com/ForwardingRule', 'compute.googleapis.com/RegionBackendService': 'compute.googleapis.com/BackendService',
  'compute.googleapis.com/NetworkFirewallPolicy': 'compute.googleapis.com/FirewallPolicy', 'compute.googleapis.com/RegionNetworkFirewallPolicy': 'compute.googleapis.com/FirewallPolicy', 'compute.googleapis.com/RegionUrlMap': 'compute.googleapis.com/UrlMap',
};

/** One name for one type: early exports wrote `google.cloud.storage.Bucket`, some types have a global and a regional name. */
export function assetType(written: string, name: string): string {
  const service = /^\/\/([a-z0-9.-]+)\//.exec(name)?.[1];
  const type = written.startsWith('google.') && service !== undefined ? `${service}/${written.slice(written.lastIndexOf('.') + 1)}` : written;
  return renamed[type] ?? type;
}
