import { describe, expect, test } from 'vitest';
import { cloudEntity } from '#electron/pipeline/normalize/cloud-entity.ts';
import { resourceOfConsole } from '#electron/pipeline/normalize/console-address.ts';

const account = '111122223333', aws = 'https://eu-west-1.console.aws.amazon.com', google = 'https://console.cloud.google.com';
const machine = '/subscriptions/0a1b/resourcegroups/rg/providers/microsoft.compute/virtualmachines/web';

describe('a page of a cloud\'s console', () => {
  test.each([
    [`${aws}/ec2/v2/home?region=eu-west-1#InstanceDetails:instanceId=i-0123456789abcdef0`, 'i-0123456789abcdef0'],
    [`${aws}/vpc/home?region=eu-west-1#SecurityGroup:groupId=sg-0123456789abcdef0`, 'sg-0123456789abcdef0'],
    ['https://s3.console.aws.amazon.com/s3/buckets/acme.logs?region=eu-west-1&tab=permissions', 'arn:aws:s3:::acme.logs'],
    ['https://console.amazonaws.cn/s3/buckets/acme', 'arn:aws-cn:s3:::acme'],
    ['https://console.amazonaws-us-gov.com/s3/buckets/acme', 'arn:aws-us-gov:s3:::acme'],
    [`https://us-east-1.console.aws.amazon.com/iam/home?region=us-east-1#/roles/details/deploy?section=permissions`, `arn:aws:iam::${account}:role/deploy`],
    ['https://console.aws.amazon.com/iam/home#/users/jane@example.com', `arn:aws:iam::${account}:user/jane@example.com`],
    ['https://console.aws.amazon.com/iam/home#/policies/arn%3Aaws%3Aiam%3A%3A111122223333%3Apolicy%2Fwide', `arn:aws:iam::${account}:policy/wide`],
    [`${aws}/lambda/home?region=eu-west-1#/functions/resize?tab=configure`, `arn:aws:lambda:eu-west-1:${account}:function:resize`],
    [`https://portal.azure.com/#@corp.onmicrosoft.com/resource/${machine}/overview`, machine],
    [`${google}/compute/instancesDetail/zones/europe-west1-b/instances/web?project=shop`, '//compute.googleapis.com/projects/shop/zones/europe-west1-b/instances/web'],
    [`${google}/storage/browser/acme-data?project=shop`, '//storage.googleapis.com/acme-data'],
    [`${google}/net-security/firewall-manager/firewalls/details/ssh?project=shop`, '//compute.googleapis.com/projects/shop/global/firewalls/ssh'],
    [`${google}/networking/firewalls/details/ssh?project=shop`, '//compute.googleapis.com/projects/shop/global/firewalls/ssh'],
    [`${google}/kubernetes/clusters/details/europe-west1/prod/details?project=shop`, '//container.googleapis.com/projects/shop/locations/europe-west1/clusters/prod'],
    [`${google}/kubernetes/clusters/details/europe-west1-b/prod/details?project=shop`, '//container.googleapis.com/projects/shop/zones/europe-west1-b/clusters/prod'],
    [`${google}/sql/instances/db1/overview?project=shop`, '//cloudsql.googleapis.com/projects/shop/instances/db1'],
    // No single resource, another site, and what only looks like one.
    [`${aws}/ec2/v2/home?region=eu-west-1#LoadBalancers:search=web;sort=loadBalancerName`, undefined],
    [`${google}/iam-admin/iam?project=shop`, undefined],
    ['https://example.com/s3/buckets/acme', undefined],
    ['https://example.com/?console.aws.amazon.com/s3/buckets/acme', undefined],
    ['https://console.aws.amazon.com/iam/home#/policies/arn%3Aaws%3Aiam%3A%', undefined],
    ['acme', undefined],
  ])('%s', (address, resource) => { expect(resourceOfConsole(address, account)).toBe(resource); });

  test('shows an identity of an account, which must be known', () => {
    expect(resourceOfConsole('https://console.aws.amazon.com/iam/home#/users/jane')).toBeUndefined();
    expect(resourceOfConsole('https://console.aws.amazon.com/iam/home#/users/jane', 'shop')).toBeUndefined();
  });

  test('names the entity as an id does', () => {
    const of = (id: string, provider: string, type: string) => cloudEntity({ provider, id, type }, { account, region: 'eu-west-1' }).entity;
    expect(of(`${aws}/ec2/v2/home?region=eu-west-1#InstanceDetails:instanceId=i-0123456789abcdef0`, 'aws', 'virtualMachine')).toBe(`arn:aws:ec2:eu-west-1:${account}:instance/i-0123456789abcdef0`);
    expect(of('https://s3.console.aws.amazon.com/s3/buckets/acme', 'aws', 'bucket')).toBe('arn:aws:s3:::acme');
    expect(of(`https://portal.azure.com/#@corp.onmicrosoft.com/resource/${machine}`, 'azure', 'Microsoft.Compute/virtualMachines')).toBe(machine);
    expect(of(`${google}/storage/browser/acme-data?project=shop`, 'gcp', 'bucket')).toBe('//storage.googleapis.com/acme-data');
  });
});
