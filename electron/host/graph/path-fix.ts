import { compromiseKinds } from '#shared/model/graph-meaning.ts';
import type { EdgeKind } from '#shared/model/resource.ts';

/** One change that closes a step, in words; the actions themselves are proposed by decisions. */
export interface Fix { readonly fix: string; readonly touches_iam: boolean }

const iamKinds: ReadonlySet<EdgeKind> = new Set(['CAN_ASSUME', 'PRIVESC', 'CAN_READ', 'CAN_WRITE', 'CAN_ADMIN', 'RUNS_AS', 'TRUSTS', 'HAS_POLICY', 'CAN_EXEC']);

/** How to take one step away. `source` and `target` are names. */
export function fixOfStep(kind: EdgeKind, source: string, target: string, reason: string): Fix {
  const what = reason.replace(/ allowed( by.*)?$/, '');
  const texts: Partial<Record<EdgeKind, string>> = {
    NET_REACH: `Close ${/(tcp|udp) [\d-]+/.exec(reason)?.[0] ?? 'the way'} to \`${target}\` from ${source === 'Internet' ? 'the internet' : `\`${source}\``}.`,
    EXPOSES: `Take \`${target}\` off the internet.`, CAN_ASSUME: `Take \`${source}\` out of those who may assume \`${target}\`.`, RUNS_AS: `Give \`${source}\` a role with less than \`${target}\`, and ask for IMDSv2.`,
    PRIVESC: `Take the permissions of ${reason === '' ? 'the escalation' : `\`${reason}\``} from \`${source}\`.`, CAN_ADMIN: `Take the administration of \`${target}\` from \`${source}\`.`, ESCAPES_TO: `Run \`${source}\` without host privileges.`, MOUNTS: `Take the secret \`${target}\` out of \`${source}\`.`,
    CAN_EXEC: `Take the right to run code on \`${target}\` from \`${source}\`.`,
  };
  const isAnonymous = source === 'Internet' && kind !== 'NET_REACH';
  return { fix: isAnonymous ? `Refuse anonymous requests to \`${target}\`.` : texts[kind] ?? `Take \`${what === '' ? kind : what}\` on \`${target}\` from \`${source}\`.`, touches_iam: iamKinds.has(kind) && !isAnonymous };
}

/** How to keep everyone out of a node that most paths go through. */
export function fixOfNode(kinds: readonly EdgeKind[], name: string, others: number): Fix {
  const steps = kinds.filter((kind) => compromiseKinds.has(kind));
  if (steps.every((kind) => kind === 'NET_REACH' || kind === 'EXPOSES')) return { fix: `Close the ways into \`${name}\`.`, touches_iam: false };
  if (steps.includes('CAN_ASSUME')) return { fix: `Trust only what needs \`${name}\`, not the ${others} that may assume it now.`, touches_iam: true };
  return { fix: `Take the rights over \`${name}\` from whoever does not need them.`, touches_iam: true };
}
