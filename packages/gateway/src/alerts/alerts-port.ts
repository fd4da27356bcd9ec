import type { Alerts, AlertsTested, TenantId } from '@holdfast/core';

/** For `/metrics`. */
export interface AlertCounts {
  /** Open alerts by kind. */
  readonly open: Readonly<Record<string, number>>;
  readonly targets: readonly {
    readonly name: string;
    readonly sent: number;
    readonly failures: number;
    readonly dropped: number;
    readonly queued: number;
  }[];
  /** Null where no watcher is named. */
  readonly pings: {
    readonly sent: number;
    readonly failed: number;
    readonly withheld: number;
  } | null;
}

/** What the HTTP surface asks of alerts. */
export interface AlertsPort {
  /** What a caller of that tenant may know: its own, and what concerns the server as a whole (I5). */
  overview(tenant: TenantId): Promise<Alerts>;
  /**
   * Sends a message that shows that it arrives, at once and once.
   *
   * @param name only this target; null for all
   * @throws HoldfastError `not_found` for a target that is not configured
   */
  test(name: string | null): Promise<AlertsTested>;
  counts(): AlertCounts;
}
