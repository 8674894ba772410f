const names: Readonly<Record<string, string>> = {
  prowler: 'Prowler', wiz: 'Wiz', securityhub: 'Security Hub', guardduty: 'GuardDuty', scoutsuite: 'ScoutSuite', trivy: 'Trivy', grype: 'Grype', checkov: 'Checkov', kics: 'KICS', tfsec: 'tfsec', nessus: 'Nessus', tenable: 'Tenable', qualys: 'Qualys',
  inspector: 'Inspector', macie: 'Macie', accessanalyzer: 'Access Analyzer', access_analyzer: 'Access Analyzer', falco: 'Falco', wazuh: 'Wazuh', defender: 'Defender', crowdstrike: 'CrowdStrike', semgrep: 'Semgrep', gitleaks: 'Gitleaks', trufflehog: 'TruffleHog',
  snyk: 'Snyk', kubescape: 'Kubescape', cloudtrail: 'CloudTrail', sarif: 'SARIF', ocsf: 'OCSF', steampipe: 'Steampipe', orca: 'Orca', prisma: 'Prisma Cloud', lacework: 'Lacework', sigma: 'Sigma', osv: 'OSV-Scanner', asff: 'ASFF',
};

/** A tool as its makers write it; a name that is not known stays as it is stored. */
export const sourceName = (source: string): string => names[source.toLowerCase().replaceAll(/[^a-z_]/g, '')] ?? source;
