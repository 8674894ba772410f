import { awsCli } from './aws-cli.ts';
import { awsConfig } from './aws-config.ts';
import { awsIamAuthz } from './aws-iam-authz.ts';
import { azureResources } from './azure-resources.ts';
import { azureTemplate } from './azure-template.ts';
import { azurehound } from './azurehound.ts';
import { bloodhound } from './bloodhound.ts';
import { cyclonedx } from './cyclonedx.ts';
import { gcpAsset } from './gcp-asset.ts';
import { gcpList } from './gcp-list.ts';
import { kubernetes } from './kubernetes.ts';
import { terraform } from './terraform.ts';
import { vpcFlowLogs } from './vpc-flow-logs.ts';
import type { Importer } from './importer.ts';

/** Every inventory format; on equal scores of `detect` the first wins. */
export const importers: readonly Importer[] = [awsConfig, awsIamAuthz, awsCli, kubernetes, terraform, bloodhound, azurehound, cyclonedx, vpcFlowLogs, gcpAsset, gcpList, azureResources, azureTemplate];
