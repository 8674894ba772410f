import { str } from '#shared/lib/json.ts';
import type { Edge, EdgeKind } from '#shared/model/resource.ts';
import { buildArn } from './resource-types.ts';

interface Holder { readonly urn: string; readonly type: string; readonly account?: string | undefined; readonly region?: string | undefined }
interface Other { readonly type: string; readonly id: string; readonly urn: string | undefined; readonly verb: string }

const group = 'AWS::EC2::SecurityGroup', policy = 'AWS::IAM::Policy';

/**
 * The `relationships` of an AWS Config item as edges. Config names them `Is contained in Vpc`, `Contains Subnet`, `Is attached to Instance`,
 * `Is associated with SecurityGroup` (developer guide, "Relationships"); the query API calls the name `relationshipName`.
 */
export function relationshipEdges(holder: Holder, relationships: readonly unknown[]): readonly Edge[] {
  return relationships.flatMap((relationship) => {
    const type = str(relationship, 'resourceType');
    const id = str(relationship, 'resourceId') ?? str(relationship, 'resourceName');
    if (type === undefined || id === undefined) return [];
    const verb = (str(relationship, 'name') ?? str(relationship, 'relationshipName') ?? '').trim().toLowerCase();
    const urn = buildArn({ type, id, name: str(relationship, 'resourceName'), account: holder.account, region: holder.region });
    return toEdges(holder, { type, id, urn, verb });
  });
}

function toEdges(holder: Holder, other: Other): readonly Edge[] {
  const edge = (kind: EdgeKind): readonly Edge[] => [{ source: holder.urn, kind, target: targetId(other), derived: false, provenance: 'observed' }];
  // An edge starts at an ARN: a target may be an alias, a source may not.
  const back = (kind: EdgeKind): readonly Edge[] =>
    (other.urn === undefined ? [] : [{ source: other.urn, kind, target: holder.urn, derived: false, provenance: 'observed' }]);
  if (other.type === group && holder.type !== group && !other.verb.startsWith('contains')) return edge('MEMBER_OF');
  if (holder.type === group && other.type !== group && other.verb.startsWith('is associated')) return back('MEMBER_OF');
  if (other.type === policy) return edge('HAS_POLICY');
  if (holder.type === policy) return [];
  if (holder.type === 'AWS::IAM::User' && other.type === 'AWS::IAM::Group') return edge('MEMBER_OF');
  if (holder.type === 'AWS::IAM::Group' && other.type === 'AWS::IAM::User') return [];
  if (other.type === 'AWS::KMS::Key') return edge('ENCRYPTED_BY');
  if (other.verb.startsWith('is contained in')) return other.type.startsWith('AWS::IAM') ? [] : back('CONTAINS');
  if (other.verb.startsWith('contains')) return holder.type === 'AWS::EC2::RouteTable' ? [] : edge('CONTAINS');
  if (other.verb.startsWith('is attached to') && !isHolderTheHost(holder.type, other.type)) return edge('ATTACHED_TO');
  return [];
}

/** Config writes attachments from both sides; the edge goes from the part (interface, volume, address) to what it is attached to. */
function isHolderTheHost(holder: string, other: string): boolean {
  if (holder === 'AWS::EC2::Instance') return ['AWS::EC2::NetworkInterface', 'AWS::EC2::Volume', 'AWS::EC2::EIP'].includes(other);
  if (holder === 'AWS::EC2::NetworkInterface') return other === 'AWS::EC2::EIP';
  if (holder === 'AWS::EC2::VPC') return other.endsWith('Gateway');
  return holder === 'AWS::EC2::Subnet' && ['AWS::EC2::NetworkAcl', 'AWS::EC2::RouteTable'].includes(other);
}

/** Ids that are unique across AWS stay short; names become ARNs where the type allows it. */
const targetId = ({ type, id, urn }: Other): string => (type.startsWith('AWS::EC2::') ? id : urn ?? id);
