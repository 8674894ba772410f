/** A Prowler result as all its output forms carry it. */
export interface ProwlerResult {
  readonly provider: string;
  readonly check: string | undefined;
  readonly title: string | undefined;
  readonly description: string | undefined;
  /** `PASS`, `FAIL`, `MANUAL`, `INFO`, `WARNING` (generation 3: allow-listed), `MUTED`. */
  readonly status: string | undefined;
  readonly isMuted: boolean;
  readonly detail: string | undefined;
  readonly severity: string | undefined;
  readonly uid: string | undefined;
  readonly account: string | undefined;
  readonly accountName: string | undefined;
  readonly region: string | undefined;
  readonly partition: string | undefined;
  /** The resource's ids, best first. */
  readonly resourceIds: readonly (string | undefined)[];
  readonly resourceName: string | undefined;
  readonly resourceType: string | undefined;
  readonly namespace: string | undefined;
  readonly time: unknown;
  readonly compliance: readonly string[];
  readonly tags: Record<string, string> | undefined;
}
