/** A bare name (no ARN, path, address or account in it) in small letters, as hosts are compared; anything else as it is. */
export const foldHost = (entity: string): string => (/^[\w.-]+$/.test(entity) ? entity.toLowerCase() : entity);
