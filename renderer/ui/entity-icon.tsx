import type { EntityType } from '#shared/model/finding.ts';
import { Icon, type IconName } from './icons.tsx';

const icons: Partial<Readonly<Record<EntityType, IconName>>> = {
  bucket: 'bucket', vm: 'host', host: 'host', node: 'host', function: 'bolt', container_workload: 'cube', pod: 'cube', cluster: 'cube', database: 'db', snapshot: 'db', volume: 'db', queue_topic: 'list', secret_key: 'key', access_key: 'key',
  user: 'person', group: 'person', role: 'role', service_account: 'role', policy: 'policy', image: 'image', package: 'image', vpc: 'net', subnet: 'net', route_table: 'net', gateway: 'net', nacl: 'wall', sg: 'wall', eni: 'net', lb: 'net', endpoint: 'net',
  account: 'cloud', org_unit: 'cloud', trail: 'list', certificate: 'policy', repository: 'repo', file: 'policy', domain: 'globe', ip: 'globe', application: 'win', other: 'hollow',
};

/** What kind of thing an entity is, in one symbol. */
export function EntityIcon({ type }: { readonly type: EntityType }) { return <Icon name={icons[type] ?? 'cloud'} size="m" />; }
