import type { StoredResource } from '#shared/model/resource.ts';
import type { Missing, Reason } from '#shared/model/verdict.ts';
import type { Sources } from '../network/cidr.ts';
import type { Decision, Peer } from './traffic.ts';

/** One way from outside the cluster to a port of a workload. */
export interface Entry {
  readonly via: string;
  /** Is the way itself open to whom the question is about? */
  readonly open: Decision;
  /** The workload's port, and the one that outsiders see. */
  readonly port: number;
  readonly outer: number | undefined;
  readonly protocol: string;
  /** Who sends to the workload: the clients that are left of those asked about, or whoever relays for them. */
  readonly senders: Sources | readonly Peer[];
  /** The relay may put an address of a node in the place of the client's. */
  readonly hidesClient: boolean;
  readonly assumed: readonly string[];
}

export const isRelayed = (senders: Entry['senders']): senders is readonly Peer[] => Array.isArray(senders);

const reason = (resource: StoredResource, rule: string, pointer: string, text: string): Reason => ({ rule: `K8S.${rule}`, source: resource.urn, pointer, text });
export const opens = (resource: StoredResource, rule: string, pointer: string, text: string): Decision => ({ answer: 'yes', reasons: [reason(resource, rule, pointer, text)], missing: [] });
export const refuses = (code: string, resource: StoredResource, rule: string, pointer: string, text: string): Decision => ({ answer: 'no', code, reasons: [reason(resource, rule, pointer, text)], missing: [] });
export const leavesOpen = (code: string, resource: StoredResource, rule: string, pointer: string, text: string, missing: Missing): Decision => ({ answer: 'unknown', code, reasons: [reason(resource, rule, pointer, text)], missing: [missing] });
