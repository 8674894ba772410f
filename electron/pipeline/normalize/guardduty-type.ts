import type { FindingKind } from '#shared/model/finding.ts';
import type { IssueTypeName } from '#shared/model/issue-types.ts';
import { remembered } from './remembered.ts';

export interface DetectionMeaning {
  readonly issue: IssueTypeName | undefined;
  readonly kind: FindingKind;
  /** ATT&CK techniques that the finding type stands for, where that is well known. */
  readonly attack: readonly string[];
}

/**
 * GuardDuty's finding types, `ThreatPurpose:ResourceTypeAffected/ThreatFamilyName.DetectionMechanism!Artifact` (GuardDuty user guide,
 * "Finding types"), most specific first: pattern on the whole type, issue, ATT&CK techniques.
 */
const types: readonly (readonly [RegExp, IssueTypeName, readonly string[]])[] = [
  [/^AttackSequence:/, 'attack_sequence', []],
  [/CryptoMin|Bitcoin|^CryptoCurrency:/, 'cryptomining', ['T1496']],
  [/DenialOfService/, 'denial_of_service', ['T1498']],
  [/BruteForce|FailedLogin/, 'brute_force', ['T1110']],
  [/CredentialExfiltration/, 'credential_exfiltration', ['T1552.005', 'T1078.004']],
  [/MetadataDNSRebind/, 'credential_access', ['T1552.005']],
  [/DNSDataExfiltration/, 'data_exfiltration', ['T1048']],
  [/TransferDataToCloudAccount/, 'data_exfiltration', ['T1537']],
  [/^Exfiltration:S3/, 'data_exfiltration', ['T1530']],
  [/^Exfiltration:/, 'data_exfiltration', []],
  [/PortProbe/, 'port_scan', ['T1595.001']],
  [/Port(scan|sweep)/i, 'port_scan', ['T1046']],
  [/Malicious(File|Software)|^Object:|Malware|^Backdoor:.*(Spambot|XORDDOS)|SuspiciousFile/, 'malware', []],
  [/ReverseShell/, 'execution', ['T1059']],
  [/DGADomainRequest/, 'command_and_control', ['T1568.002']],
  [/C&CActivity.*!DNS/, 'command_and_control', ['T1071.004']],
  [/C&CActivity|DropPoint|BlackholeTraffic|(Abused|Malicious|Suspicious)DomainRequest/, 'command_and_control', ['T1071']],
  [/PhishingDomainRequest/, 'malware', ['T1566']],
  [/DriveBySourceTraffic/, 'malware', ['T1189']],
  [/TorRelay|TorClient/, 'command_and_control', ['T1090.003']],
  [/ConsoleLogin/, 'suspicious_login', ['T1078.004']],
  [/^(?!Discovery).*:RDS\/.*(SuccessfulLogin|IPCaller)/, 'suspicious_login', ['T1078']],
  // Who comes in from Tor has reached the host, and no more is told; to an address of a list the host goes itself.
  [/^UnauthorizedAccess:EC2\/TorIPCaller/, 'anomalous_behavior', ['T1090.003']],
  [/^UnauthorizedAccess:(EC2|Lambda|ECS|Runtime)\/.*IPCaller/, 'command_and_control', ['T1071']],
  [/^UnauthorizedAccess:.*IPCaller/, 'suspicious_login', ['T1078.004']],
  [/ExploitPublicFacingApplication/, 'public_access', ['T1190']],
  [/^InitialAccess:/, 'suspicious_login', ['T1078.004']],
  [/^Policy:IAMUser\/.*RootCredentialUsage/, 'root_account_use', ['T1078.004']],
  [/^Policy:S3\/.*(PublicAccess|AnonymousAccess|BlockPublicAccess)/, 'public_access', []],
  [/^Policy:Kubernetes\/.*(ExposedDashboard|DashboardExposed|AnonymousAccessGranted)/, 'public_access', []],
  [/^Policy:Kubernetes\/AdminAccess/, 'overprivileged_identity', []],
  [/^Policy:/, 'policy_violation', []],
  [/(Stealth|DefenseEvasion):.*(CloudTrailLoggingDisabled|LoggingConfigurationModified|ServerAccessLoggingDisabled|LoggingDisabled)/, 'defense_evasion', ['T1562.008']],
  [/^DefenseEvasion:Runtime\/(ProcessInjection|PtraceAntiDebugging)/, 'defense_evasion', ['T1055']],
  [/^DefenseEvasion:Runtime\/Fileless/, 'defense_evasion', ['T1620']],
  [/^DefenseImpairment:.*\/DisableOrModifyTools/, 'defense_evasion', ['T1562']],
  [/^(Stealth|DefenseEvasion|DefenseImpairment):/, 'defense_evasion', []],
  [/^PrivilegeEscalation:(Runtime\/.*(Container|CGroups|RuncContainerEscape|DockerSocket)|Kubernetes\/.*(PrivilegedContainer|ContainerWithSensitiveMount))/, 'privilege_escalation', ['T1611']],
  [/^PrivilegeEscalation:IAMUser/, 'privilege_escalation', ['T1098', 'T1078.004']],
  [/^PrivilegeEscalation:.*AccountManipulation/, 'privilege_escalation', ['T1098']],
  [/^PrivilegeEscalation:/, 'privilege_escalation', []],
  [/^Persistence:IAM(User)?\//, 'persistence', ['T1098']],
  [/^Persistence:/, 'persistence', []],
  [/^CredentialAccess:Kubernetes/, 'credential_access', ['T1552.007']],
  [/^CredentialAccess:/, 'credential_access', ['T1552']],
  [/^Discovery:S3/, 'reconnaissance', ['T1619']],
  [/^Discovery:RDS/, 'reconnaissance', []],
  [/^(Discovery|Recon):IAMUser/, 'reconnaissance', ['T1580', 'T1087.004']],
  [/^Discovery:Kubernetes/, 'reconnaissance', ['T1613']],
  [/^(Discovery|Recon):/, 'reconnaissance', []],
  [/^Execution:Kubernetes\/ExecIn/, 'execution', ['T1609']],
  [/^Execution:/, 'execution', []],
  [/^Impact:(S3|IAMUser)/, 'impact', ['T1485']],
  [/^(Impact|ResourceConsumption):/, 'impact', []],
  [/^LateralMovement:.*RemoteServices/, 'lateral_movement', ['T1021']],
  [/^LateralMovement:/, 'lateral_movement', []],
  [/^Collection:/, 'data_exfiltration', []],
  [/^CommandAndControl:/, 'command_and_control', ['T1071']],
  [/^Reconnaissance:/, 'reconnaissance', []],
  [/^Backdoor:/, 'command_and_control', ['T1071']],
  [/^Trojan:/, 'malware', []],
  [/^(PenTest|Behavior|UnauthorizedAccess|ResourceDevelopment):/, 'anomalous_behavior', []],
];

/** GuardDuty's own purposes, and the tactics by which its custom detection rules name theirs (`Tactic:Service/Technique`). */
const purposes = /^(AttackSequence|Backdoor|Behavior|Collection|CommandAndControl|CredentialAccess|CryptoCurrency|DefenseEvasion|DefenseImpairment|Discovery|Execution|Exfiltration|Impact|InitialAccess|LateralMovement|Object|PenTest|Persistence|Policy|PrivilegeEscalation|Recon|Reconnaissance|ResourceConsumption|ResourceDevelopment|Stealth|Trojan|UnauthorizedAccess):[\w-]+\/.+/;

/** Tells whether a text is a GuardDuty finding type, e.g. `Recon:EC2/PortProbeUnprotectedPort` (Wiz and others repeat them as rule names). */
export const isGuarddutyType = (text: string | undefined): text is string => text !== undefined && purposes.test(text);

/** What a GuardDuty finding type means. A finding that reports a configuration (public bucket, root in use) is posture, the rest detections. */
export const guarddutyMeaning = remembered((type: string): DetectionMeaning => {
  const found = types.find(([pattern]) => pattern.test(type.slice(0, 200)));
  const isPosture = found !== undefined && ['public_access', 'overprivileged_identity'].includes(found[1]);
  return { issue: found?.[1], kind: isPosture ? 'posture' : 'detection', attack: found?.[2] ?? [] };
});

/**
 * The type as GuardDuty and Macie themselves write it, from its form in ASFF's `Types` (`TTPs/…/Backdoor:EC2-C&CActivity.B!DNS`; of a sequence
 * `TTPs/AttackSequence:IAM/CompromisedCredentials`) or in OCSF's, which is its own.
 */
export function typeFromAsff(asffType: string): string | undefined {
  const last = /(?:^|\/)([A-Za-z]+:\w.*)$/.exec(asffType.slice(0, 300))?.[1];
  return last === undefined ? undefined : last.replace(/^([A-Za-z]+:\w+)-/, '$1/');
}
