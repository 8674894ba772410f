import { hash } from 'node:crypto';

const sha256 = (text: string): string => hash('sha256', text, 'hex');
/** What the log says of a policy's content. */
export const policyDigest = (json: string, text: string | null): string => sha256(JSON.stringify([json, text]));
/** What the log says of the pairs that people joined or kept apart. */
export const linksDigest = (links: readonly unknown[]): string => sha256(JSON.stringify(links));
