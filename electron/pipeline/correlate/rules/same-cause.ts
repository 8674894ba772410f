import type { CorrelationRule, JoinKey, Subject } from './rule.ts';

/** The same cause on the same entity, in whatever dialect: public by ACL, by policy, by "sensitive data exposed". */
export const sameCause: CorrelationRule = {
  name: 'same-cause',
  keys(subjects) {
    const keys = new Map<Subject, readonly JoinKey[]>();
    for (const s of subjects) {
      if (s.detection || s.family === 'vulnerability') continue;
      // Without a word in the taxonomy only the very same check of the same tool is the same cause; and a port is part of which hole it is.
      const cause = s.family === 'configuration' ? `configuration:${s.finding.source}:${s.finding.check_id}` : s.family === 'code' || s.family === 'secret' ? `${s.family}:${s.finding.check_id}:${s.finding.source}` : s.family;
      const host: readonly JoinKey[] = s.family === 'network_exposure' && s.only_host !== undefined ? [{ key: `cause|${s.only_host}|${cause}`, why: 'the security group guards only this host', weight: 0.9 }] : [];
      keys.set(s, [...host, { key: `cause|${s.place}|${cause}`, why: s.resolved_by === 'alias' ? 'same entity (its name resolves to the same id), same cause' : 'same entity, same cause', weight: s.resolved_by === 'alias' ? 0.92 : 0.97 }]);
    }
    return keys;
  },
};
