import { isObject, str, type JsonObject } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { Edge, Resource } from '#shared/model/resource.ts';
import type { Normalized, Sample } from '../../ports.ts';
import type { Importer } from './importer.ts';

/** The default format (AWS, "Flow log records"), which comes without a header from CloudWatch Logs. */
const version2 = ['version', 'account-id', 'interface-id', 'srcaddr', 'dstaddr', 'srcport', 'dstport', 'protocol', 'packets', 'bytes', 'start', 'end', 'action', 'log-status'] as const;
type Flow = ReadonlyMap<string, string>;

/** VPC flow logs (versions 2 to 5): accepted flows from the internet show that a way in is open. One observation for each interface, protocol and port. */
export const vpcFlowLogs: Importer = {
  name: 'vpc-flow-logs', kind: 'resources',
  description: 'AWS VPC flow logs (text with or without header, JSON): accepted flows as observed reach',
  containers: [{ kind: 'csv', delimiters: [' '], names: version2 }, { kind: 'json-path', paths: ['logEvents', 'events'] }, { kind: 'json' }],
  detect, parse: (record) => parse(record),
};

function detect({ text, records }: Sample): number {
  const [first = ''] = text.split(/\r?\n/, 1);
  if (/^\S+( \S+)+$/.test(first) && /(^| )srcaddr( |$)/.test(first) && / ?dstaddr/.test(first)) return 95;
  if (/^[2-9] (\d{12}|unknown) eni-\S+ \S+ \S+ \S+ \S+ \S+ \S+ \S+ \d+ \d+ (ACCEPT|REJECT|-) (OK|NODATA|SKIPDATA)\s*$/.test(first)) return 95;
  const [record] = records;
  return isObject(record) && (flowOf(record) !== undefined || line.test(str(record, 'message')?.trim() ?? '')) ? 90 : 0;
}

/** Keys in the words of the text format: `srcAddr`, `src_addr` and `srcaddr` are one. */
function flowOf(record: JsonObject): Flow | undefined {
  const flow = new Map(Object.keys(record).map((key) => [key.replace(/([a-z])([A-Z])/g, '$1-$2').replaceAll('_', '-').toLowerCase().replace(/^(src|dst)-(addr|port)$/, '$1$2'), str(record, key) ?? '-']));
  return flow.has('srcaddr') && flow.has('dstaddr') && (flow.has('action') || flow.has('interface-id')) ? flow : undefined;
}

/** A line of the default format, as CloudWatch wraps it. */
const line = /^[2-9] (\d{12}|unknown) eni-\S+( \S+){11}$/;
const positional = (cells: readonly string[]): Flow => new Map(version2.map((key, i) => [key, cells[i] ?? '-']));

function parse(record: unknown): Result<Normalized> {
  if (!isObject(record)) return err('not a JSON object');
  const message = str(record, 'message')?.trim();
  const named = flowOf(record);
  if (named) return observed([named]);
  if (message !== undefined && line.test(message)) return observed([positional(message.split(' '))]);
  return err('no flow: it has neither named fields (srcaddr, dstaddr, …) nor a message in the default format');
}

const protocols: ReadonlyMap<string, string> = new Map([['6', 'tcp'], ['17', 'udp'], ['132', 'sctp'], ['1', 'icmp'], ['58', 'icmpv6']]);

function observed(flows: readonly Flow[]): Result<Normalized> {
  const read = flows.flatMap((flow): { resource: Resource; edge: Edge | undefined }[] => {
    const get = (key: string): string | undefined => { const value = flow.get(key); return value === undefined || value === '-' || value === '' ? undefined : value; };
    const target = get('instance-id') ?? get('interface-id'), from = get('srcaddr'), to = get('dstaddr');
    const source = Number(get('srcport') ?? 0), port = Number(get('dstport') ?? 0), protocol = protocols.get(get('protocol') ?? '') ?? get('protocol') ?? '-1';
    if (get('action') !== 'ACCEPT' || target === undefined || from === undefined || to === undefined) return [];
    // Replies go to a port of the sender's; whoever has the lower port serves.
    const isRequest = protocol.startsWith('icmp') || port < source || (port < 1024 && source >= 1024);
    const inbound = get('flow-direction') === undefined ? isPrivate(to) && !isPrivate(from) : get('flow-direction') === 'ingress';
    if (!isRequest || !inbound) return [];
    const fromInternet = !isPrivate(from), account = get('account-id'), region = get('region');
    const captured = Number(get('end') ?? 0) * 1_000_000;
    const urn = `flow:${target}:${protocol}:${port}:${fromInternet ? 'internet' : 'inside'}`;
    const resource: Resource = {
      urn, type: 'AWS::EC2::ObservedFlow', kind: 'other', aliases: [], tags: {}, deleted: false, source: 'vpc-flow-logs', provenance: 'observed', config: { InterfaceId: get('interface-id') ?? null, InstanceId: get('instance-id') ?? null, Protocol: protocol, Port: port, From: fromInternet ? 'internet' : 'inside' },
      ...(account !== undefined && /^\d{12}$/.test(account) && { account }), ...(region !== undefined && { region }), ...(captured > 0 && Number.isSafeInteger(captured) && { captured_us: captured }),
    };
    return [{ resource, edge: fromInternet ? { source: 'internet', kind: 'NET_REACH', target, derived: false, provenance: 'observed', reason: `flow log: accepted ${protocol} ${port}`, cost: 6 } : undefined }];
  });
  return ok({ resources: read.map((r) => r.resource), edges: read.flatMap((r) => r.edge ?? []) });
}

/** Addresses inside networks; everything else comes from outside. */
const isPrivate = (address: string): boolean => /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|169\.254\.|127\.|f[cd][0-9a-f]{2}:|fe80:)/i.test(address);
