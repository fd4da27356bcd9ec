import type { ErrorCode, Fault, JsonObject, Seq } from '@holdfast/core';
import type { EngineApi } from '@holdfast/engine';
import type { InboundPublish } from './inbound-publish.ts';
import { ownBytes } from './message.ts';

/** Bytes of a payload that a quarantine record keeps. */
export const QUARANTINE_HEAD = 4096;
/** Characters of a topic or client id that it keeps. */
const MAX_TEXT = 1024;

/** Why a publish is not taken. */
export interface Finding {
  readonly code: ErrorCode;
  readonly reason: string;
  readonly faults?: readonly Fault[];
  /** The journaled event that it conflicts with. */
  readonly seq?: Seq;
}

type Entry = Parameters<EngineApi['quarantine']>[0];

export function quarantineEntry(publish: InboundPublish, finding: Finding): Entry {
  const { publisher, payload, qos, retain } = publish;
  const context: JsonObject = {
    topic: publish.localTopic.slice(0, MAX_TEXT),
    client: publisher.clientId.slice(0, MAX_TEXT),
    key: publisher.principal?.keyId ?? null,
    ...(publisher.bridge === undefined ? {} : { bridge: publisher.bridge }),
    qos,
    retain,
    bytes: publish.discarded ? publish.length : payload.length,
    ...(publish.isWill ? { will: true } : {}),
    ...(finding.faults === undefined
      ? {}
      : { faults: finding.faults.map(({ at, message }) => ({ at, message })) }),
  };
  return {
    tenant: publisher.tenant,
    origin: 'mqtt',
    code: finding.code,
    reason: finding.reason,
    context: JSON.stringify(context),
    head: payload.length === 0 ? null : ownBytes(payload.subarray(0, QUARANTINE_HEAD)),
    seq: finding.seq ?? null,
    itemId: null,
  };
}
