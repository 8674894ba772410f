import type { Tool } from './tool.ts';

/** Other findings of the same entity, whatever they joined. Context for people and models; it answers no claim by itself. */
export const relatedFindings: Tool = {
  name: 'related_findings',
  description: 'Other findings by entity, with their issue, source and time.',
  claims: [],
  needs: 'imported findings',
  cost: 2,
  run(subject, _extra, context) {
    const found = context.findings.byEntity(subject.entity, 50);
    return {
      entity: subject.entity, claims: {},
      facts: { findings: found.map((f) => ({ finding_id: f.finding_id, source: f.source, issue_type: f.issue_type, status: f.status, severity_reported: f.severity_reported, discovered_at: f.discovered_at })) },
      coverage: { sources: [...new Set(found.map((f) => f.source))].toSorted() },
    };
  },
};
