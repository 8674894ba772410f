import { at, list, str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { FindingDraft } from '#shared/model/finding.ts';
import { presentObservables } from '../../action-observables.ts';
import { isGroupAddress, isOwnAddress } from '../alerts/address.ts';
import { techniquesIn } from '../alerts/attack.ts';
import { evidenceLine } from '../alerts/evidence-line.ts';
import { severityOf, signatureIssue } from './meaning.ts';

interface Side { readonly ip: string; readonly port: number | undefined }
const portOf = (value: unknown): number | undefined => { const port = Number(str(value) ?? Number.NaN); return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined; };

/** Who began a flow and whom it was to. The packet that matched may have gone either way (`direction`; the flow's own addresses). */
export function sidesOf(record: unknown): { readonly client: Side; readonly server: Side } | undefined {
  const source = str(record, 'src_ip'), target = str(record, 'dest_ip');
  if (source === undefined || target === undefined) return undefined;
  const from = { ip: source, port: portOf(at(record, 'src_port')) }, to = { ip: target, port: portOf(at(record, 'dest_port')) };
  const direction = str(record, 'direction') ?? str(record, 'packet_info', 'direction'), began = str(record, 'flow', 'src_ip');
  const isAnswer = began === undefined ? direction === 'to_client' || (direction === undefined && from.port !== undefined && from.port < 1024 && (to.port ?? 0) >= 1024) : began === to.ip && began !== from.ip;
  return isAnswer ? { client: to, server: from } : { client: from, server: to };
}

/** Classes of what a host does itself once it is taken over or misused; all others are done to it. */
const isOfClient = (issue: string): boolean => ['command_and_control', 'malware', 'cryptomining', 'policy_violation', 'data_exfiltration'].includes(issue);

/**
 * The host that an alert is about: whom the rule calls the target, else the side that is within the own network, else (both are, or neither) whoever
 * the class speaks of: malware of the client, an attack of the server.
 */
function aboutWhom(record: unknown, { client, server }: { readonly client: Side; readonly server: Side }, issue: string): string {
  const target = str(record, 'alert', 'target', 'ip');
  if (target !== undefined) return target;
  const isClientOwn = isOwnAddress(client.ip), isServerOwn = isOwnAddress(server.ip);
  if (isClientOwn !== isServerOwn && !isGroupAddress(server.ip)) return isClientOwn ? client.ip : server.ip;
  return isOfClient(issue) || isGroupAddress(server.ip) ? client.ip : server.ip;
}

/** An event of type `alert`. */
export function alertDraft(record: unknown): Result<FindingDraft> {
  const alert = at(record, 'alert'), metadata = at(alert, 'metadata'), signature = str(alert, 'signature')?.trim(), sid = str(alert, 'signature_id'), sides = sidesOf(record);
  if (signature === undefined && sid === undefined) return err('alert.signature: missing, and no signature_id');
  if (sides === undefined) return err('src_ip or dest_ip: missing');
  const title = signature ?? `signature ${sid ?? ''}`, category = str(alert, 'category'), attack = techniquesIn(list(metadata, 'mitre_technique_id').map((id) => str(id)));
  const issue = signatureIssue(title, category, [...list(metadata, 'mitre_tactic_id'), ...list(metadata, 'mitre_tactic_name')].flatMap((text) => str(text) ?? []), attack), entity = aboutWhom(record, sides, issue.issue_type);
  const id = [str(record, 'flow_id'), str(alert, 'gid') ?? '1', sid, str(record, 'timestamp'), str(record, 'tx_id'), str(record, 'pcap_cnt'), `${str(record, 'src_ip') ?? ''}:${str(record, 'src_port') ?? ''}`, `${str(record, 'dest_ip') ?? ''}:${str(record, 'dest_port') ?? ''}`];
  return ok({
    source: 'suricata', source_id: id.map((part) => part ?? '').join('|'), kind: 'detection', entity, entity_type: isOwnAddress(entity) ? 'host' : 'ip', aliases: [], ...issue, check_id: sid === undefined ? title : `${str(alert, 'gid') ?? '1'}:${sid}`, title: title.slice(0, 500),
    severity_reported: severityOf(at(alert, 'severity'), str(list(metadata, 'signature_severity')[0])), status: 'open', evidence: evidenceOf(record, sides), discovered: at(record, 'timestamp'), updated: at(record, 'flow', 'end'), time_required: true, attack, compliance: [], ...observed(record, sides),
  });
}

/** Over QUIC and HTTP/2 names lie elsewhere; a query may stand in a list (version 7). */
const nameOf = (record: unknown): string | undefined => str(record, 'http', 'hostname') ?? str(record, 'tls', 'sni') ?? str(record, 'quic', 'sni') ?? str(record, 'dns', 'rrname') ?? str(list(record, 'dns', 'query')[0], 'rrname') ?? str(list(record, 'dns', 'queries')[0], 'rrname');

function observed(record: unknown, { client, server }: { readonly client: Side; readonly server: Side }): Pick<FindingDraft, 'observables'> {
  const file = list(record, 'files')[0] ?? at(record, 'fileinfo');
  const observables = presentObservables({
    src_ip: client.ip, dst_ip: server.ip, port: server.port, protocol: (str(record, 'app_proto') ?? str(record, 'proto'))?.toLowerCase().replace(/^(failed|unknown)$/, str(record, 'proto')?.toLowerCase() ?? ''), domain: nameOf(record)?.split(':')[0]?.toLowerCase(), user_agent: str(record, 'http', 'http_user_agent'),
    file_hash: str(file, 'sha256') ?? str(file, 'sha1') ?? str(file, 'md5'), user: str(record, 'smb', 'ntlmssp', 'user') ?? str(record, 'krb5', 'cname'),
  });
  return observables === undefined ? {} : { observables };
}

function evidenceOf(record: unknown, { client, server }: { readonly client: Side; readonly server: Side }): readonly string[] {
  const side = ({ ip, port }: Side): string => (port === undefined ? ip : ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`), http = at(record, 'http'), metadata = at(record, 'alert', 'metadata');
  return [
    ...evidenceLine('class', str(record, 'alert', 'category')), ...evidenceLine('action', str(record, 'alert', 'action')), `flow: ${side(client)} to ${side(server)}`, ...evidenceLine('request', [str(http, 'http_method'), str(http, 'hostname'), str(http, 'url')].filter((part) => part !== undefined).join(' ')),
    ...evidenceLine('answer', str(http, 'status')), ...evidenceLine('severity of the rule', str(list(metadata, 'signature_severity')[0])), ...evidenceLine('attack target', list(metadata, 'attack_target').flatMap((text) => str(text) ?? []).join(', ')), ...evidenceLine('sensor', str(record, 'host') ?? str(record, 'in_iface')),
  ];
}
