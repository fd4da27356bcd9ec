/**
 * Definitions with all that Node needs of them, as the registry keeps them.
 *
 * @module
 */
import type { EffectOptions } from '@holdfast/core';
import type { z } from 'zod';
import type { InstanceKey, RunOptions } from '../runtime/definitions.ts';

type Write = (message: string, data?: unknown) => void;

/** What an effect function is given besides its input. */
export interface EffectContext {
  /** The same for every try of this command, and for no other command. Send it with whatever you call. */
  readonly idempotencyKey: string;
  /** From 1. */
  readonly attempt: number;
  /** Fires when the try's time is up. */
  readonly signal: AbortSignal;
  /** Secrets that the effect's `secrets` or the manifest name. Never log one. @throws RangeError for another name. */
  readonly secrets: { get(name: string): string };
  /** `config:` of the manifest, as the server has it now. @throws RangeError for another name. */
  readonly config: { get(name: string): string };
  /** Writes to the server's log. */
  readonly log: Write & Readonly<Record<'debug' | 'info' | 'warn' | 'error', Write>>;
  readonly tenant: string;
  readonly correlationId: string | null;
  readonly traceparent: string | null;
}

/** An effect with all that Node needs of it. */
export interface EffectSource {
  readonly kind: 'effect';
  readonly name: string;
  readonly options: EffectOptions;
  readonly input: z.ZodType | undefined;
  readonly output: z.ZodType | undefined;
  readonly secrets: readonly string[];
  readonly run: ((input: never, context: EffectContext) => unknown) | undefined;
  readonly check: ((input: never, context: EffectContext) => unknown) | undefined;
}

/** An event type with all that Node needs of it. */
export interface EventSource {
  readonly kind: 'event';
  readonly type: string;
  readonly schema: z.ZodType | undefined;
}

/** A wait with all that Node needs of it. */
export interface WaitSource {
  readonly kind: 'wait';
  readonly name: string;
  readonly title: string | undefined;
  readonly schema: z.ZodType | undefined;
}

/** A saga or reducer with all that Node needs of it. */
export interface SagaSource {
  readonly kind: 'saga';
  readonly name: string;
  readonly style: 'generator' | 'reducer';
  readonly definition: {
    readonly options: RunOptions & {
      readonly key?: ((...given: never[]) => InstanceKey) | undefined;
      readonly search?: Readonly<Record<string, unknown>> | undefined;
    };
  };
  /** Event types it takes. */
  readonly on: readonly string[];
  /** Those that open an instance. */
  readonly starts: readonly string[];
  /** Of a reducer. */
  readonly state: z.ZodType | undefined;
}
