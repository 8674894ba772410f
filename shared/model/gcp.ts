/**
 * Google Cloud resources carry the full resource name of Cloud Asset Inventory as urn (`//compute.googleapis.com/projects/p/zones/z/instances/i`)
 * and, as `config`, the REST representation of the API (camelCase, as `gcloud --format json` prints it). IAM and organization policies of a
 * resource come in records of their own and are nodes of their own, so that neither overwrites the other.
 */
export const gcpTypes = {
  iamPolicy: 'cloudasset.googleapis.com/IamPolicy', orgPolicy: 'cloudasset.googleapis.com/OrgPolicy', user: 'cloudidentity.googleapis.com/User', group: 'cloudidentity.googleapis.com/Group', groupMembers: 'cloudidentity.googleapis.com/Membership',
  denyPolicy: 'iam.googleapis.com/DenyPolicy', accessBoundary: 'iam.googleapis.com/PrincipalAccessBoundaryPolicy', boundaryBinding: 'iam.googleapis.com/PolicyBinding',
  project: 'cloudresourcemanager.googleapis.com/Project', folder: 'cloudresourcemanager.googleapis.com/Folder', organization: 'cloudresourcemanager.googleapis.com/Organization',
  serviceAccount: 'iam.googleapis.com/ServiceAccount', role: 'iam.googleapis.com/Role', bucket: 'storage.googleapis.com/Bucket', perimeter: 'accesscontextmanager.googleapis.com/ServicePerimeter',
  instance: 'compute.googleapis.com/Instance', network: 'compute.googleapis.com/Network', subnetwork: 'compute.googleapis.com/Subnetwork', firewall: 'compute.googleapis.com/Firewall',
  firewallPolicy: 'compute.googleapis.com/FirewallPolicy', forwardingRule: 'compute.googleapis.com/ForwardingRule', route: 'compute.googleapis.com/Route', backendService: 'compute.googleapis.com/BackendService',
  urlMap: 'compute.googleapis.com/UrlMap', targetPool: 'compute.googleapis.com/TargetPool', targetInstance: 'compute.googleapis.com/TargetInstance', instanceGroup: 'compute.googleapis.com/InstanceGroup', router: 'compute.googleapis.com/Router', endpointGroup: 'compute.googleapis.com/NetworkEndpointGroup',
  runService: 'run.googleapis.com/Service', functionV1: 'cloudfunctions.googleapis.com/CloudFunction', functionV2: 'cloudfunctions.googleapis.com/Function', dataset: 'bigquery.googleapis.com/Dataset', sql: 'sqladmin.googleapis.com/Instance', cluster: 'container.googleapis.com/Cluster',
} as const;

/** Type of an IAM policy of which a plan doesn't tell whose it is; `service` (`//run.googleapis.com/`) and `collection` (`services`) say what may hold it. */
export const unplacedGrant = 'cloudasset.googleapis.com/UnplacedIamPolicy';
/** Type of entries of an ACL of which a plan doesn't tell which bucket's: they may be those of any. */
export const unplacedAcl = 'storage.googleapis.com/UnplacedAcl';
/** A member of a binding whom a source doesn't tell: it may be anyone, everyone too. @param where what names it */
export const untoldMember = (where: string): string => `untold:${where}`;
export const isUntold = (member: string): boolean => member.startsWith('untold:');

const compute = '//compute.googleapis.com/';
/** The urn of a compute resource from any form of its link: a URL of any API version, a full name, or `projects/…`; other text comes back as it is. */
export function computeName(link: string): string {
  const path = /(?:^|\/)(projects\/.+)$/.exec(link)?.[1];
  if (path === undefined || /^\/\/(?!compute\.)/.test(link)) return link;
  return compute + path;
}
export const projectName = (id: string): string => `//cloudresourcemanager.googleapis.com/projects/${id}`;
/** `projects/1`, `folders/2`, `organizations/3` as the urn of the container. */
export const containerName = (path: string): string => `//cloudresourcemanager.googleapis.com/${path.replace(/^\/\/[^/]+\//, '')}`;
export const bucketName = (name: string): string => `//storage.googleapis.com/${name}`;
export const serviceAccountName = (project: string, email: string): string => `//iam.googleapis.com/projects/${project}/serviceAccounts/${email}`;
export const iamPolicyUrn = (name: string): string => `${name}#iam-policy`;
export const orgPolicyUrn = (name: string, constraint: string): string => `${name}#org-policy/${constraint.replace(/^.*(constraints|policies)\//, '')}`;
/** The last part of a link: a name, zone, region. */
export const lastPart = (link: string): string => link.slice(link.lastIndexOf('/') + 1);
/** The project in a name, id or number; undefined when it names none. */
export const projectIn = (name: string): string | undefined => /(?:^|\/)projects\/([^/]+)/.exec(name)?.[1];
/** Types that a resource of this name may have been of, for one that is gone. */
export function typesOfName(urn: string): readonly string[] {
  if (urn.endsWith('#iam-policy')) return [gcpTypes.iamPolicy];
  if (urn.includes('#org-policy/')) return [gcpTypes.orgPolicy];
  const service = /^\/\/([a-z0-9.-]+)\//.exec(urn)?.[1]?.replace('cloudsql.', 'sqladmin.');
  return service === undefined ? [] : Object.values(gcpTypes).filter((type) => type.startsWith(`${service}/`));
}
