import type { IssueTypeName } from '#shared/model/issue-types.ts';
import { remembered } from './remembered.ts';

/**
 * Words in check ids and titles, most specific first; the first line that matches names the issue. Text is matched in lower case with
 * camelCase, `_`, `-`, `.` and `/` turned into blanks. Words, not check ids, so that a tool's next release is still read.
 */
const rules: readonly (readonly [RegExp, IssueTypeName])[] = [
  [/\b(crypto ?currency|crypto ?min(er|ing)|coin ?min(er|ing)|bitcoin|xmrig)\b/, 'cryptomining'],
  [/\bransom ?ware|\bdata destruction\b/, 'impact'],
  [/\b(denial of service|ddos)\b/, 'denial_of_service'],
  [/\bbrute ?force|password spray/, 'brute_force'],
  [/\bport ?(scan|sweep|probe)|\bnetwork scan/, 'port_scan'],
  [/\bcommand (and|&) control\b|\bc ?& ?c\b|\bc2\b|\bcallback domain|\bbeacon/, 'command_and_control'],
  [/\b(malware|trojan|backdoor|rootkit|web ?shell|spyware)\b/, 'malware'],
  [/\bexfiltrat/, 'data_exfiltration'],
  [/\b(imds ?v?2|imds ?v?1|imdsv[12]|instance metadata|metadata (service )?(v(ersion)? ?1|options)|http tokens?)\b/, 'instance_metadata_v1'],
  [/\bsnapshots?\b.*\b(public|restorable)|\bpublic(ly)?\b.*\bsnapshots?\b|\b(ami|image|document)s?\b.*\b(shared? )?public(ly)?\b|\bpublic (ami|image)s?\b/, 'public_snapshot'],
  [/\broot\b.*\b(mfa|multi factor)|\b(mfa|multi factor( authentication)?|two factor|2fa)\b(?!.*\bdelete)/, 'mfa_disabled'],
  [/\b(root|owner) (user|account)\b.*\b(access keys?|used?|usage|certificates?)|\broot (usage|access key|user|account)|\b(avoid|no|disable) .*\broot\b.*\b(usage|keys?|account|user)\b|\baccess keys?\b.*\broot\b/, 'root_account_use'],
  [/\bpassword (policy|policies|reuse|length|expir\w+|complexity)|\bminimum password\b|\bpassword.*(lower ?case|upper ?case|symbols?|numbers?)\b/, 'weak_password_policy'],
  [/\bprivilege escalation\b|\ballows? .*escalat/, 'privilege_escalation'],
  [/\b(confused deputy|cross account trust|trust(s|ed)? .*(external|any|all|outside|third part)|assume ?role .*(any|external|all|principal)|external(ly)? trust|external id)\b/, 'external_trust'],
  [/\b(hard ?coded|plain ?text|exposed|leaked|embedded|clear ?text) (secrets?|credentials?|passwords?|keys?|tokens?)|hard ?coded (\w+ ){1,3}(secrets?|credentials?|passwords?|keys?|tokens?)\b|\b(secrets?|credentials?|passwords?|api keys?|private keys?) (exposed |found |stored |leaked |detected )?(in|within)\b|\b(asymmetric private key|detect secrets?|no secrets?|secrets in|exposed secrets?|leaked secrets?)\b/, 'secret_exposed'],
  [/\b(access ?keys?|credentials?|certificates?|service account keys?|console (password|access)|users?)\b.*\b(rotat\w+|unused|old|inactive|stale|expir\w+|age|\d+ days)\b|\b(rotat\w+|unused|stale|inactive)\b.*\b(access ?keys?|credentials?|users?|passwords?)\b/, 'stale_credential'],
  [/\b(admin(istrat\w+)? (privileges?|access|permissions?|rights?|roles?)|administrators?access|full admin|over ?(ly )?(permissive|privileged) (iam|role|user|identit\w+|policy|policies|permission\w*)|excessive (permissions?|privileges?)|least privilege|wildcard (actions?|permissions?|policies|policy)|(star|full|wide|all) (privileges|permissions)|iam polic(y|ies) .*(wildcard|\*|too broad)|cluster admin|no policy wildcards?|unused permissions?)\b/, 'overprivileged_identity'],
  [/\b(secure transport|in ?transit|tls|ssl|https|unencrypted (traffic|connections?|transport|listener)|http (listener|to https|only|redirect)|force ssl|cleartext|transport layer)\b/, 'encryption_in_transit_disabled'],
  [/\b(network ?acls?|nacls?)\b|\bdefault (vpc )?(security ?group|sg)\b|\bdefault vpc\b|\begress\b|\boutbound\b/, 'network_misconfiguration'],
  // What leaves is no open port.
  [/^(?!(?!.*\b(?:ingress|inbound)\b).*\b(?:egress|outbound)\b).*(?:\b(security ?groups?|firewalls?|ingress|inbound|nsgs?|network security)\b.*\b(0 0 0 0 0|internet|any|all|public|unrestricted|open|world|ports?|ssh|rdp|wide ?open)\b|\b(unrestricted|open|public|exposed|any source)\b.*\b(ports?|ssh|rdp|ingress|inbound|security ?groups?)\b|\b(ssh|rdp|(?:port|tcp|udp) \d+)\b.*\b(internet|open|public|0 0 0 0 0|any|restricted|exposed)\b|\bno public ingress\b)/, 'open_port'],
  [/\bpublic (ip|ipv4|address|ips)\b|\bauto assign(ed)? public|\bassociate public|\bmap public ip/, 'public_ip'],
  [/\b(versioning|mfa delete|deletion ?protection|delete ?protection|object ?lock|soft delete|purge protection|termination protection)\b/, 'versioning_disabled'],
  [/\b(back ?ups?|point in time recovery|pitr|backup retention|recovery plan)\b/, 'backup_disabled'],
  [/\b(encrypt(ion|ed)?|unencrypted|kms key|cmk|customer (managed )?(master )?keys?|sse)\b/, 'encryption_disabled'],
  [/\b(logs?|logging|audit (trail|log\w*)|flow logs?|cloud ?trail|activity log|data events?|access log\w*|log retention|diagnostic settings?)\b/, 'logging_disabled'],
  [/\b(sensitive data|personal data|pii|phi|pci data|data classification|sensitive information)\b/, 'sensitive_data_exposure'],
  [/\bcross account\b|\b(other|another|external) accounts?\b|\bshared with\b/, 'cross_account_access'],
  [/\b(public(ly)?|anonymous(ly)?|internet facing|world (readable|writable)|block public|all users|allusers|everyone|authenticated ?users|anyone|public access|unauthenticated access)\b/, 'public_access'],
  [/\b(wildcard|full access|too (broad|permissive)|broad permissions?|overly permissive|excessive)\b/, 'overprivileged_identity'],
  [/\b(privileged( container)?|host (pid|ipc|network|path|process|port)|hostpath|hostpid|hostipc|hostnetwork|docker sock|sys admin|allow privilege escalation|allowprivilegeescalation|privilege escalation container)\b/, 'privileged_container'],
  [/\b(run ?as ?non ?root|run ?as ?root|runs as root|root user|read ?only root|root ?file ?system|seccomp|app ?armor|capabilit(y|ies)|security ?context|resource limits?|(cpu|memory) (limits?|requests?)|limits? (cpu|memory)|liveness|readiness|service account token|image tag|latest tag|host ?aliases|uid|gid|default namespace|low (user|group) id)\b/, 'workload_misconfiguration'],
  [/\b(end of life|eol|end of support|deprecated|obsolete|unsupported|outdated|no longer supported)\b/, 'end_of_life'],
  [/\b(patch(es|ed|ing)?|missing updates?|security updates?|minor version|auto upgrade)\b/, 'patch_missing'],
  [/\b(cve \d{4} \d+|ghsa |vulnerab(le|ility|ilities)(?! (alerts?|analysis|scan(s|ning)?|assessments?)\b)|software update)\b/, 'vulnerable_package'],
  [/\blicen[cs]e\b/, 'license_violation'],
];

/**
 * The taxonomy's word for a posture or compliance check, from the words in its id and title (detections: only the unmistakable ones).
 * @param texts the check id first, then its title and type, best first: an earlier text that matches wins over a later one.
 * @returns undefined when nothing matches: the caller then keeps the tool's own id with `issue_mapped: false`.
 */
export function classifyIssue(...texts: readonly (string | undefined)[]): IssueTypeName | undefined {
  for (const text of texts) {
    const [found] = text === undefined || text === '' ? [] : issuesIn(text.slice(0, LONGEST));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Most characters of a text that are looked at. */
export const LONGEST = 300;

/** Every issue that the words of a text can mean, the one that it is taken for first. */
export const issuesIn = remembered((text: string): readonly IssueTypeName[] => {
  const words = issueWords(text);
  return rules.filter(([pattern]) => pattern.test(words)).map(([, issue]) => issue);
});

/** Text as the rules see it: lower case, camelCase and punctuation turned into blanks. */
export const issueWords = (text: string): string => text.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase().replaceAll(/[^a-z0-9&*]+/g, ' ');
