import type { IssueTypeName } from '#shared/model/issue-types.ts';

/** Security Hub control ids by issue (Security Hub user guide, "Security Hub controls reference"); the rest is told by the title's words. */
const controls: readonly (readonly [IssueTypeName, string])[] = [
  ['public_access', 'S3.1 S3.2 S3.3 S3.8 S3.19 S3.24 RDS.2 RDS.46 Lambda.1 Redshift.1 RedshiftServerless.3 ES.2 Opensearch.2 EMR.2 DMS.1 SQS.3 SNS.4 EKS.1 SSM.4 SSM.7 MSK.4 CloudTrail.6 KMS.5 ECS.16 EFS.6'],
  ['public_snapshot', 'EC2.1 EC2.182 RDS.1 Neptune.3 DocumentDB.3'],
  ['cross_account_access', 'S3.6'],
  ['encryption_disabled', 'S3.4 S3.17 EC2.3 EC2.7 RDS.3 RDS.4 RDS.27 CloudTrail.2 CloudTrail.10 SQS.1 SNS.1 DynamoDB.3 EFS.1 EFS.8 ES.1 Opensearch.1 Redshift.10 RedshiftServerless.2 Kinesis.1 Athena.1 APIGateway.5 Backup.1 CodeBuild.3 DocumentDB.1 Neptune.1 Neptune.6 ElastiCache.4 EKS.3 EMR.3 Glue.3 DataFirehose.1 WorkSpaces.1 WorkSpaces.2'],
  ['encryption_in_transit_disabled', 'S3.5 ELB.1 ELB.2 ELB.3 ELB.8 ELB.17 ELB.18 CloudFront.3 CloudFront.9 CloudFront.10 CloudFront.15 ES.3 ES.8 Opensearch.3 Opensearch.8 Redshift.2 ElastiCache.5 DMS.9 DMS.12 MSK.1 MSK.3 EMR.4 APIGateway.2 RDS.38 RDS.39 RDS.44 RedshiftServerless.5 Transfer.2'],
  ['logging_disabled', 'S3.9 S3.22 S3.23 EC2.6 EC2.51 CloudTrail.1 CloudTrail.3 CloudTrail.4 CloudTrail.5 CloudTrail.7 Config.1 GuardDuty.1 GuardDuty.5 GuardDuty.6 GuardDuty.7 GuardDuty.8 GuardDuty.9 GuardDuty.10 GuardDuty.11 GuardDuty.12 GuardDuty.13 Macie.1 Macie.2 Inspector.1 Inspector.2 Inspector.3 Inspector.4 IAM.28 Detective.1 RDS.9 RDS.34 RDS.36 RDS.37 RDS.40 ELB.5 CloudFront.5 APIGateway.1 APIGateway.9 Redshift.4 ES.4 ES.5 Opensearch.4 Opensearch.5 EKS.8 ECS.9 CodeBuild.4 Route53.2 StepFunctions.1 WAF.1 WAF.11 DMS.7 DMS.8 DocumentDB.4 Neptune.2 NetworkFirewall.2 MQ.2 AppSync.2 CloudWatch.1 CloudWatch.2 CloudWatch.3 CloudWatch.4 CloudWatch.5 CloudWatch.6 CloudWatch.7 CloudWatch.8 CloudWatch.9 CloudWatch.10 CloudWatch.11 CloudWatch.12 CloudWatch.13 CloudWatch.14 CloudWatch.16'],
  ['versioning_disabled', 'S3.14 S3.15 S3.20 RDS.7 RDS.8 ELB.6 DynamoDB.6 CloudFormation.3 Neptune.4 DocumentDB.5 Cognito.4 NetworkFirewall.9 QLDB.1'],
  ['backup_disabled', 'RDS.11 RDS.26 DynamoDB.2 DynamoDB.4 EFS.2 EC2.28 Redshift.3 ElastiCache.1 DocumentDB.2 Neptune.5 RedshiftServerless.7'],
  ['open_port', 'EC2.13 EC2.14 EC2.18 EC2.19 EC2.53 EC2.54'],
  ['network_misconfiguration', 'EC2.2 EC2.10 EC2.16 EC2.21 EC2.22 EC2.23 EC2.172 Lambda.3 RDS.18 Redshift.7 SageMaker.1 SageMaker.2 APIGateway.4 CloudFront.6 ELB.16 NetworkFirewall.4 NetworkFirewall.5 NetworkFirewall.6'],
  ['public_ip', 'EC2.9 EC2.15 EC2.25 ECS.2 EMR.1 AutoScaling.5'],
  ['overprivileged_identity', 'IAM.1 IAM.21 IAM.27 KMS.1 KMS.2'],
  ['mfa_disabled', 'IAM.5 IAM.6 IAM.9 IAM.19'],
  ['weak_password_policy', 'IAM.7 IAM.10 IAM.11 IAM.12 IAM.13 IAM.14 IAM.15 IAM.16 IAM.17'],
  ['root_account_use', 'IAM.4 IAM.20'],
  ['stale_credential', 'IAM.3 IAM.8 IAM.22 IAM.26 SecretsManager.1 SecretsManager.2 SecretsManager.3 SecretsManager.4 ACM.1'],
  ['instance_metadata_v1', 'EC2.8 EC2.170 EC2.180 AutoScaling.3 AutoScaling.4'],
  ['secret_exposed', 'CodeBuild.1 CodeBuild.2 ECS.8'],
  ['privileged_container', 'ECS.3 ECS.4 CodeBuild.5'],
  ['workload_misconfiguration', 'ECS.1 ECS.5'],
  ['end_of_life', 'Lambda.2 EKS.2'],
  ['patch_missing', 'SSM.2 RDS.13 RDS.35 ElastiCache.2 ElasticBeanstalk.2 Redshift.6 DMS.6 MQ.3'],
  ['misconfiguration', 'IAM.2 IAM.18 KMS.3 KMS.4 S3.12 SSM.1 SSM.3 ECR.1'],
];

const issueOf = new Map<string, IssueTypeName>(controls.flatMap(([issue, ids]) => ids.split(' ').map((id) => [id.toLowerCase(), issue] as const)));

/** The issue that a Security Hub control id such as `S3.8` stands for; undefined for ids not listed and for CIS rule numbers. */
export const controlIssue = (id: string): IssueTypeName | undefined => issueOf.get(id.toLowerCase());

/** The port that a control is about (EC2.13: SSH, EC2.14: RDP); null for one that is about several or any; undefined for ids not listed. */
export const controlPort = (id: string): number | null | undefined => (/^ec2\.13$/i.test(id) ? 22 : /^ec2\.14$/i.test(id) ? 3389 : issueOf.has(id.toLowerCase()) ? null : undefined);
