import type { PathNode } from '#shared/rpc/graph-schemas.ts';
import type { IconName } from '../../ui/icons.tsx';

const icons: Partial<Readonly<Record<PathNode['kind'], IconName>>> = {
  internet: 'globe', cidr: 'globe', account: 'cloud', org_unit: 'cloud', region: 'cloud', vpc: 'net', subnet: 'net', route_table: 'net', gateway: 'net', sg: 'net', eni: 'net', lb: 'net', endpoint: 'net', nacl: 'wall',
  vm: 'host', node: 'host', function: 'bolt', container_workload: 'cube', pod: 'cube', k8s_ns: 'cube', image: 'image', bucket: 'bucket', database: 'db', queue_topic: 'list', secret_key: 'key', identity: 'role', policy: 'policy', finding: 'flag',
};

/** The symbol of a node; users and roles differ. Entries other than the internet have none. */
export function iconOf({ kind, lane, type }: PathNode): IconName | undefined {
  if (lane === 'entry') return kind === 'internet' ? 'globe' : undefined;
  return kind === 'identity' && /User|Group/.test(type) ? 'person' : icons[kind] ?? 'hollow';
}

const severityLooks: Partial<Readonly<Record<NonNullable<PathNode['severity']>, string>>> = { critical: 'sC', high: 'sH', medium: 'sM', low: 'sL' };
/** The class that colours a severity's bar; none for what is only informational. */
export const severityLook = (severity: PathNode['severity']): string => (severity === null ? '' : severityLooks[severity] ?? '');
