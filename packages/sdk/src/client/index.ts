/**
 * A typed client of the HTTP API: `import { createClient } from '@holdfast/sdk/client'`.
 *
 * @module
 */
export { HoldfastError } from '@holdfast/core';
export type {
  ActivateOptions,
  Client,
  ClientOptions,
  RunOption,
  TimelineOptions,
  WaitTarget,
} from './client.ts';
export { createClient } from './client.ts';
export type { ChangesOptions } from './changes.ts';
export type { GroupActOptions } from './group-act.ts';
export type { TailOptions } from './event-tail.ts';
export { everyItem } from './every-item.ts';
export type { Pauses } from './pauses.ts';
export type { EventToPublish, PublishOptions, PublishResult } from './publisher.ts';
export type { EndOptions } from './saga-end.ts';
export type { LeaseAsk, WorkerCalls } from './worker-calls.ts';
export { ApiError } from './transport.ts';
