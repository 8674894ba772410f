import { createReadStream } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scoutsuite } from '#electron/pipeline/normalize/formats/scoutsuite.ts';
import { normalizeFile } from '#electron/pipeline/normalize/normalize.ts';
import type { Finding } from '#shared/model/finding.ts';
import { fixture, readText } from './read-fixture.ts';
import { hasSamples, readFindings, sample } from './read-findings.ts';

const told = (f: Finding) => [f.check_id, f.entity, f.entity_type, f.issue_mapped ? f.issue_type : 'unmapped', f.severity_reported];

describe('scoutsuite', () => {
  it('reads what rules flagged in AWS, by the resource that each item lies in', async () => {
    const { format, records, findings, errors } = await fixture('scoutsuite/many-aws.js');
    expect([format, records, errors]).toEqual(['scoutsuite', 1, []]);
    expect(findings.map(told)).toEqual([
      ['cloudtrail-no-logging', 'arn:aws:iam::111122223333:root', 'account', 'logging_disabled', 'high'],
      ['ec2-security-group-opens-SSH-port-to-all', 'arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0aa0000000000001', 'sg', 'open_port', 'high'],
      ['iam-password-policy-minimum-length', 'arn:aws:iam::111122223333:root', 'account', 'weak_password_policy', 'high'],
      ['iam-role-with-inline-policies', 'arn:aws:iam::111122223333:role/deploy', 'role', 'unmapped', 'medium'],
      ['iam-root-account-no-mfa', 'arn:aws:iam::111122223333:root', 'account', 'mfa_disabled', 'high'],
      ['s3-bucket-no-logging', 'arn:aws:s3:::shop-media', 'bucket', 'logging_disabled', 'medium'],
    ]);
    expect(findings[1]).toMatchObject({ account: '111122223333', region: 'eu-west-1', aliases: ['sg-0aa0000000000001', 'web'], discovered_at: '2024-03-18T10:46:31Z', observables: { port: 22, protocol: 'tcp' }, compliance: ['CIS Amazon Web Services Foundations 1.2.0: 4.1'], description: 'It matters.', title: 'Security Group Opens SSH Port to All' });
    expect(new Set(findings.map((f) => f.finding_id)).size).toBe(6);
  });
  it('reads Azure and Google Cloud', async () => {
    const azure = await fixture('scoutsuite/many-azure.json'), gcp = await fixture('scoutsuite/many-gcp.json'), subscription = '/subscriptions/00000000-0000-4000-8000-000000000001';
    expect([...azure.errors, ...gcp.errors]).toEqual([]);
    expect(azure.findings.map(told)).toEqual([
      ['storageaccount-account-allowing-clear-text', `${subscription}/resourcegroups/shop/providers/microsoft.storage/storageaccounts/shopmedia`, 'bucket', 'encryption_in_transit_disabled', 'high'], ['securitycenter-standard-tier-not-enabled', subscription, 'account', 'unmapped', 'medium'],
    ]);
    expect(gcp.findings.map(told)).toEqual([
      ['cloudstorage-bucket-allUsers', '//storage.googleapis.com/shop.example', 'bucket', 'public_access', 'high'], ['computeengine-firewall-rule-opens-all-ports', '//compute.googleapis.com/projects/shop-prod/global/firewalls/allow-all', 'sg', 'open_port', 'high'],
      ['iam-service-account-user-managed-keys', '//iam.googleapis.com/projects/shop-prod/serviceAccounts/deploy@shop-prod.iam.gserviceaccount.com', 'service_account', 'unmapped', 'medium'], ['stackdriverlogging-no-export-sinks', '//cloudresourcemanager.googleapis.com/projects/shop-prod', 'account', 'unmapped', 'medium'],
    ]);
    expect(gcp.findings.map((f) => f.account)).toEqual(Array(4).fill('shop-prod'));
  });
  it('keeps rules and names, none of the configuration, and reads the same from what is kept', async () => {
    const path = 'test/fixtures/formats/scoutsuite/many-aws.js', [item] = (await Array.fromAsync(normalizeFile(() => createReadStream(path), [scoutsuite], { path, importedUs: 1 }))).flatMap((batch) => batch.items);
    expect(item !== undefined && 'normalized' in item && item.raw_text).toEqual(expect.not.stringContaining('sekret'));
    const text = item !== undefined && 'raw_text' in item ? item.raw_text : '';
    expect((await readText(text)).findings).toEqual((await fixture('scoutsuite/many-aws.js')).findings);
  });
  it('reads a report that flags nothing, refuses one without services', async () => {
    expect(await fixture('scoutsuite/zero.json')).toMatchObject({ format: 'scoutsuite', records: 1, findings: [], errors: [] });
    expect((await readText({ last_run: { ruleset_name: 'x', summary: {} } })).errors).toEqual(['services is missing']);
  });
});

it.skipIf(!hasSamples)('reads the sample of Google Cloud', async () => {
  const { format, records, findings, errors } = await readFindings(sample('scoutsuite/1-dd-gcp.js'));
  expect([format, records, errors]).toEqual(['scoutsuite', 1, []]);
  expect(findings.map((f) => f.entity)).toEqual(Array(2).fill(['gcp-project-id', 'staging.gcp-project-id']).flat().map((name) => `//storage.googleapis.com/${String(name)}.appspot.com`));
});
