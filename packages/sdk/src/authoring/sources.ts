/**
 * Definitions with all that Node needs of them, as the registry keeps them.
 *
 * @module
 */
import type { EffectOptions } from '@holdfast/core';
import type { z } from 'zod';
import type { AnySaga } from '../runtime/definitions.ts';

/** What an effect function is given besides its input. */
export interface EffectContext {
  /** The same for every try of this command, and for no other command. Send it with whatever you call. */
  readonly idempotencyKey: string;
  /** From 1. */
  readonly attempt: number;
  /** Fires when the try's time is up. */
  readonly signal: AbortSignal;
  /** Values of the secrets that the effect or its manifest names. Never log one. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Values of `config:` in the manifest, as the server has them now. */
  readonly config: Readonly<Record<string, string>>;
  readonly tenant: string;
  readonly saga: string;
  readonly key: string;
  readonly run: number;
  readonly step: string;
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

/** A generator saga with all that Node needs of it. */
export interface SagaSource {
  readonly kind: 'saga';
  readonly name: string;
  readonly definition: AnySaga;
}
