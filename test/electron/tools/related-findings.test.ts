import { expect, it } from 'vitest';
import { relatedFindings } from '#electron/tools/related-findings.ts';
import { tools } from '#electron/tools/all.ts';
import { claimDefinitions, claimNames, toolNames } from '#shared/model/claims.ts';
import { findingOf } from '../../fixtures/finding-of.ts';
import { BUCKET, contextOf, subjectOf } from './tool-context.ts';

it('lists other findings of the entity, and claims nothing', () => {
  const context = { ...contextOf(), findings: { byEntity: (entity: string) => (entity === BUCKET ? [findingOf('a'), findingOf('b', { source: 'wiz' })] : []) } };
  const found = relatedFindings.run(subjectOf(), {}, context);
  expect([found.claims, found.coverage.sources, found.facts['findings']]).toEqual([{}, ['prowler', 'wiz'], [expect.objectContaining({ finding_id: 'a', issue_type: 'public_access' }), expect.objectContaining({ finding_id: 'b' })]]);
});

it('every tool is listed once, claims only what it is authoritative for, and every claim has a tool', () => {
  expect(tools.map((t) => t.name).toSorted()).toEqual([...toolNames].toSorted());
  for (const tool of tools) for (const name of tool.claims) expect(claimDefinitions[name].tools, `${tool.name} ${name}`).toContain(tool.name);
  for (const name of claimNames) for (const tool of claimDefinitions[name].tools) expect(tools.find((t) => t.name === tool)?.claims, `${tool} ${name}`).toContain(name);
});
