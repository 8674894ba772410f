import { parseArn } from '#shared/lib/arn.ts';

/**
 * The references by which others pull an image that AWS names by its ARN (`…:repository/<name>/sha256:…`): with its digest, and with each
 * of its tags (ECR user guide, "Pulling an image").
 * @returns nothing where the ARN doesn't say account, region and digest.
 */
export function ecrImageNames(arn: string, tags: readonly unknown[]): readonly string[] {
  const parsed = parseArn(arn);
  const m = parsed?.service === 'ecr' ? /^repository\/(.+)\/(sha256:[0-9a-f]+)$/.exec(parsed.resource) : null;
  if (parsed === undefined || m?.[1] === undefined || m[2] === undefined || !/^\d{12}$/.test(parsed.account) || parsed.region === '') return [];
  const suffix = parsed.partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  const repository = `${parsed.account}.dkr.ecr.${parsed.region}.${suffix}/${m[1]}`;
  const tagged = tags.slice(0, 20).flatMap((tag) => (typeof tag === 'string' && tag !== '' ? [`${repository}:${tag}`] : []));
  return [`${repository}@${m[2]}`, ...tagged];
}
