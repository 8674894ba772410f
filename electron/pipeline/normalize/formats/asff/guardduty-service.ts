import { at, isObject } from '#shared/lib/json.ts';

const prefix = 'aws/guardduty/service/';
type Node = { [key: string]: Node | string };

/**
 * GuardDuty's `service` block, which Security Hub carries flattened in `ProductFields`
 * (`aws/guardduty/service/action/networkConnectionAction/protocol`). Of a list (`portProbeDetails.0_/…`) the first element is kept, as it is.
 * @returns undefined when the finding has none.
 */
export function guarddutyService(finding: unknown): unknown {
  const fields = at(finding, 'ProductFields');
  if (!isObject(fields)) return undefined;
  const service: Node = {};
  for (const [key, value] of Object.entries(fields)) {
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
