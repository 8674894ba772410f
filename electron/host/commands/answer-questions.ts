import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { accountOf, assessIdentity } from '#electron/evaluate/assess.ts';
import { unnamedAccount } from '#electron/pipeline/graph/importers/terraform/planned-account.ts';
import { questionKinds, type QuestionContext } from '#electron/evaluate/platform.ts';
import { answerQuestion } from '#electron/evaluate/question.ts';
import { environmentOf, isCrownJewel, sensitivityOf } from '#electron/tools/facts/environment.ts';
import { str } from '#shared/lib/json.ts';
import type { Resource } from '#shared/model/resource.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import { loadShipped, type ShippedData } from '../create-app.ts';
import { readSnapshot, type Snapshot } from '../read-snapshot.ts';
import { answerCases } from './case-lines.ts';
import { isAny, portsOf, readPorts, unknownPort, type CasePorts } from './case-ports.ts';
import { text, type CommandContext } from './command.ts';

/** A protocol may come as text or number; `null`, and words and numbers for any, are as absent. */
const orAny = (value: unknown): unknown => (isAny(value) ? null : value);
const caseSchema = z.object({
  snapshot: z.string().min(1), question: z.enum(questionKinds), subject: z.string().min(1), object: z.string().nullish(),
  port: z.union([z.number(), z.string()]).nullish(), protocol: z.preprocess(orAny, z.union([z.string(), z.number().transform(String)]).nullish()), action: z.string().nullish(),
});

/** Answers the cases that the command was given. */
export function answerQuestions(context: CommandContext): Promise<number> {
  const shipped = loadShipped(join(context.rootDir, 'resources'));
  const cases = text(context.values['cases']);
  const folder = cases === undefined || cases === '-' ? process.cwd() : dirname(cases);
  const open = openSnapshots(context, shipped);
  return answerCases(context, (value) => answerCase(value, (path) => open(resolve(folder, path))));
}

interface Opened { readonly snapshot: Snapshot; readonly context: QuestionContext }

/** Each folder is read once; what could not be read in it is said once, on stderr. */
function openSnapshots(context: CommandContext, shipped: ShippedData): (path: string) => Promise<Result<Opened>> {
  const known = new Map<string, Promise<Result<Opened>>>();
  return (path) => {
    const found = known.get(path) ?? readSnapshot(path, shipped).then((read) => {
      if (!read.ok) return read;
      for (const problem of read.value.problems) context.say(`winnow: ${problem}`);
      return ok({ snapshot: read.value, context: questionContext(read.value, shipped) });
    });
    known.set(path, found);
    return found;
  };
}

function questionContext(snapshot: Snapshot, shipped: ShippedData): QuestionContext {
  const { policy, graph } = snapshot;
  // Without a policy file that names them, our accounts are those that the snapshot is of.
  const named = Object.keys(policy.accounts), accounts = named.length > 0 ? new Set(named) : snapshot.accounts;
  return {
    knowledge: shipped.identity, accounts, derived: () => snapshot.derived(),
    blast: {
      isProduction: (r) => environmentOf(r, r.urn, accountOf(graph, r), policy).production === true,
      isSensitive: (r) => sensitivityOf(r, r.urn, policy).sensitive === true,
      isCrownJewel: (urn) => isCrownJewel(urn, policy),
      tierOf: (urn) => assessIdentity(graph, urn, accounts, shipped.identity).tier,
    },
  };
}

const identityQuestions: ReadonlySet<string> = new Set(['can_assume', 'effective_permission', 'escalation']);
const isIdentity = ({ kind, type }: Resource): boolean => kind === 'identity' && !type.endsWith('::InstanceProfile');

/**
 * A name that is no id of the graph stands for the one resource of that name; where several have it, for the only one of the kind that is asked about.
 * IAM's may have their kind before the name (`role/app`). Objects of Kubernetes may have their kind and namespace around the name in any order (`deployment/web`, `shop:web`, `Pod/shop/web`, `till.shop.svc`).
 */
