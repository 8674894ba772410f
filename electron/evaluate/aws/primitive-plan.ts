import type { IdentityKnowledge, Primitive } from './identity-knowledge.ts';

/** A primitive with what can be said of it before anybody's policies are looked at. */
export interface PrimitivePlan {
  readonly primitive: Primitive;
  readonly category: Primitive['category'];
  /** Required actions besides `iam:PassRole`. */
  readonly others: readonly string[];
  /** Required actions that are asked of the very workload taken over; the rest take none, or make a new one. */
  readonly on: ReadonlySet<string>;
  /** The services that must be trusted. */
  readonly services: readonly string[];
  readonly needsInstanceProfile: boolean;
  /** Types of which one must exist in the account besides the role. */
  readonly mustExist: readonly string[];
  readonly needsRunning: boolean;
  /** Systems Manager must manage the instance. */
  readonly needsManaged: boolean;
  /** The type of the workload that is taken over. */
  readonly workloadType: string | undefined;
  readonly assumes: 'ssh' | 'launch' | undefined;
  readonly takesUser: boolean;
  /** Rewriting what a role may do is an escalation however little it may do now. */
  readonly rewrites: boolean;
}

const plans = new WeakMap<readonly Primitive[], readonly PrimitivePlan[]>();

/** The catalogue's plans, read once: every identity is asked about every primitive. */
export function primitivePlans({ primitives }: IdentityKnowledge): readonly PrimitivePlan[] {
  let found = plans.get(primitives);
  if (!found) { found = primitives.map(planOf); plans.set(primitives, found); }
  return found;
}

function planOf(primitive: Primitive): PrimitivePlan {
  const { required, needs } = primitive, others = required.filter((a) => a !== 'iam:PassRole');
  const isTemplate = required.some((a) => a.includes('LaunchTemplate'));
  return {
    primitive, category: categoryOf(primitive), others, on: new Set(required.filter((a) => !/:(Describe|List|Create)/.test(a))), services: servicesOf(needs, others),
    needsInstanceProfile: needs.some((n) => n.includes('instance profile')), mustExist: existing.flatMap(([words, type]) => (needs.some((n) => words.test(n)) ? [type] : [])),
    needsRunning: needs.some((n) => /be running|running or ready|'InService'/.test(n)), needsManaged: needs.some((n) => n.includes('AmazonSSMManagedInstanceCore')),
    workloadType: isTemplate ? 'AWS::EC2::LaunchTemplate' : workloadTypes[required[0]?.split(':')[0] ?? ''],
    assumes: required.some((a) => a.startsWith('ec2-instance-connect:')) ? 'ssh' : isTemplate ? 'launch' : undefined,
    takesUser: required.some((a) => /User|AccessKey|LoginProfile/.test(a)), rewrites: required.some((a) => /^iam:(Attach|Put|CreatePolicyVersion)/.test(a)),
  };
}

/** An entry without PassRole uses a role that is already attached, whatever its category says (cloudformation-005). */
const categoryOf = (p: Primitive): Primitive['category'] => (p.category === 'new-passrole' && !p.required.includes('iam:PassRole') ? 'existing-passrole' : p.category);

/** As the prerequisites name them; else the one of the actions. */
function servicesOf(needs: readonly string[], others: readonly string[]): readonly string[] {
  const named = needs.flatMap((need) => (/trusts? /.test(need) ? need.match(/[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com/g) ?? [] : []));
  return named.length > 0 ? [...new Set(named)] : [`${others[0]?.split(':')[0] ?? ''}.amazonaws.com`];
}

/** Things that must exist besides the role, with the type that shows them. A subnet and an event source are never hard to come by. */
const existing: readonly (readonly [RegExp, string])[] = [
  [/ECS cluster/, 'AWS::ECS::Cluster'], [/Glue job/, 'AWS::Glue::Job'], [/StackSet must exist/, 'AWS::CloudFormation::StackSet'],
];

/** The workload type that an action takes over, by its service. */
const workloadTypes: Readonly<Record<string, string>> = {
  'apprunner': 'AWS::AppRunner::Service', 'bedrock-agentcore': 'AWS::BedrockAgentCore::CodeInterpreter', 'cloudformation': 'AWS::CloudFormation::Stack', 'codebuild': 'AWS::CodeBuild::Project',
  'ec2': 'AWS::EC2::Instance', 'ec2-instance-connect': 'AWS::EC2::Instance', 'ssm': 'AWS::EC2::Instance', 'glue': 'AWS::Glue::DevEndpoint', 'lambda': 'AWS::Lambda::Function', 'sagemaker': 'AWS::SageMaker::NotebookInstance',
};
