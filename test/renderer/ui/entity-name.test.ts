import { describe, expect, it } from 'vitest';
import { shortName } from '../../../renderer/ui/entity-name.ts';

describe('the short name of an entity', () => {
  it.each([
    ['111122223333.dkr.ecr.eu-central-1.amazonaws.com/orders-api:4.12.1', 'orders-api:4.12.1'],
    ['ghcr.io/acme/web/front:2', 'acme/web/front:2'],
    ['localhost:5000/tools/scan', 'tools/scan'],
    [`registry.acme.example/api@sha256:${'ab12cd34'.repeat(8)}`, 'api@sha256:ab12cd34'],
    ['security-group/sg-0123456789abcdef0', 'sg-0123456789abcdef0'],
  ])('%s loses what the icon or the title tells', (name, short) => expect(shortName(name)).toBe(short));

  it.each(['backup-dev-legacy', 'role/service-role/backup-writer', 'acme/web:1', 'https://acme.example/app', 'checkout/istio-proxy', 'loadbalancer/app/front/50dc6c495c0c9188', 'file.txt', ''])('%s stays as it is', (name) => expect(shortName(name)).toBe(name));
});
