import { issueTypes, type IssueType, type IssueTypeName } from '#shared/model/issue-types.ts';
import { issuesIn, issueWords, LONGEST } from './classify-issue.ts';
import { remembered } from './remembered.ts';

/**
 * Wordings of cloud posture checks (Prowler, Security Hub, Config, Wiz) that the general words would misread, most specific first.
 * They are looked at before the general rules and are matched on the same normalized words.
 */
const rules: readonly (readonly [RegExp, IssueTypeName])[] = [
  // AWS Config's names of rules, and Prowler's of Azure, Google Cloud, Kubernetes, Microsoft 365 and GitHub, whose words mean something else elsewhere.
  [/\brestricted (ssh|common ports|incoming traffic)\b|\bopen only to authorized ports\b|\b(jit|just in time) access\b/, 'open_port'],
  [/\bunused (iam ?)?(roles?|permissions?)\b/, 'overprivileged_identity'],
  [/\benv ?var awscred\b|\brisk credentials? exposed\b/, 'secret_exposed'],
  [/\bnot scheduled for deletion\b|\bsecurity ?md\b|\b(container|vulnerability) analysis\b|\b(vulnerability|dependency|secret|container) scan(ning)?\b.*\b(enabled|on)\b/, 'misconfiguration'],
  [/\bcontainers? non ?privileged\b|^(?!.*\b(iam|polic\w+|roles?)\b).*\ballow privilege escalation\b/, 'privileged_container'],
  [/\buser for host mode\b|\b(containers?|pods?|images?|tasks?|workloads?)\b.*\b(runs?|running) as (the )?root\b|^runs as (the )?root\b/, 'workload_misconfiguration'],
  [/\bauthorized vpc only\b|\bunrestricted route\b|\bnetwork polic(y|ies)\b.*\b(enabled|configured)\b|\binvalid (http )?headers\b|\bauthorized networks\b|\bip aliasing\b|\bprivate endpoints?\b|\bdefault network access\b|\brestrict network access\b|\bip forwarding\b|\bdns ?sec\b|\bserial ports?\b|\bbind address\b|\battached to eni\b|\ballow access services\b/, 'network_misconfiguration'],
  [/\b(defender|guard ?duty)\b.*\bis on\b|\bapp(lication)? ?insights?\b.*\bconfigured\b|\bnetwork watcher\b|\baudit bypass\b/, 'logging_disabled'],
  [/\blicense footprint\b|\bowner custom\b|\bdefault service accounts?\b|\bservice roles at project\b|\b(minimize|restrict) pod creation\b|\bblocked kms actions\b/, 'overprivileged_identity'],
  [/\b(external|guest)( \w+)* (sharing|access)\b/, 'cross_account_access'],
  [/\bos login\b|\bproject wide ssh keys?\b|\bshielded vm\b|\bmanaged disks\b|\brbac\b.*\benabled\b|\blegacy authentication\b|\bsecurity contacts?\b|\bsecurity contact information\b|\bbranch (protection|delete)\b|\bsigned commits\b|\bcode ?owners\b|\balways pull images\b|\bnode restriction\b|\bprofiling\b|\buniform bucket level\b|\bassociation compliance\b|\b(no inline|user no) polic(y|ies)\b|\bgroup has users\b|\brequired tags\b|\bshould be tagged\b|\bstopped instance\b|\bdefault root object\b|\bkey expiration set\b|(?<!\broot .*)\bkeys? exists?\b$|\bdescription for (auditability|security groups?)\b|\bx ray tracing\b|\bhas a source arn\b|\bimages? scans disabled\b|\btags\b.*\bmutable\b|\bpassword authentication\b|\bvulnerability alerts\b/, 'misconfiguration'],
  // Recommendations of Defender for Cloud.
  [/\b(azure|microsoft) defender for\b.*\benabled\b/, 'logging_disabled'], [/\bprotected by azure firewall\b|\bprivate link\b|\bnetwork access using virtual network rules\b/, 'network_misconfiguration'], [/\bmanagement ports\b.*\bclosed\b/, 'open_port'],
  [/\bshould be versioned\b/, 'versioning_disabled'], [/\blegacy metadata\b/, 'instance_metadata_v1'], [/\bplain http\b|\bover secure connections\b/, 'encryption_in_transit_disabled'], [/\bload balancers? (is|are) exposed\b/, 'public_access'],
  [/\bpolicy grantee\b/, 'cross_account_access'], [/\bbucket replication\b/, 'backup_disabled'],
  [/\blog metric filter\b|\bcloudwatch changes to\b|\balarm\b.*\b(exists?|configured)\b|\bcloudtrail threat detection\b/, 'logging_disabled'],
  [/\b(guard ?duty|security ?hub|access ?analyzer|macie|inspector2?|detective|aws config|config recorder|config configuration recorder)\b.*\b(enabled|managed|recording|protection)\b/, 'logging_disabled'],
  [/\bshadow resource\b|\bacl(s)? (prohibited|should not be used)\b|\bcors\b|\bsubdomain takeover\b|\bscan(ning)? (images )?on push\b|\bimage scanning\b/, 'misconfiguration'],
  [/\bpolic(y|ies)\b.*\battached only to groups?\b|\busers should not have iam policies attached\b|\bgranted directly to users\b/, 'misconfiguration'],
  [/\bkms\b.*\bpublic(ly)?\b|\bcloud ?trail\b.*\bbucket\b.*\bpublic(ly)?\b|\bbucket\b.*\bcloud ?trail\b.*\bpublic(ly)?\b|\bssm documents?\b.*\bpublic\b/, 'public_access'],
  [/\b(kms|cmks?|customer (created|managed) (cmks?|keys?))\b.*\b(rotation|rotated|deleted unintentionally|not deleted|multi region|are used)\b|\brotation for customer\b|\bkey rotation should be enabled\b/, 'misconfiguration'],
  // What lies in it ("with backups") is not what is wrong with it.
  [/^(?!.*\bsensitive\b).*\bpublicly (exposed|accessible|readable) (\w+ )?(buckets?|containers?|storage)\b/, 'public_access'],
  [/\bmfa delete\b/, 'versioning_disabled'],
  [/\bvaults? encrypted\b/, 'encryption_disabled'],
  [/\bwaf\w*\b.*\blogging\b/, 'logging_disabled'],
  [/\bexcessive port access\b/, 'network_misconfiguration'],
  [/\bpolicies\b.*\bstatement s actions\b/, 'overprivileged_identity'],
  [/\bprincipals in account to assume\b/, 'external_trust'],
  [/\bshield advanced\b/, 'network_misconfiguration'],
  [/\b(restrict )?access to other aws accounts\b/, 'cross_account_access'],
  [/\bsnapshots? should be private\b/, 'public_snapshot'],
  [/\btrust relationship\b|\bpermissive role assumption\b|\bcross account read ?only ?access\b|\b(can be )?assumed by (an? )?(third|3rd|any|external|other)\b/, 'external_trust'],
  [/\btrust boundaries\b/, 'cross_account_access'],
  [/\bno full access to\b|\bcloudshell (admin|full access)|\bdecrypt(ion)? actions on all\b|\bfull api access\b|\bpermissions that contain wildcards?\b|\bwildcard use\b|\b(high|admin\w*) privileg\w*\b|\bprivileges to (create|get|list|bind|escalate)\b/, 'overprivileged_identity'],
  [/\bsecurity ?groups?\b.*\b(not (being )?used|launch wizard|default restrict|many ingress)\b|\b(unused|default) (\w+ )?(security groups?|network (access control lists?|acls?))\b/, 'network_misconfiguration'],
  // Trivy's and tfsec's: "an inbound network security rule allows traffic from /0".
  [/^(?!.*\b(egress|outbound|acls?)\b).*\b(ingress|inbound)\b.*\b(traffic|access|ports?) from 0\b/, 'open_port'],
  [/\bport \w+( \w+)? exposed to (the )?internet\b|\bunrestricted inbound\b|\bports? [\d ]+ .*\binternet\b/, 'open_port'],
  [/\bsecrets? (in )?user data\b|\b(environment|env) (variables?|secrets?)\b.*\b(secrets?|credentials?|keys?)\b|\bsecrets\b.*\benvironment\b|\bno environment secrets\b|\bfind secrets\b|\bdocument secrets\b|\bclear ?text\b.*\b(keys?|credentials?|secrets?|passwords?)\b|\bsensitive credentials\b/, 'secret_exposed'],
  [/\bclear ?text (transfer|traffic)\b|\ballow(s|ing) clear ?text\b|\blisten(s|ing)? on http\b|\btransport encrypted\b|\bnode to node encryption\b|\bsent between nodes\b|\bsecure transfer\b/, 'encryption_in_transit_disabled'],
  [/\bcertificates?\b.*\b(expir\w+|renewed|removed)\b|\bexpired\b.*\bcertificates?\b|\btwo active access keys?\b|\b(initial access key|access keys? during initial)\b|\bsecrets? ?manager\b.*\b(rotat\w+|unused)\b|\bunused secrets? ?manager\b/, 'stale_credential'],
  [/\broot credentials management\b|\broot usage\b/, 'root_account_use'],
  [/\bsupported (runtimes?|kubernetes|version|versions|engine)\b|\b(using|uses a) supported\b|\bextended support\b/, 'end_of_life'],
  [/\breadonly access\b|\bread only access to root\b|\bhost namespace\b|\bnetworking modes and user definitions\b|\badded capabilities\b/, 'workload_misconfiguration'],
  [/\b(control plane|cluster|api server) endpoint\b|\bprivate nodes\b|\bkafka\b.*\bunrestricted access\b/, 'public_access'],
  [/\bshodan\b/, 'public_ip'],
  [/\bdirect internet access\b|\bpublic subnet\b|\bseparate private public\b|\b(inside|in|deployed in) (a )?vpc\b|\bwaf\b|\bpeering routing\b|\bauto(matically)? accept vpc\b|\buse vpc endpoints\b/, 'network_misconfiguration'],
  [/\b(high|critical)( \w+)* (network )?vulnerabilit(y|ies)\b|\bwith (a )?(known )?exploit|\blog4shell\b|\bactive findings exist\b/, 'vulnerable_package'],
  [/\bunusual\b|\banomal\w+\b|\bpreviously unseen\b/, 'anomalous_behavior'],
];

