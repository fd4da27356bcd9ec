/**
 * Identities and how they are derived (R2.2, R2.3, I4). Parts are joined with U+0000, which no part may hold,
 * so that no two different lists of parts give the same text.
 *
 * @module
 */
export type TenantId = string;
export type SagaName = string;
export type EffectName = string;
/** 32 lower-case hex digits: the first 16 bytes of SHA-256 over tenant, saga, key, run and step (I4). */
export type CommandId = string;
/** 64 lower-case hex digits: SHA-256 of a release's files. */
export type ReleaseDigest = string;
/** Position in the journal: dense, from 1, in commit order. */
export type Seq = number;

/** How the empty tenant is written wherever a tenant must be written. A tenant may not be named so. */
export const EMPTY_TENANT_WRITTEN = '_';

/** SHA-256 of UTF-8 text as 64 lower-case hex digits. The platform provides it; `core` imports none. */
export type Sha256Hex = (text: string) => string;

export interface InstanceKey {
  readonly tenant: TenantId;
  readonly saga: SagaName;
  readonly key: string;
}

const SEPARATOR = '\u0000';

/** One text for several parts, unambiguous as long as no part holds U+0000 (which intake refuses). */
export function compose(...parts: readonly (string | number)[]): string {
  return parts.join(SEPARATOR);
}

/** The map key of an instance, whatever its run. */
export function instanceText(tenant: TenantId, saga: SagaName, key: string): string {
  return tenant + SEPARATOR + saga + SEPARATOR + key;
}

/** The command id of one step of one run (I4). Stable through restart, redrive and replay. */
export function commandId(
  sha256: Sha256Hex,
  of: InstanceKey & { run: number; step: string },
): CommandId {
  return sha256(compose('command', of.tenant, of.saga, of.key, of.run, of.step)).slice(0, 32);
}

/** What a program's randomness grows from: tenant, saga, key, run and event (DESIGN, Authoring). 32 hex digits. */
export function decisionSeed(
  sha256: Sha256Hex,
  of: InstanceKey & { run: number; eventId: string },
): string {
  return sha256(compose('seed', of.tenant, of.saga, of.key, of.run, of.eventId)).slice(0, 32);
}

/** The dedupe mark of an event: 32 hex digits over tenant, source and id. */
export function dedupeMark(
  sha256: Sha256Hex,
  tenant: TenantId,
  source: string,
  id: string,
): string {
  return sha256(compose('dedupe', tenant, source, id)).slice(0, 32);
}

/** Ids of events that the engine derives; a second derivation meets the first one's dedupe mark (I4, I8). */
export const derivedEventId = {
  outcome: (command: CommandId): string => `${command}:outcome`,
  timer: (
    sha256: Sha256Hex,
    of: InstanceKey & { run: number; name: string; armed: number },
  ): string =>
    `${sha256(compose('timer', of.tenant, of.saga, of.key, of.run, of.name, of.armed)).slice(0, 32)}:timer`,
  cron: (
    sha256: Sha256Hex,
    of: {
      readonly tenant: TenantId;
      readonly app: string;
      readonly name: string;
      readonly at: number;
    },
  ): string => `${sha256(compose('cron', of.tenant, of.app, of.name, of.at)).slice(0, 32)}:cron`,
  wait: (command: CommandId): string => `${command}:wait`,
  child: (command: CommandId): string => `${command}:child`,
  published: (command: CommandId): string => `${command}:event`,
  ended: (sha256: Sha256Hex, of: InstanceKey & { run: number }): string =>
    `${sha256(compose('ended', of.tenant, of.saga, of.key, of.run)).slice(0, 32)}:ended`,
} as const;

const TENANT_PATTERN = /^[^/+#\u0000-\u001f\u007f]{1,128}$/;

/** Whether the text may name a tenant. The empty text may; `_`, and names with `/`, `+` or `#`, may not. */
export function isTenantId(text: string): boolean {
  return text === '' || (text !== EMPTY_TENANT_WRITTEN && TENANT_PATTERN.test(text));
}

export function writeTenant(tenant: TenantId): string {
  return tenant === '' ? EMPTY_TENANT_WRITTEN : tenant;
}

export function readTenant(written: string): TenantId {
  return written === EMPTY_TENANT_WRITTEN ? '' : written;
}
