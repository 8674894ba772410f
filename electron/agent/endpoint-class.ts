import ipaddr from 'ipaddr.js';
import { egressClasses, isWithin, type EgressClass } from '#shared/model/agent.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';

/** Where an endpoint is, after looking: its class and the addresses that may be connected to. */
export interface Place { readonly egress: EgressClass; readonly addresses: readonly string[] }
export type LookUp = (name: string) => Promise<readonly string[]>;

/** Unique local, link-local and shared address space count as the site's own network (RFC 1918, 4193, 6598, 3927). */
const SITE = new Set(['private', 'uniqueLocal', 'linkLocal', 'carrierGradeNat']);

/** The class of one literal address. What can't be read counts as the widest. */
export function addressClass(address: string): EgressClass {
  if (!ipaddr.isValid(address)) return 'internet';
  const range = ipaddr.process(address).range();
  return range === 'loopback' ? 'loopback' : SITE.has(range) ? 'site' : 'internet';
}

/**
 * Where a URL leads, before anything is sent. `localhost` and literal addresses need no look-up; a name is looked up only where more than loopback
 * is allowed, as the question itself would leave the machine. Its class is that of the widest address that it has.
 */
export async function placeOf(url: string, allowed: EgressClass, lookUp: LookUp): Promise<Result<Place>> {
  const host = hostOf(url);
  if (host === undefined) return err(`"${url}" is no http or https address`);
  const literal = host === 'localhost' || host.endsWith('.localhost') ? ['127.0.0.1', '::1'] : ipaddr.isValid(host) ? [host] : undefined;
  if (literal === undefined && allowed === 'loopback') return err(`${host} is a name, and the workspace allows loopback only: looking it up would already leave this machine`);
  const addresses = literal ?? await lookUp(host).catch(() => []);
  if (addresses.length === 0) return err(`${host} has no address`);
  const egress = addresses.map(addressClass).reduce((a, b) => (egressClasses.indexOf(a) > egressClasses.indexOf(b) ? a : b));
  return isWithin(egress, allowed) ? ok({ egress, addresses }) : err(`${host} is in class "${egress}", and the workspace allows "${allowed}" at most`);
}

function hostOf(url: string): string | undefined {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !['http:', 'https:'].includes(parsed.protocol)) return undefined;
  return parsed.hostname.replace(/^\[|\]$/g, '');
}
