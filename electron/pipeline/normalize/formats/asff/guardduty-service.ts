import { at, isObject } from '#shared/lib/json.ts';

const prefix = 'aws/guardduty/service/';
const probeSource = /portProbeDetails\.\d+_\/remoteIpDetails\//, probeAddress = /portProbeDetails\.\d+_\/remoteIpDetails\/ipAddressV[46]$/;
type Node = { [key: string]: Node | string };

/**
 * GuardDuty's `service` block, which Security Hub carries flattened in `ProductFields`
 * (`aws/guardduty/service/action/networkConnectionAction/protocol`). Of a list (`portProbeDetails.0_/…`) the first element is kept, as it is.
 * @returns undefined when the finding has none.
 */
export function guarddutyService(finding: unknown): unknown {
  const fields = at(finding, 'ProductFields');
  if (!isObject(fields)) return undefined;
  // Most products leave nothing of GuardDuty's here.
  if (!Object.keys(fields).some((key) => key.startsWith(prefix))) return undefined;
  const service: Node = {};
  // The first of several sources of a probe doesn't speak for the others.
  const sources = new Set(Object.entries(fields).flatMap(([key, value]) => (probeAddress.test(key) ? [value] : [])));
  for (const [key, value] of Object.entries(fields)) {
    if (sources.size > 1 && probeSource.test(key)) continue;
    if (key.startsWith(prefix) && typeof value === 'string') place(service, key.slice(prefix.length).split('/'), value);
  }
  return Object.keys(service).length === 0 ? undefined : service;
}

function place(root: Node, path: readonly string[], value: string): void {
  let node = root;
  for (const [i, step] of path.entries()) {
    const index = /\.(\d+)_$/.exec(step)?.[1];
    const name = index === undefined ? step : step.slice(0, -index.length - 2);
    if ((index !== undefined && index !== '0') || name === '__proto__') return;
    if (i === path.length - 1) { node[name] ??= value; return; }
    const next = Object.hasOwn(node, name) ? node[name] : undefined;
    if (typeof next === 'object') node = next;
    else if (next === undefined) node = node[name] = {};
    else return;
  }
}
