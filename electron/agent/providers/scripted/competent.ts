import type { ChatRequest } from '../../model-port.ts';

/**
 * A script that plays a model which does its work well: it reads the prompt, and nothing but the prompt, and answers as the instructions in it say.
 * One script for every incident.
 */
export function competent(request: ChatRequest): string {
  const user = request.messages.findLast((m) => m.role === 'user' && m.content.includes('\nFACTS\n'))?.content ?? '';
  return JSON.stringify(user.includes('\nTOOLS\n') ? nextStep(user) : proposal(user));
}

const section = (text: string, name: string): readonly string[] => {
  const lines = text.split('\n'), from = lines.indexOf(name);
  if (from === -1) return [];
  const to = lines.indexOf('', from);
  return lines.slice(from + 1, to === -1 ? undefined : to);
};

/** The first tool on offer that answers what is open; one more when hardly any have spoken; else enough. */
function nextStep(user: string): unknown {
  const open = section(user, 'OPEN').map((line) => line.replace(/^- /, ''));
  const tool = section(user, 'TOOLS').find((line) => open.some((claim) => new RegExp(`; answers .*\\b${claim}\\b`).test(line)));
  const spoken = new Set(section(user, 'FACTS').map((line) => line.split(' | ').at(-1)));
  const wanted = tool ?? (spoken.size < 3 ? section(user, 'TOOLS')[0] : undefined);
  return { next: wanted === undefined ? 'stop' : wanted.replace(/^- /, '').split(':')[0], arguments: {} };
}

interface Fact { readonly id: string; readonly claim: string; readonly value: string; readonly inferred: boolean; readonly known: boolean }
const FACT = /^(F\d+) (\w+) = (\S+) \| (observed|inferred) \| (fresh|stale|conflict)[^|]* \| /;

function readFacts(user: string): readonly Fact[] {
  return section(user, 'FACTS').flatMap((line) => {
    const m = FACT.exec(line);
    return m?.[1] === undefined || m[2] === undefined || m[3] === undefined ? [] : [{ id: m[1], claim: m[2], value: m[3] === 'not_applicable' ? 'false' : m[3], inferred: m[4] === 'inferred', known: m[5] === 'fresh' }];
  });
}

function proposal(user: string): unknown {
  const facts = readFacts(user);
  const says = (line: string): string => new RegExp(`^${line}: (.*)$`, 'm').exec(user)?.[1] ?? '';
  const detection = says('detection') === 'yes', vulnerability = says('vulnerability') === 'yes', evidence = Number(says('evidence confidence'));
  const of = (claim: string): Fact | undefined => facts.find((f) => f.claim === claim);
  const value = (claim: string, seenOnly: boolean): string | undefined => { const f = of(claim); return f?.known === true && !(seenOnly && f.inferred) ? (f.value === '0' ? 'false' : f.value) : undefined; };
  const yes = (claim: string, seenOnly = false): boolean => { const v = value(claim, seenOnly); return v !== undefined && v !== 'false'; };
  const no = (claim: string, seenOnly = false): boolean => value(claim, seenOnly) === 'false';
  const blast = (seenOnly: boolean): string | undefined => value('blast_radius', seenOnly);
  const known = (claim: string): boolean => value(claim, true) !== undefined;
  const stake = blast(true) === 'high' || (vulnerability && yes('exploit_known', true) && yes('production', true) && yes('runtime_active', true));
  const urgent = detection ? yes('sequence_confirmed', true) && no('known_good', true)
    : yes('exposure_confirmed', true) && yes('exposure_reconfirmed', true) && yes('issue_confirmed', true) && no('mitigation_confirmed', true) && no('accepted_risk', true) && stake && evidence > 90;
  const idle = yes('mitigation_confirmed', true) || yes('accepted_risk', true) || (detection && yes('known_good', true)) || no('issue_confirmed', true);
  const bounded = no('exposure_confirmed', true) || (blast(false) !== undefined && blast(false) !== 'high' && blast(false) !== 'false');
  const owned = yes('issue_confirmed') && yes('owner_identified') && yes('owner_active') && bounded && !(detection && yes('sequence_confirmed', true));
  const rests = urgent ? (detection ? ['sequence_confirmed', 'known_good'] : ['exposure_confirmed', 'exposure_reconfirmed', 'issue_confirmed', 'mitigation_confirmed', 'accepted_risk', 'blast_radius', 'production'])
    : idle ? ['mitigation_confirmed', 'accepted_risk', 'known_good', 'issue_confirmed', 'exposure_confirmed'] : owned ? ['issue_confirmed', 'owner_identified', 'owner_active', 'exposure_confirmed', 'blast_radius'] : facts.map((f) => f.claim);
  const decision = urgent ? 'resolve_now' : idle ? 'defer' : owned ? 'ticket' : 'needs_human_review';
  const open = section(user, 'OPEN').map((line) => line.replace(/^- /, '')).filter((claim) => claim !== 'none' && !known(claim));
  return {
    evidence_ids: facts.filter((f) => rests.includes(f.claim)).map((f) => f.id).slice(0, 24), missing: open.slice(0, 12),
    rationale: `The recorded facts meet the conditions of ${decision}: ${facts.filter((f) => rests.includes(f.claim)).slice(0, 6).map((f) => `${f.claim} is ${f.value}`).join(', ')}.`, decision, confidence_pct: 95,
  };
}