function idOf(snapshot: Snapshot, id: string, wantsIdentity: boolean): string {
  if (snapshot.graph.resource(id)) return id;
  // A plan doesn't know the number of its account.
  const planned = id.replace(/^(arn:[^:]*:[^:]*:[^:]*:)\d{12}:/, `$1${unnamedAccount}:`);
  if (planned !== id && snapshot.graph.resource(planned)) return planned;
  // Mail addresses are identities of Google and Microsoft, unless a cluster has a user of that name.
  if (/^arn:|^https?:|\*/.test(id)) return id;
  if (id.includes('@')) return snapshot.named(id.replace(/^user:/i, '')).find((r) => r.type === 'K8s::User')?.urn ?? id;
  const named = /[:/.]/.test(id) ? [...objectsNamed(snapshot, id), ...iamNamed(snapshot, id)] : snapshot.named(id);
  const fit = named.filter((r) => isIdentity(r) === wantsIdentity), urns = new Set((fit.length > 0 ? fit : named).map((r) => r.urn));
  const [only] = urns;
  return urns.size === 1 && only !== undefined ? only : id;
}

const shortKinds: Readonly<Record<string, string>> = { deploy: 'deployment', po: 'pod', svc: 'service', sts: 'statefulset', ds: 'daemonset', sa: 'serviceaccount', rs: 'replicaset', cj: 'cronjob' };
/** What stands around the name is the kind of the object, as kubectl writes it, or its namespace. */
function objectsNamed(snapshot: Snapshot, id: string): readonly Resource[] {
  const host = /^([a-z0-9-]+)\.([a-z0-9-]+)(\.svc(\.[a-z0-9.-]+)?)?$/.exec(id);
  const [name = '', ...around] = host ? [host[1], host[2], 'service'] : id.split(/[:/]/).toReversed();
  return snapshot.named(name).filter((r) => {
    const kind = r.type.replace(/^K8s::/, '').toLowerCase(), namespace = str(r.config, 'metadata', 'namespace');
    return r.type.startsWith('K8s::') && around.every((word) => { const w = word?.toLowerCase().split('.')[0] ?? ''; return (shortKinds[w] ?? w) === kind || w === `${kind}s` || word === namespace; });
  });
}

/** `user/dev`, `role/app`, `group/admins`: what an ARN of IAM ends with, with or without its path. */
function iamNamed(snapshot: Snapshot, id: string): readonly Resource[] {
  const [, kind, name] = /^(user|role|group)\/(?:.+\/)?([^/]+)$/.exec(id) ?? [];
  return name === undefined ? [] : snapshot.named(name).filter((r) => r.type === `AWS::IAM::${kind?.charAt(0).toUpperCase()}${kind?.slice(1)}` && (r.urn.endsWith(`:${id}`) || id === `${kind}/${name}`));
}

async function answerCase(value: unknown, open: (path: string) => Promise<Result<Opened>>): Promise<Result<object>> {
  const parsed = caseSchema.safeParse(value);
  if (!parsed.success) return err(parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; '));
  const { snapshot: path, question, subject, object, port, protocol, action } = parsed.data;
  const opened = await open(path);
  if (!opened.ok) return opened;
  const { snapshot, context } = opened.value;
  const about = { question, subject: idOf(snapshot, subject, identityQuestions.has(question)), object: object === undefined || object === null ? undefined : idOf(snapshot, object, question === 'can_assume'), protocol: protocol ?? undefined, action: action ?? undefined };
  const answer = onAllPorts(readPorts(port), subject, (one) => answerQuestion(snapshot.graph, { ...about, port: one }, context));
  if (!answer.ok || answer.value.answer !== 'unknown' || snapshot.problems.length === 0) return answer;
  // What was not read may be what is missing.
  const unread = { what: `${snapshot.problems.length} files or records that could not be read`, entity: path, supply: snapshot.problems.slice(0, 3).join('; ') };
  return ok({ ...answer.value, missing: [...answer.value.missing, unread] });
}

/** Ports that all have one answer have that answer; where they differ, it hangs on the port. */
function onAllPorts(ports: CasePorts, subject: string, ask: (port: number | undefined) => ReturnType<typeof answerQuestion>): ReturnType<typeof answerQuestion> {
  if (ports.kind === 'any') return ask(undefined);
  if (ports.kind === 'unreadable') return ok(unknownPort(`which port "${ports.text.slice(0, 40)}" is`, subject));
  const all = portsOf(ports)?.map(ask);
  const [first] = all ?? [];
  if (!all || !first) return ok(unknownPort(`an answer for ${ports.to - ports.from + 1} ports at once`, subject));
  if (!first.ok) return first;
  return all.every((a) => a.ok && a.value.answer === first.value.answer) ? first : ok(unknownPort(`which of the ports ${ports.from}-${ports.to} is meant: they differ`, subject));
}
