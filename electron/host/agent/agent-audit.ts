import { signAuditRow } from '#electron/agent/identity.ts';
import { roles } from '#electron/agent/roles.ts';
import type { App } from '../create-app.ts';
import { installationKeys, type Keyring } from './keyring.ts';

/** What the triage agent writes into the audit log besides its decisions: endpoints that it passed over, and calls that it was refused. */
export const agentEvents = ['model_passed_over', 'agent_call_refused'] as const;
export type AgentEvent = (typeof agentEvents)[number];

/** What a signature of such a row covers: which workspace, what happened, and when, so that it is good for this row alone. */
export const auditPayload = (workspace: string, event: string, told: object): unknown => ({ workspace, event, told });

/** Appends such rows, signed with the agent's key. Call what it returns inside the transaction of what the row tells. */
export function agentAudit(app: App, keys: Keyring = installationKeys()): (event: AgentEvent, told: object) => void {
  const { key, certificate } = keys.agent(roles.triage, app.now());
  app.tables.transaction(() => { app.tables.agent.putKey(certificate.body.key_id, roles.triage.name, JSON.stringify(certificate), app.now()); });
  return (event, told) => {
    const dated = { ...told, at_us: app.now() };
    app.audit(event, `agent:${roles.triage.name}`, { ...dated, signature: signAuditRow(key, roles.triage.name, auditPayload(app.workspace.id, event, dated)) }, certificate.body.key_id);
  };
}
