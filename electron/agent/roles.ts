import { toolNames, type ToolName } from '#shared/model/claims.ts';

/** What each agent may call. A role has no tool that changes anything; connectors and actions are called by the engine, never by a model. */
export interface Role { readonly name: 'triage' | 'connector' | 'action'; readonly tools: ReadonlySet<ToolName> }

export const roles = {
  triage: { name: 'triage', tools: new Set(toolNames.filter((name) => name !== 'human_answer')) },
  connector: { name: 'connector', tools: new Set<ToolName>() },
  action: { name: 'action', tools: new Set<ToolName>() },
} as const satisfies Record<Role['name'], Role>;

export const mayCall = (role: Role, tool: string): tool is ToolName => (role.tools as ReadonlySet<string>).has(tool);
