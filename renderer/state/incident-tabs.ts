import type { ComponentType } from 'react';
import type { IncidentDetail } from '#shared/rpc/schemas.ts';

/** What a tab of the incident gets. `call` and `at` come from the address: a recorded call, and the cited place (a JSON pointer) in its output. */
export interface IncidentTabProps { readonly detail: IncidentDetail; readonly call: string | null; readonly at: string | null }
/** The tabs that other features fill; `app/incident-view.tsx` puts them in. */
export interface IncidentSlots { readonly AttackPath: ComponentType<IncidentTabProps>; readonly Trace: ComponentType<IncidentTabProps> }
