import type { JsonObject } from '#shared/lib/json.ts';

export const serviceNames = [
  'apigateway', 'apigatewayv2', 'cloudfront', 'cloudtrail', 'dynamodb', 'ec2', 'ecr', 'ecs', 'efs', 'eks', 'elb', 'elbv2', 'events', 'iam', 'kafka', 'kms', 'lambda', 'opensearch', 'organizations', 'rds', 'redshift', 's3api', 's3control', 'secretsmanager', 'sns', 'sqs', 'sts',
] as const;
/** As the AWS CLI calls them. */
export type ServiceName = (typeof serviceNames)[number];

/** One operation of AWS. */
export interface AwsCall {
  /** `ec2 describe-vpcs`, as on the AWS CLI. */
  readonly id: string;
  readonly service: ServiceName;
  /** `DescribeVpcs`, as in the API reference. */
  readonly operation: string;
  /** IAM actions (Service Authorization Reference). */
  readonly permissions: readonly string[];
  readonly evidence: string;
}

/** How a call's answers come in pages: which key takes the token, where the next one stands. */
export interface Paging { readonly into: string; readonly from: string }

/** A call that lists things. */
export interface AwsList extends AwsCall {
  readonly where: 'global' | 'regional';
  readonly input: JsonObject;
  readonly paging: Paging | undefined;
  /** Where the things are in an answer, several places maybe. */
  readonly items: readonly string[];
  /** Importer's types that it lists whole. */
  readonly types: readonly string[];
  readonly format: string;
  /** Its answer tells nothing by itself; it is asked for what the calls below are about. */
  readonly isSilent: boolean;
  readonly about: readonly AwsAbout[];
}

/** A call that is made for each thing of a list. */
export interface AwsAbout extends AwsCall {
  /** Which key of a thing the call is about (`.`: the thing is a string), and which key of the input takes it. */
  readonly subject: string;
  readonly into: string;
  /** The call wants an ARN where the list has a name: what stands before the name in it. */
  readonly arn: string | undefined;
  readonly input: JsonObject;
  readonly paging: Paging | undefined;
  readonly types: readonly string[];
  /** Most subjects in one call, where it takes a list of them. Its answer then names them. */
  readonly batch: number;
  /** Only for things with this value at this key. */
  readonly only: readonly [key: string, value: string] | undefined;
}