/** Every issue that the words can mean, the one that they are taken for first. */
const issuesOf = remembered((text: string): readonly IssueTypeName[] => {
  const words = issueWords(text);
  return [...rules.filter(([pattern]) => pattern.test(words)).map(([, issue]) => issue), ...issuesIn(text)];
});

/** Where the words come from that tell an issue, surest first. */
export interface IssueTexts {
  /** The tool's id of the check, and words of fixed lists (types). */
  readonly ids: readonly (string | undefined)[];
  /** What the tool calls the check wherever it finds it: its rule's name, not written for this finding. */
  readonly rule?: readonly (string | undefined)[];
  /** Written for this finding: with names of resources, addresses, programs, whatever others chose. */
  readonly free?: readonly (string | undefined)[];
}
export interface IssueFields { readonly issue_type: string; readonly issue_mapped: boolean; readonly issue_guessed?: true }

/**
 * The issue of a cloud posture check: first by the wordings above, then by the general words. What only free text tells, or the name of a rule that can
 * mean several causes, is a guess (`issue_guessed`): whoever chooses such words must not choose what is asked.
 * @param own the tool's own check id, kept with `issue_mapped: false` when nothing matches.
 */
export function cloudIssue(own: string, texts: IssueTexts): IssueFields {
  const [byId] = meant(texts.ids);
  if (byId !== undefined) return { issue_type: byId, issue_mapped: true };
  const byRule = meant(texts.rule ?? []), issue = byRule.find(asks) ?? byRule[0] ?? mostAsking(meant(texts.free ?? []));
  if (issue === undefined) return { issue_type: own, issue_mapped: false };
  const isClear = new Set(byRule.map((name) => issueTypes[name].family)).size === 1;
  return isClear ? { issue_type: issue, issue_mapped: true } : { issue_type: issue, issue_mapped: true, issue_guessed: true };
}

/** Of what free text can mean, that which asks for most evidence: a word more, such as a resource's name, must not hide what is meant. */
const ASKING: readonly IssueType['plan'][] = ['public_access', 'open_port', 'overprivileged_identity', 'vulnerable_package', 'configuration', 'detection'];
const mostAsking = (names: readonly IssueTypeName[]): IssueTypeName | undefined => names.toSorted((a, b) => ASKING.indexOf(issueTypes[a].plan) - ASKING.indexOf(issueTypes[b].plan))[0];

/** A rule's name that also names a setting is about what can be reached or done. */
const asks = (name: IssueTypeName): boolean => !['configuration', 'detection'].includes(issueTypes[name].plan);

/** What the first text means that means anything. */
function meant(texts: readonly (string | undefined)[]): readonly IssueTypeName[] {
  for (const text of texts) {
    const found = text === undefined || text === '' ? [] : issuesOf(text.slice(0, LONGEST));
    if (found.length > 0) return found;
  }
  return [];
}
