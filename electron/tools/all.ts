import { authLogs } from './auth-logs.ts';
import { changeHistory } from './change-history.ts';
import { cloudInventory } from './cloud-inventory.ts';
import { humanAnswer } from './human-answer.ts';
import { iamAnalyzer } from './iam-analyzer.ts';
import { networkAnalyzer } from './network-analyzer.ts';
import { policyLookup } from './policy-lookup.ts';
import { relatedFindings } from './related-findings.ts';
import { runtimeTelemetry } from './runtime-telemetry.ts';
import type { Tool } from './tool.ts';
import { vulnState } from './vuln-state.ts';

/** Every enrichment tool. Add one: a file here, a line below, its claims in shared/model/claims.ts. */
export const tools: readonly Tool[] = [policyLookup, cloudInventory, networkAnalyzer, iamAnalyzer, vulnState, runtimeTelemetry, authLogs, changeHistory, relatedFindings, humanAnswer];
