/** What the place of a file in a dump says: the call that wrote it, what the call was about, account and region of the folder. */
export interface PathHints { readonly call?: string; readonly subject?: string; readonly account?: string; readonly region?: string }

/** Calls whose answer does not name what it is about. */
const calls = [
  'get-bucket-policy-status', 'get-bucket-policy', 'get-bucket-acl', 'get-public-access-block', 'get-bucket-ownership-controls', 'get-bucket-location', 'get-bucket-encryption', 'get-bucket-versioning', 'get-bucket-logging', 'get-bucket-website', 'get-bucket-tagging', 'get-object-acl',
  'get-access-point-policy', 'get-trail-status', 'get-key-policy', 'get-layer-version-policy', 'get-vault-access-policy', 'get-backup-vault-access-policy', 'get-container-policy', 'get-domain-permissions-policy', 'get-repository-permissions-policy', 'get-cluster-policy', 'get-email-identity-policies', 'get-identity-policies', 'describe-document-permission', 'list-grants', 'get-policy-version', 'get-policy', 'get-resource-policy', 'get-repository-policy', 'get-role-policy', 'get-user-policy', 'get-group-policy',
  'list-attached-role-policies', 'list-attached-user-policies', 'list-attached-group-policies', 'list-groups-for-user', 'list-access-keys', 'list-targets-for-policy', 'list-policies-for-target', 'list-parents', 'list-children', 'list-accounts-for-parent',
  'list-organizational-units-for-parent', 'get-managed-prefix-list-entries', 'search-transit-gateway-routes', 'get-transit-gateway-route-table-associations', 'get-transit-gateway-route-table-propagations',
  'describe-load-balancer-attributes', 'describe-target-health', 'describe-snapshot-attribute', 'describe-image-attribute', 'get-resources', 'get-method', 'get-routes', 'get-integrations', 'list-function-url-configs', 'get-stages', 'get-rest-api', 'get-queue-attributes', 'get-topic-attributes',
] as const;
/** A key's id may end in twelve digits that are no account. */
const uuid = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
const region = /^(af|ap|ca|cn|eu|eusc|il|me|mx|sa|us)(-[a-z]+)+-\d$/;

/**
 * Reads a path of the two layouts in use: `account-data/<account>/<region>/<service>-<call>.json` with a folder for calls that are made once a
 * resource (`s3-get-bucket-policy/<bucket>`, names URL-encoded), and files named anyhow, maybe `get-bucket-policy-<bucket>.json`.
 */
export function readPath(path: string): PathHints {
  const segments = path.replaceAll('\\', '/').split('/').slice(-7).map(decode);
  const last = segments.length - 1;
  const account = segments.findLast((s, i) => i < last && /^\d{12}$/.test(s)) ?? /(?:^|\D)(\d{12})(?:\D|$)/.exec((segments[last] ?? '').replace(uuid, ''))?.[1];
  const found = segments.findLast((s, i) => i < last && region.test(s));
  const inName = found ?? (segments[last] ?? '').split(/[_.]/).find((s) => region.test(s));
  const call = callIn(segments);
  return { ...call, ...(account !== undefined && { account }), ...(inName !== undefined && { region: inName }) };
}

function callIn(segments: readonly string[]): { readonly call?: string; readonly subject?: string } {
  for (let i = segments.length - 1; i >= 0; i--) {
    const segment = segments[i] ?? '';
    const name = i === segments.length - 1 ? segment.replace(/\.(json|txt)$/i, '') : segment;
    const call = calls.find((c) => name.replaceAll('_', '-').toLowerCase().includes(c));
    if (call === undefined) continue;
    const end = name.replaceAll('_', '-').toLowerCase().indexOf(call) + call.length;
    const service = name.slice(0, end - call.length).replace(/[-_.]+$/, '');
    const rest = [name.slice(end).replace(/^[-_.=@]+/, ''), ...segments.slice(i + 1)].filter((s) => s !== '').join('/').replace(/\.json$/i, '');
    return { call: service === '' ? call : `${service}:${call}`, ...(rest !== '' && { subject: rest }) };
  }
  return {};
}

function decode(segment: string): string {
  try { return decodeURIComponent(segment); } catch { return segment; }
}
