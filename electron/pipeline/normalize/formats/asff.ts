import { parseArn } from '#shared/lib/arn.ts';
import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { FindingDraft } from '#shared/model/finding.ts';
import type { Normalized, Sample } from '../../ports.ts';
import { asffEvidence, asffObservables, asffSeverity, asffStatus, asffUpdated, asffVulnerability } from './asff/details.ts';
import { withPort } from './asff/port.ts';
import { asffCompliance, asffMeaning, asffSource } from './asff/product.ts';
import { accountEntity, accountInArn, awsEntity, isAccountId, isRegion, type AwsScope, type EntityId } from '../aws-entity.ts';
import { everyFinding } from '../every-finding.ts';
import { readTags } from '../read-tags.ts';
import type { Format } from './format.ts';

const paths = ['Findings', 'findings', 'detail.findings', '[].Findings', '[].findings', '[].detail.findings'];

/** AWS Security Finding Format (Security Hub user guide, "ASFF syntax"): of Security Hub itself and of every product that reports into it. */
export const asff: Format = {
  name: 'asff',
  kind: 'findings',
  source: 'securityhub',
  description: 'AWS Security Hub findings (ASFF): get-findings, EventBridge, NDJSON, single findings; also of Inspector, GuardDuty, Macie, Prowler through Security Hub',
  containers: [{ kind: 'json-path', paths, emptyOk: true, alone: true }, { kind: 'json' }],
  detect,
  parse,
};

function detect(sample: Sample): number {
  const findings = [...sample.records, sample.document].flatMap(unwrap).slice(0, 20);
  const best = Math.max(0, ...findings.map(scoreOf));
  if (best > 0) return best;
  const envelope = isObject(sample.document) ? list(sample.document, 'Findings') : undefined;
  return isObject(sample.document) && Object.hasOwn(sample.document, 'Findings') && envelope?.length === 0 ? 20 : 0;
}

function scoreOf(finding: unknown): number {
  if (!isObject(finding)) return 0;
  if (finding['SchemaVersion'] === '2018-10-08') return 97;
  if (/:securityhub:.*:product\//.test(str(finding, 'ProductArn') ?? '')) return 95;
  return ['AwsAccountId', 'GeneratorId', 'Resources', 'Types'].every((key) => Object.hasOwn(finding, key)) ? 90 : 0;
}

/** The findings inside an event or a response that came as one record, else the record itself. */
function unwrap(record: unknown): readonly unknown[] {
  for (const inner of [at(record, 'detail', 'findings'), at(record, 'Findings'), at(record, 'findings')]) if (Array.isArray(inner)) return inner;
  return [record];
}

function parse(record: unknown): Result<Normalized> {
  return everyFinding(unwrap(record), parseFinding);
}

function parseFinding(finding: unknown): Result<readonly FindingDraft[]> {
  if (!isObject(finding)) return err('finding: not an object');
  const id = str(finding, 'Id');
  if (id === undefined) return err('Id: missing');
  const entities = entitiesOf(finding);
  if (entities.length === 0) return err('Resources: no resource with an Id, and no AwsAccountId');
  const source = asffSource(finding);
  return ok(entities.map(({ resource, entity, given }, i) => draftOf(finding, source, i === 0 ? id : `${id}#${given}`, resource, entity)));
}

interface Target { readonly resource: unknown; readonly entity: EntityId; readonly given: string }

/** One per resource; the account only when nothing else is named; the same entity (a bucket and an object in it) once. */
function entitiesOf(finding: unknown): readonly Target[] {
  const account = accountOf(finding);
  const all = list(finding, 'Resources').slice(0, 1000).flatMap((resource): readonly Target[] => {
    const given = str(resource, 'Id');
    return given === undefined || !isObject(resource) ? [] : [{ resource, given, entity: resourceEntity(resource, given, scopeOf(finding, resource)) }];
  });
  const specific = all.filter(({ entity, resource }) => entity.entity_type !== 'account' && str(resource, 'Type') !== 'AwsAccount');
  const chosen = specific.length > 0 ? specific : all.slice(0, 1);
  const seen = new Set<string>();
  const distinct = chosen.filter(({ entity }) => !seen.has(entity.entity) && seen.add(entity.entity) !== undefined);
  if (distinct.length > 0 || !isAccountId(account)) return distinct;
  return [{ resource: undefined, given: account, entity: accountEntity(account) }];
}

/**
 * The account that the resource is in: where a product runs in an account of its own (an organization's analyzer, CrowdStrike's gateway), `AwsAccountId` is that one.
 * The field is required, but some exports drop it: then the finding's own ARN tells.
 */
function accountOf(finding: unknown): string | undefined {
  const isFalcon = str(finding, 'ProductArn')?.endsWith('/crowdstrike-falcon') === true;
  const owner = str(finding, 'ProductFields', 'ResourceOwnerAccount') ?? /\| AWS Account for alerting instance: (\d{12})$/.exec(isFalcon ? str(finding, 'Description')?.trim() ?? '' : '')?.[1];
  return isAccountId(owner) ? owner : str(finding, 'AwsAccountId') ?? (parseArn(str(finding, 'Id') ?? '')?.account || undefined);
}

function scopeOf(finding: unknown, resource: unknown): AwsScope {
  const named = [str(resource, 'Region')?.replaceAll('_', '-'), str(finding, 'Region')].find((region) => region === 'global' || isRegion(region));
  return { account: accountOf(finding), region: named ?? (parseArn(str(finding, 'ProductArn') ?? '')?.region || undefined), partition: str(resource, 'Partition') };
}

/** An access key stands for the user or role that holds it, where the details name it. */
function resourceEntity(resource: unknown, id: string, scope: AwsScope): EntityId {
  const type = str(resource, 'Type'), image = str(resource, 'Details', 'Container', 'ImageName');
  // Trivy writes the system behind the image's name: `shop/api:2.3.0 (debian 12)`.
  if (id.startsWith('docker://')) return { entity: id.slice('docker://'.length), entity_type: 'image', aliases: [] };
  if (type === 'Container' && image !== undefined && !id.startsWith('arn:')) return { entity: image.replace(/ \([^)]*\)$/, ''), entity_type: 'image', aliases: [] };
  if (type !== 'AwsIamAccessKey') return awsEntity(id, type, scope);
  const details = at(resource, 'Details', 'AwsIamAccessKey');
  const name = str(details, 'PrincipalName') ?? str(details, 'UserName');
  const kind = str(details, 'PrincipalType')?.toLowerCase() ?? 'iamuser';
  const issuer = str(details, 'SessionContext', 'SessionIssuer', 'Arn');
  if (issuer !== undefined) return awsEntity(issuer, undefined, scope);
  if (kind === 'root' && isAccountId(scope.account)) return accountEntity(scope.account);
  if (name === undefined) return awsEntity(id, undefined, scope);
  const holder = awsEntity(name, /role/.test(kind) ? 'AwsIamRole' : 'AwsIamUser', { ...scope, account: str(details, 'AccountId') ?? scope.account });
  const key = /\bAKIA[A-Z0-9]{12,}$/.exec(str(details, 'AccessKeyId') ?? id)?.[0];
  return key === undefined ? holder : { ...holder, aliases: [...holder.aliases, key] };
}

