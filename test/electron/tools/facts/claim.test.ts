import { expect, it } from 'vitest';
import { absence } from '#electron/tools/facts/claim.ts';
import { graphOf } from '../../../graph-of.ts';

it('asks for an inventory of the platform that an entity is of, and for any where that is not told', () => {
  const supply = (entity: string) => absence({ entity }, graphOf([])).missing.map((m) => m.supply)[0];
  for (const aws of ['arn:aws:s3:::shop-data', 'i-0abc1234def567890', 'account 111122223333', 'sg-01234567']) expect(supply(aws)).toBe('an AWS Config snapshot or IAM details that contain it');
  expect(supply('/subscriptions/0000/resourceGroups/a/providers/b')).toContain('Azure Resource Graph');
  expect(supply('//compute.googleapis.com/projects/p/zones/z/instances/vm')).toContain('Cloud Asset export');
  expect(supply('k8s:prod/shop/deployment/web')).toContain('kubectl');
  for (const other of ['10.98.57.180', 'com.example:app/pom.xml', 'WEB-01', 'i-robot']) expect(supply(other)).toBe('an inventory that contains it: of AWS Config, Azure Resource Graph, Cloud Asset or kubectl');
});
