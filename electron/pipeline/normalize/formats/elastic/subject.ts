import type { Observables } from '#shared/model/finding.ts';
import { presentObservables } from '../../action-observables.ts';
import { dottedText } from '../alerts/dotted.ts';
import { isOwnAddress } from '../alerts/address.ts';
import { cloudSubject, hostSubject, isAddress, isSystemAccount, subject, userSubject, type Subject } from '../alerts/subject.ts';

/** Where a document comes from a cloud's audit log, it is about what was touched or who touched it, not about a host. */
const isAudit = (dataset: string): boolean => /^(aws\.(cloudtrail|guardduty|securityhub|s3access)|azure\.(activitylogs|auditlogs|signinlogs|identity_protection)|gcp\.audit|okta|o365|google_workspace|github|kubernetes\.audit)/.test(dataset);

/** What an alert is about: of a cloud's log the resource or user, else the host, user or address. */
export function subjectOf(document: unknown): Subject | undefined {
  const text = (...paths: readonly string[]): string | undefined => dottedText(document, ...paths), provider = text('cloud.provider')?.toLowerCase(), account = text('cloud.account.id') ?? text('cloud.project.id'), region = text('cloud.region');
  const scope = { account, region }, dataset = text('event.dataset', 'data_stream.dataset', 'kibana.alert.original_event.dataset') ?? '';
  const user = userSubject([text('aws.cloudtrail.user_identity.arn'), text('user.email'), userOf(document), text('user.name'), text('user.id')].filter((name) => name !== '' && name !== undefined));
  if (isAudit(dataset)) {
    const arn = text('aws.cloudtrail.user_identity.session_context.session_issuer.arn', 'aws.cloudtrail.user_identity.arn'), resource = text('cloud.instance.id', 'azure.resource.id', 'gcp.audit.resource_name', 'resource.id');
    if (arn?.startsWith('arn:') === true) return cloudSubject({ provider: 'aws', id: arn, type: undefined, scope });
    if (user !== undefined) return { ...user, ...(account !== undefined && { account }), ...(region !== undefined && { region }) };
    return resource === undefined ? (account === undefined ? addressSubject(document) : cloudSubject({ provider, id: account, type: 'account', scope })) : cloudSubject({ provider, id: resource, type: text('azure.resource.type'), scope });
  }
  const instance = text('cloud.instance.id'), name = text('host.name'), hostname = text('host.hostname');
  const host = hostSubject({ resource: provider === 'aws' && /^i-[0-9a-f]{8,17}$/.test(instance ?? '') ? instance : undefined, scope, names: [name, hostname], ids: [text('host.id'), text('agent.id')], addresses: [text('host.ip')] });
  const pod = subject('pod', [podOf(text('kubernetes.namespace', 'orchestrator.namespace'), text('kubernetes.pod.name', 'orchestrator.resource.name'))]);
  if (name !== undefined || hostname !== undefined || text('host.id', 'host.ip') !== undefined) return host;
  return pod ?? user ?? addressSubject(document) ?? (text('agent.id') === undefined ? subject('domain', [text('dns.question.name', 'url.domain', 'destination.domain')]) : host);
}

/** Of a network sensor's alert the side within the own network, else whom it was to. */
function addressSubject(document: unknown): Subject | undefined {
  const source = dottedText(document, 'source.ip', 'client.ip'), target = dottedText(document, 'destination.ip', 'server.ip');
  const own = isOwnAddress(source) && !isOwnAddress(target) ? source : target ?? source;
  return subject(isOwnAddress(own) ? 'host' : 'ip', [own]);
}

const podOf = (space: string | undefined, name: string | undefined): string | undefined => (name === undefined ? undefined : space === undefined ? name : `${space}/${name}`);

function userOf(document: unknown): string | undefined {
  const name = dottedText(document, 'user.name'), domain = dottedText(document, 'user.domain');
  return name === undefined || domain === undefined || /[@\\]/.test(name) ? name : domain.includes('.') ? `${name}@${domain}` : `${domain}\\${name}`;
}

export function observablesOf(document: unknown): Observables | undefined {
  const text = (...paths: readonly string[]): string | undefined => dottedText(document, ...paths), port = Number(text('destination.port') ?? Number.NaN), user = text('user.email') ?? userOf(document), source = text('source.ip', 'client.ip');
  return presentObservables({
    user: user === undefined || isSystemAccount(user) ? undefined : user, src_ip: isAddress(source) ? source : undefined, dst_ip: text('destination.ip', 'server.ip'), host: text('host.name', 'host.hostname'), process: text('process.command_line', 'process.executable', 'process.name'),
    file_hash: text('process.hash.sha256', 'file.hash.sha256', 'process.hash.sha1', 'file.hash.sha1', 'process.hash.md5', 'file.hash.md5'), domain: text('dns.question.name', 'url.domain', 'destination.domain'), user_agent: text('user_agent.original'), country: text('source.geo.country_iso_code'),
    port: Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined, protocol: text('network.protocol', 'network.transport')?.toLowerCase(), access_key: text('aws.cloudtrail.user_identity.access_key_id'), api: isAudit(text('event.dataset') ?? '') ? text('event.action') : undefined,
  });
}
