/** Infrastructure scanners report cloud checks; analysers of source code report weaknesses of the code itself. */
export const isCloudCheck = (check: string, tool: string): boolean =>
  /^(CKV\d?_|SNYK-CC-|AVD-|AWS\d|AZU\d|GCP\d|KSV|DS-?\d|CIS|tfsec|kics)/i.test(check) || /checkov|tfsec|defsec|snyk iac|kics|terrascan|trivy|kubesec|cfn|prowler|terraform|cloudsploit/i.test(tool);