function draftOf(finding: unknown, source: string, sourceId: string, resource: unknown, entity: EntityId): FindingDraft {
  const { check_id, kind, attack, ...meaning } = asffMeaning(finding, source);
  const { account: reported, region } = scopeOf(finding, resource), account = accountInArn(entity.entity) ?? reported;
  const description = str(finding, 'Description');
  const vulnerability = kind === 'vulnerability' ? asffVulnerability(finding) : undefined;
  // Of what words can mean, privileges are none of a part of the network.
  const isPrivilege = meaning.issue_guessed === true && meaning.issue_type === 'overprivileged_identity' && ['sg', 'nacl', 'vpc', 'subnet', 'route_table', 'gateway', 'eni', 'lb'].includes(entity.entity_type);
  const { port, ...issue } = withPort(isPrivilege ? { ...meaning, issue_type: 'network_misconfiguration' } : meaning, source, check_id, str(finding, 'Title'));
  const seen = withKey(asffObservables(finding), resource);
  const observables = port === undefined ? seen : { port, ...seen };
  const tags = readTags(at(resource, 'Tags'));
  const given = str(resource, 'Id');
  const object = str(resource, 'Type') === 'AwsS3Object' && given !== undefined ? [`object: ${given}`] : [];
  return {
    source, source_id: sourceId, kind, ...entity, ...issue, check_id, title: str(finding, 'Title') ?? check_id,
    ...(description !== undefined && { description }),
    severity_reported: asffSeverity(finding, source), status: asffStatus(finding, source), evidence: [...asffEvidence(finding), ...object],
    ...(account !== undefined && { account }), ...(region !== undefined && { region }),
    discovered: at(finding, 'FirstObservedAt') ?? at(finding, 'CreatedAt') ?? at(finding, 'UpdatedAt'), updated: asffUpdated(finding),
    attack, compliance: asffCompliance(finding),
    ...(vulnerability && { vulnerability }), ...(observables && { observables }), ...(tags && { tags }),
  };
}

function withKey(observables: FindingDraft['observables'], resource: unknown): FindingDraft['observables'] {
  const details = at(resource, 'Details', 'AwsIamAccessKey');
  const user = str(details, 'PrincipalName') ?? str(details, 'UserName');
  const access_key = /\bA(?:KI|SI)A[A-Z0-9]{12,}$/.exec(str(details, 'AccessKeyId') ?? str(resource, 'Id') ?? '')?.[0];
  const extra = { ...(user !== undefined && { user }), ...(access_key !== undefined && { access_key }) };
  return observables === undefined && Object.keys(extra).length === 0 ? undefined : { ...extra, ...observables };
}
