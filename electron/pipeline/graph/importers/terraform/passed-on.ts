/** What is not named after the one that it is a part of. */
const others: ReadonlySet<string> = new Set(['aws_lambda_alias aws_lambda_function', 'aws_lambda_permission aws_lambda_function', 'aws_kms_alias aws_kms_key', 'aws_iam_instance_profile aws_iam_role']);

/** Is a resource of one type a part of one of another, so that its attributes may name that one? A policy or a block of a bucket passes the bucket's name on, by which the next part is often made in its turn. */
export const isPartOf = (part: string, whole: string): boolean => part.startsWith(`${whole}_`) || others.has(`${part} ${whole}`);

/** Attributes of parts that are computed from an argument: the ids of these are those of what they are parts of. */
const ids = `
aws_s3_bucket_object|id|key
aws_s3_bucket_|id|bucket
aws_sqs_queue_|id|queue_url
aws_sns_topic_policy|id|arn
aws_ecr_repository_policy|id|repository
aws_secretsmanager_secret_policy|id|secret_arn
aws_secretsmanager_secret_version|arn|secret_id
aws_lambda_function_url|id|function_name
aws_lambda_function_url|function_arn|function_name
aws_lambda_alias|arn|function_name
aws_kms_key_policy|id|key_id
aws_kms_alias|target_key_arn|target_key_id
azurerm_storage_account_network_rules|id|storage_account_id
`;
const computed = ids.trim().split('\n').map((line) => { const [type = '', attribute = '', argument = ''] = line.split('|'); return { type, attribute, argument }; });

/** The argument that tells what an attribute of a resource passes on. */
export const argumentOf = (type: string, attribute: string): string => computed.find((c) => type.startsWith(c.type) && c.attribute === attribute)?.argument ?? attribute;
