import { accessAnalyzer } from './access-analyzer.ts';
import { asff } from './asff.ts';
import { awsConfigRules } from './aws-config-rules.ts';
import { azureActivity } from './azure-activity.ts';
import { burp } from './burp.ts';
import { checkov } from './checkov.ts';
import { cloudtrail } from './cloudtrail.ts';
import { crowdstrike } from './crowdstrike.ts';
import { defenderCloud } from './defender-cloud.ts';
import { elastic } from './elastic.ts';
import { dependencyCheck } from './dependency-check.ts';
import { entraAudit } from './entra-audit.ts';
import { entraSignIn } from './entra-signin.ts';
import { falco } from './falco.ts';
import { gcpAudit } from './gcp-audit.ts';
import { gcpScc } from './gcp-scc.ts';
import { githubAlerts } from './github-alerts.ts';
import { githubAudit } from './github-audit.ts';
import { gitleaks } from './gitleaks.ts';
import { gitlab } from './gitlab.ts';
import { googleAlertCenter } from './google-alert-center.ts';
import { googleWorkspace } from './google-workspace.ts';
import { grype } from './grype.ts';
import { guardduty } from './guardduty.ts';
import { inspector } from './inspector.ts';
import { k8sAudit } from './k8s-audit.ts';
import { kics } from './kics.ts';
import { kubeBench } from './kube-bench.ts';
import { kubescape } from './kubescape.ts';
import { macie } from './macie.ts';
import { msGraphAlerts } from './ms-graph-alerts.ts';
import { nessus } from './nessus.ts';
import { nessusCsv } from './nessus-csv.ts';
import { npmAudit } from './npm-audit.ts';
import { nuclei } from './nuclei.ts';
import { ocsf } from './ocsf.ts';
import { okta } from './okta.ts';
import { openvas } from './openvas.ts';
import { openvasCsv } from './openvas-csv.ts';
import { orca } from './orca.ts';
import { osvScanner } from './osv-scanner.ts';
import { prowlerCompliance } from './prowler-compliance.ts';
import { prowlerCsv } from './prowler-csv.ts';
import { prowlerOcsf } from './prowler-ocsf.ts';
import { prowlerV2 } from './prowler-v2.ts';
import { prowlerV3 } from './prowler-v3.ts';
import { qualys } from './qualys.ts';
import { qualysCsv } from './qualys-csv.ts';
import { sarif } from './sarif.ts';
import { scoutsuite } from './scoutsuite.ts';
import { semgrep } from './semgrep.ts';
import { sentinel } from './sentinel.ts';
import { sentinelone } from './sentinelone.ts';
import { snyk } from './snyk.ts';
import { splunk } from './splunk.ts';
import { suricata } from './suricata.ts';
import { tfsec } from './tfsec.ts';
import { trivyOperator } from './trivy-operator.ts';
import { trivy } from './trivy.ts';
import { trufflehog } from './trufflehog.ts';
import { twistlock } from './twistlock.ts';
import { wazuh } from './wazuh.ts';
import { wizCli } from './wiz-cli.ts';
import { wizCsv } from './wiz-csv.ts';
import { wizFindings } from './wiz-findings.ts';
import { wizIssues } from './wiz-issues.ts';
import { zap } from './zap.ts';
import type { Format } from './format.ts';

/** Every finding and log format, one line each; on equal scores the earlier one wins. */
export const formats: readonly Format[] = [
  asff,
  guardduty,
  inspector,
  macie,
  awsConfigRules,
  accessAnalyzer,
  prowlerOcsf,
  prowlerV3,
  prowlerCsv,
  prowlerCompliance,
  prowlerV2,
  wizIssues,
  wizFindings,
  wizCsv,
  wizCli,
  trivy,
  grype,
  snyk,
  osvScanner,
  npmAudit,
  checkov,
  tfsec,
  kics,
  dependencyCheck,
  gitleaks,
  trufflehog,
  scoutsuite,
  kubeBench,
  kubescape,
  nuclei,
  trivyOperator,
  nessus,
  nessusCsv,
  openvas,
  openvasCsv,
  qualys,
  qualysCsv,
  zap,
  burp,
  gcpScc,
  defenderCloud,
  msGraphAlerts,
  sentinel,
  crowdstrike,
  sentinelone,
  suricata,
  wazuh,
  falco,
  orca,
  googleAlertCenter,
  splunk,
  elastic,
  githubAlerts,
  gitlab,
  twistlock,
  semgrep,
  sarif,
  ocsf,
  cloudtrail,
  azureActivity,
  entraSignIn,
  entraAudit,
  gcpAudit,
  okta,
  k8sAudit,
  githubAudit,
  googleWorkspace,
];
