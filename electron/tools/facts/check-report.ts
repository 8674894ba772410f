import type { StoredResource } from '#shared/model/resource.ts';
import { checkConfiguration, type Checked } from './configuration-checks.ts';
import { checkHostHold } from './kubernetes-checks.ts';

/** Issues that a pod's own record answers. */
const hostHolds: ReadonlySet<string> = new Set(['privileged_container', 'workload_misconfiguration']);

/** Does the snapshot show or refute what is reported of a configuration? Undefined: it can't say. */
export const checkReport = (resource: StoredResource, issueType: string, titles: readonly string[]): Checked | undefined =>
  checkConfiguration(resource, issueType, titles) ?? (hostHolds.has(issueType) ? checkHostHold(resource, titles) : undefined);
