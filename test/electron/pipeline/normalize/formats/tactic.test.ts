import { describe, expect, it } from 'vitest';
import { detectionIssue } from '#electron/pipeline/normalize/formats/ocsf/issue.ts';
import { wizMeaning } from '#electron/pipeline/normalize/formats/wiz/meaning.ts';

describe('the tactic that a tool names', () => {
  it.each<[string, readonly string[], string, readonly string[], object]>([
    ['goes before words of the title', [], 'SSH brute force against web-1', ['TA0010'], { issue_type: 'data_exfiltration', issue_mapped: true }],
    ['goes behind words of the tool’s own id', ['ssh-brute-force'], 'x', ['TA0010'], { issue_type: 'brute_force', issue_mapped: true }],
    ['leaves the title to guess where it is none that is known', [], 'SSH brute force against web-1', ['TA9999'], { issue_type: 'brute_force', issue_mapped: true, issue_guessed: true }],
    ['takes no title for an id', ['SSH brute force against web-1'], 'SSH brute force against web-1', [], { issue_type: 'brute_force', issue_mapped: true, issue_guessed: true }],
    ['leaves the tool’s own id where nothing tells', [], 'Something odd', [], { issue_type: 'own', issue_mapped: false }],
  ])('of an OCSF detection %s', (_what, ids, title, tactics, issue) => { expect(detectionIssue('own', { ids, title }, tactics)).toEqual(issue); });

  const name = 'Publicly exposed VM with admin permissions', guessed = wizMeaning('wc-1', name, false, []);
  it('of a Wiz threat goes before a rule’s name that may mean several things', () => {
    expect(guessed).toMatchObject({ issue_mapped: true, issue_guessed: true });
    expect(wizMeaning('wc-1', name, true, ['TA0010 Exfiltration'])).toEqual({ kind: 'detection', issue_type: 'data_exfiltration', issue_mapped: true, attack: [] });
    // What is no threat has no tactic of its own.
    expect(wizMeaning('wc-1', name, false, ['TA0010 Exfiltration'])).toEqual(guessed);
  });
});
