import type { CorrelationRule, JoinKey, Subject } from './rule.ts';

/** Servers that listen on well-known ports (IANA service names): what makes a CVE reachable through an open port. */
const LISTENERS: readonly (readonly [RegExp, readonly number[]])[] = [
  [/openssh|sshd|\bssh\b|libssh/i, [22]], [/vsftpd|proftpd/i, [21]], [/postfix|exim|sendmail/i, [25, 465, 587]], [/\bbind9?\b|named|dnsmasq|unbound/i, [53]],
  [/nginx|apache2?|httpd|tomcat|jetty|haproxy|envoy|traefik|lighttpd|iis\b/i, [80, 443, 8080, 8443]], [/log4j|spring|struts/i, [80, 443, 8080, 8443]], [/samba|smbd|\bsmb\b/i, [139, 445]], [/openldap|slapd/i, [389, 636]],
  [/mysql|mariadb/i, [3306]], [/postgres/i, [5432]], [/redis/i, [6379]], [/mongo/i, [27017]], [/elasticsearch|opensearch/i, [9200]], [/activemq/i, [61616, 8161]], [/rabbitmq/i, [5672, 15672]], [/kafka/i, [9092]],
  [/docker|containerd/i, [2375, 2376]], [/kubelet|kubernetes/i, [6443, 10250]], [/rdp|termsrv|remote desktop/i, [3389]], [/vnc/i, [5900]], [/memcached/i, [11211]], [/rsync/i, [873]], [/jenkins/i, [8080, 50000]],
];

/** An open port and a CVE on one host are one problem only when the vulnerable service is what listens there. */
export const reachablePort: CorrelationRule = {
  name: 'reachable-port',
  keys(subjects) {
    const keys = new Map<Subject, readonly JoinKey[]>();
    for (const s of subjects) {
      if (s.detection) continue;
      const ports = s.family === 'network_exposure' ? openPorts(s) : s.family === 'vulnerability' ? servedPorts(s) : [];
      if (ports.length > 0) keys.set(s, ports.map((port) => ({ key: `port|${s.place}|${port}`, why: `same host, and the vulnerable service is what listens on port ${port}`, weight: 0.88 })));
    }
    return onlyMixed(keys);
  },
};

const openPorts = (s: Subject): readonly number[] => (s.finding.observables?.port === undefined ? [] : [s.finding.observables.port]);

function servedPorts(s: Subject): readonly number[] {
  const named = s.finding.observables?.port;
  if (named !== undefined && named > 0) return [named];
  const text = s.finding.vulnerability?.package ?? '';
  return LISTENERS.filter(([pattern]) => pattern.test(text)).flatMap(([, ports]) => ports);
}

/** A key joins nothing by itself: it counts where an open port and a vulnerability meet. */
function onlyMixed(keys: ReadonlyMap<Subject, readonly JoinKey[]>): ReadonlyMap<Subject, readonly JoinKey[]> {
  const families = new Map<string, Set<string>>();
  for (const [s, own] of keys) for (const k of own) families.set(k.key, (families.get(k.key) ?? new Set()).add(s.family));
  return new Map([...keys].map(([s, own]) => [s, own.filter((k) => (families.get(k.key)?.size ?? 0) > 1)]));
}
