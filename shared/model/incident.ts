import { z } from 'zod';
import { entityTypes, severities } from './finding.ts';

export const incidentStatuses = ['open', 'approved', 'overridden', 'rejected', 'closed', 'reopened'] as const;
export type IncidentStatus = (typeof incidentStatuses)[number];

export const supportingFindingSchema = z.object({
  finding_id: z.string(), source: z.string(), source_id: z.string(), issue_type: z.string(), why_joined: z.string(),
}).readonly();

/** One problem. `key` is stable; `id` is the label that people use. */
export const incidentSchema = z.object({
  id: z.string(),
  key: z.string(),
  status: z.enum(incidentStatuses),
  title: z.string(),
  primary_issue: z.string(),
  primary_finding: z.string(),
  /** No finding of this issue names it by a check of its tool, only by words: then it may ask for more care, never for less. */
  issue_guessed: z.boolean().optional(),
  kind: z.enum(['posture', 'vulnerability', 'detection', 'compliance']),
  entity: z.string(),
  entity_type: z.enum(entityTypes),
  /** What people call it, as the inventory has it. */
  entity_name: z.string().optional(),
  environment: z.string().optional(),
  account: z.string().optional(),
  region: z.string().optional(),
  severity_reported: z.enum(severities),
  supporting_findings: z.array(supportingFindingSchema).readonly(),
  /** Issue types that strengthen the primary issue, with how many findings say so. */
  amplifiers: z.record(z.string(), z.number()),
  /** How sure the joining is, 0–1. */
  confidence: z.number(),
  evidence_summary: z.string(),
  first_seen: z.string(),
  last_seen: z.string(),
  attack: z.array(z.string()).readonly(),
}).readonly();
export type Incident = z.infer<typeof incidentSchema>;
export type SupportingFinding = z.infer<typeof supportingFindingSchema>;
