import type { AlertKind, AlertSeverity, Millis, TenantId } from '@holdfast/core';

/** What a target is told of. */
interface TargetChoice {
  /** Names it in logs, metrics and at `/v1/alerts`. */
  readonly name: string;
  readonly kinds: readonly AlertKind[];
  /** The least severe it is told of. */
  readonly severity: AlertSeverity;
  /** Null: all, and the server as a whole. Else these alone, and nothing of the server as a whole. */
  readonly tenants: readonly TenantId[] | null;
}

/**
 * Gives a value that the configuration has, or the present one of a secret it names; never to be logged.
 *
 * @throws HoldfastError `config.invalid` when there is no such secret
 */
export type Kept = () => string;

export interface WebhookTarget extends TargetChoice {
  readonly type: 'webhook';
  readonly url: Kept;
  /** Signs each message; null for none. */
  readonly secret: Kept | null;
  /** Bearer token; null for none. */
  readonly token: Kept | null;
}

export interface NtfyTarget extends TargetChoice {
  readonly type: 'ntfy';
  /** Of the topic, as `https://ntfy.sh/TOPIC`. */
  readonly url: Kept;
  readonly token: Kept | null;
}

export interface MailTarget extends TargetChoice {
  readonly type: 'smtp';
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte. Without: as `starttls` says. */
  readonly secure: boolean;
  readonly starttls: 'required' | 'optional' | 'never';
  readonly auth: { readonly user: string; readonly password: Kept } | null;
  /** PEM text of certificates to trust besides the system's; null for none. */
  readonly ca: string | null;
  /** `Name <address>`, or an address. */
  readonly from: string;
  readonly to: readonly string[];
}

export type AlertTargetSettings = WebhookTarget | NtfyTarget | MailTarget;

/** From where on a condition counts. */
export interface AlertLimits {
  /** Bytes free on the disk of the data directory, below which it is low. */
  readonly diskFree: number;
  /** A schedule that has been due for longer is late. */
  readonly scheduleLag: Millis;
  /** A broker that has been away for longer is told of. */
  readonly bridgeAway: Millis;
  /** Events that a saga is behind. */
  readonly sagaLag: number;
  /** How long it must have been. */
  readonly sagaLagFor: Millis;
}

export interface PingSettings {
  readonly url: Kept;
  readonly method: 'GET' | 'POST';
  readonly interval: Millis;
  /** Told when the server drains or stops in order; null: nobody is. */
  readonly stopUrl: Kept | null;
}

export interface AlertSettings {
  /** Address of the console, without a slash at its end; null for the listener's own. */
  readonly consoleUrl: string | null;
  /** How long what is new is gathered before it is told, so that a storm is one message. */
  readonly window: Millis;
  /** After so long an open alert is told again; 0 for never. */
  readonly reminder: Millis;
  readonly limits: AlertLimits;
  readonly targets: readonly AlertTargetSettings[];
  /** Null: no watcher is told. */
  readonly ping: PingSettings | null;
}
