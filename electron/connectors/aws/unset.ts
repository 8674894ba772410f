import type { JsonObject } from '#shared/lib/json.ts';

const s3 = (Code: string) => (): JsonObject => ({ Error: { Code } });

/**
 * Errors by which a call says that nothing is set, and what is kept then: an answer that tells "none" is something else than no answer. By the
 * call's id and the error's code (API references of the services).
 */
export const unset: Readonly<Record<string, Readonly<Record<string, (subject: string) => JsonObject>>>> = {
  's3api get-bucket-policy': { NoSuchBucketPolicy: s3('NoSuchBucketPolicy') },
  's3api get-public-access-block': { NoSuchPublicAccessBlockConfiguration: s3('NoSuchPublicAccessBlockConfiguration') },
  's3api get-bucket-ownership-controls': { OwnershipControlsNotFoundError: s3('OwnershipControlsNotFoundError') },
  's3api get-bucket-encryption': { ServerSideEncryptionConfigurationNotFoundError: s3('ServerSideEncryptionConfigurationNotFoundError') },
  's3api get-bucket-tagging': { NoSuchTagSet: () => ({ TagSet: [] }) },
  's3control get-public-access-block': { NoSuchPublicAccessBlockConfiguration: s3('NoSuchPublicAccessBlockConfiguration') },
  's3control get-access-point-policy': { NoSuchAccessPointPolicy: () => ({ Policy: null }) },
  'kafka get-cluster-policy': { NotFoundException: () => ({ Policy: null }) },
  'dynamodb get-resource-policy': { PolicyNotFoundException: () => ({ Policy: null }) },
  'efs describe-file-system-policy': { PolicyNotFound: (FileSystemId) => ({ FileSystemId, Policy: null }) },
  'lambda get-policy': { ResourceNotFoundException: () => ({ Policy: null }) },
  'ecr get-repository-policy': { RepositoryPolicyNotFoundException: (repositoryName) => ({ repositoryName, policyText: null }) },
};
