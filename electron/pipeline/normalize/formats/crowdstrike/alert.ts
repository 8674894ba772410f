import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { FindingDraft, Observables } from '#shared/model/finding.ts';
import { presentObservables } from '../../action-observables.ts';
import { techniquesIn } from '../alerts/attack.ts';
import { evidenceLine } from '../alerts/evidence-line.ts';
import { firstTime } from '../alerts/first-time.ts';
import { cloudSubject, hostSubject, isSystemAccount, userSubject, type Subject } from '../alerts/subject.ts';
import { dispositionLine, withFile } from './detect.ts';
import { deviceSubject, falconIssue, falconSeverity, falconStatus, type Tactic } from './meaning.ts';

/** `composite_id` is `<customer>:ind:…`; the first version had the part behind the customer as `id`. */
export const isAlert = (item: unknown): boolean => (str(item, 'composite_id') !== undefined || /^(ind|ldt):/.test(str(item, 'id') ?? '')) && (str(item, 'product') ?? str(item, 'pattern_id') ?? str(item, 'severity') ?? str(item, 'display_name')) !== undefined;

/** An alert of any of Falcon's products: of a host (`epp`), an identity (`idp`), a cloud, or what an indicator or rule matched. */
export function alertDraft(item: unknown): Result<readonly FindingDraft[]> {
  const id = str(item, 'composite_id') ?? str(item, 'id'), title = str(item, 'display_name') ?? str(item, 'name') ?? str(item, 'scenario') ?? str(item, 'description');
  if (id === undefined) return err('composite_id: missing');
  if (title === undefined) return err('display_name: missing, and no name');
  const about = subjectOf(item);
  if (about === undefined) return err('device: missing, and neither a user nor a resource is named');
  const tactics = tacticsOf(item), attack = techniquesIn(tactics.map(({ techniqueId }) => techniqueId)), description = str(item, 'description'), check = str(item, 'name') ?? str(item, 'pattern_id') ?? title, observables = observablesOf(item), { account, region, ...entity } = about;
  const words = [str(item, 'resolution'), ...list(item, 'tags').map((tag) => str(tag))].flatMap((word) => word ?? []);
  return ok([{
    source: 'crowdstrike', source_id: id, kind: 'detection', ...entity, ...falconIssue(check, title, str(item, 'scenario'), tactics, attack), check_id: check, title: withFile(title, str(item, 'filename')), ...(description !== undefined && { description }),
    severity_reported: falconSeverity(str(item, 'severity_name'), at(item, 'severity')), status: at(item, 'show_in_ui') === false ? 'suppressed' : falconStatus(str(item, 'status'), words), evidence: evidenceOf(item, words, tactics),
    ...(account !== undefined && { account }), ...(region !== undefined && { region }), discovered: firstTime(at(item, 'context_timestamp'), at(item, 'start_time'), at(item, 'timestamp'), at(item, 'created_timestamp')),
    updated: firstTime(at(item, 'end_time'), at(item, 'timestamp'), at(item, 'updated_timestamp')), attack, compliance: [], ...(observables && { observables }),
  }]);
}

function tacticsOf(item: unknown): readonly Tactic[] {
  const of = (raw: unknown): Tactic => ({ tactic: str(raw, 'tactic'), tacticId: str(raw, 'tactic_id'), technique: str(raw, 'technique'), techniqueId: str(raw, 'technique_id') });
  const listed = list(item, 'mitre_attack').filter(isObject).slice(0, 50).map(of);
  return listed.length > 0 ? listed : [of(item)];
}

function subjectOf(item: unknown): Subject | undefined {
  const name = str(item, 'source_account_name') ?? str(item, 'user_name'), domain = str(item, 'source_account_domain'), user = userSubject([str(item, 'source_account_upn'), name !== undefined && domain !== undefined && !name.includes('@') ? `${domain}\\${name}` : name, name, str(item, 'source_account_object_guid'), str(item, 'source_account_object_sid') ?? str(item, 'user_id')]);
  const device = deviceSubject(at(item, 'device'), { id: str(item, 'agent_id') }), cloud = resourceOf(item);
  if (cloud !== undefined) return cloud;
  if (str(item, 'product') === 'idp') return user ?? device ?? hostSubject({ names: [str(item, 'source_endpoint_host_name') ?? str(item, 'target_endpoint_host_name')], addresses: [str(item, 'source_endpoint_address_ip4') ?? str(item, 'source_endpoint_ip_address')] });
  return device ?? hostSubject({ names: [str(list(item, 'host_names')[0]) ?? str(item, 'source_endpoint_host_name')], ids: [str(list(item, 'agent_ids')[0])] }) ?? user ?? userSubject([str(list(item, 'user_names')[0])]);
}

/** Of a cloud's alert the resource, else the account. */
function resourceOf(item: unknown): Subject | undefined {
  const provider = (str(item, 'cloud_provider') ?? str(item, 'cloud_platform'))?.toLowerCase(), account = str(item, 'cloud_account_id') ?? str(item, 'account_id'), id = str(item, 'resource_id') ?? str(item, 'asset_id') ?? account;
  if (provider === undefined || id === undefined) return undefined;
  return cloudSubject({ provider, id, type: str(item, 'resource_type') ?? str(item, 'asset_type') ?? (id === account ? 'account' : undefined), name: str(item, 'resource_name'), scope: { account, region: str(item, 'cloud_region') ?? str(item, 'region') } });
}

function observablesOf(item: unknown): Observables | undefined {
  const user = str(item, 'source_account_upn') ?? str(item, 'user_name') ?? str(item, 'source_account_name'), network = list(item, 'network_accesses')[0], isInbound = /inbound/i.test(str(network, 'connection_direction') ?? '');
  return presentObservables({
    user: user === undefined || isSystemAccount(user) ? undefined : user, host: str(item, 'device', 'hostname') ?? str(item, 'source_endpoint_host_name'), process: str(item, 'cmdline') ?? str(item, 'filepath') ?? str(item, 'filename'),
    src_ip: str(item, 'source_endpoint_address_ip4') ?? str(item, 'source_endpoint_ip_address') ?? str(item, 'source_ip') ?? (isInbound ? str(network, 'remote_address') : undefined), dst_ip: network !== undefined && !isInbound ? str(network, 'remote_address') : undefined,
    file_hash: str(item, 'sha256') ?? str(item, 'sha1') ?? str(item, 'md5'), country: str(item, 'location_country_code')?.toUpperCase(), domain: /domain/i.test(str(item, 'ioc_type') ?? '') ? str(item, 'ioc_value') : undefined,
  });
}

function evidenceOf(item: unknown, words: readonly string[], tactics: readonly Tactic[]): readonly string[] {
  return [
    ...evidenceLine('detected by', list(item, 'source_products').flatMap((name) => str(name) ?? []).join(', ') || str(item, 'product')), ...evidenceLine('status', str(item, 'status')), ...evidenceLine('tags', words.join(', ')),
    ...tactics.slice(0, 10).flatMap(({ tactic, technique }) => evidenceLine('behavior', [tactic, technique].filter((word) => word !== undefined).join(': '))), ...evidenceLine('command', str(item, 'cmdline')), ...evidenceLine('parent', str(item, 'parent_details', 'cmdline')),
    ...(str(item, 'pattern_disposition_description') === undefined ? dispositionLine(at(item, 'pattern_disposition_details')) : evidenceLine('action', str(item, 'pattern_disposition_description'))),
    ...evidenceLine('target', str(item, 'target_endpoint_host_name') ?? str(item, 'target_account_name')), ...evidenceLine('address', str(item, 'falcon_host_link')),
  ];
}
