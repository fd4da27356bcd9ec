/**
 * Small facts of one instance: what started it, whether each of its effects happened, which line of source something
 * stands at; and by what its saga can be searched.
 *
 * @module
 */
import { z } from 'zod';

const count = z.number().int();

/** Search fields that a saga of an active release names. */
export const sagaFieldsSchema = z.object({ saga: z.string(), fields: z.array(z.string()) });

/** A line of the author's source. `line` and `column` count from 1. */
export const sourcePlaceSchema = z.object({
  file: z.string(),
  line: count,
  column: count,
  /** Text of the line; null where the release does not hold it. */
  source: z.string().nullable(),
});

/** An instance, as others refer to it. */
export const instanceRefSchema = z.object({ saga: z.string(), key: z.string(), run: count });

/** What asked for an instance, by `child`. */
export const parentRefSchema = instanceRefSchema.extend({ step: z.string() });

/** What started a run: its event and, where that came from a saga, which. */
export const causeSchema = z.object({
  seq: count,
  id: z.string(),
  type: z.string(),
  source: z.string(),
  receivedAt: z.string(),
  /** The saga that published it, or is the parent; null for an event from outside. */
  saga: z.string().nullable(),
  /** That saga's instance, where it can be told. */
  instance: instanceRefSchema.nullable(),
});

/**
 * Whether an effect took effect. `yes`, `no`: it is on record. `in_doubt`: a try was left without an answer, and nobody
 * knows yet. `not_yet`: it has not been tried, or no try took effect so far, or the first answer is still to come.
 */
const happenedSchema = z.enum(['yes', 'no', 'in_doubt', 'not_yet']);

/** An effect step of a run, and what became of it. */
export const effectAnswerSchema = z.object({
  step: z.string(),
  effect: z.string(),
  commandId: z.string(),
  happened: happenedSchema,
  /** Tries started. */
  attempts: count,
  /** Whether what undoes it took effect; null where nothing was asked to undo it. */
  undone: happenedSchema.nullable(),
  /** Step of what undoes it; null for none. */
  undoneBy: z.string().nullable(),
  /** The step that this one undoes; null where it is no undo. */
  undoes: z.string().nullable(),
  /** One line for a person: `payment.charge took effect (attempt 2), and was undone`. */
  text: z.string(),
});

export type SagaFields = z.infer<typeof sagaFieldsSchema>;
export type SourcePlace = z.infer<typeof sourcePlaceSchema>;
export type InstanceRef = z.infer<typeof instanceRefSchema>;
export type Cause = z.infer<typeof causeSchema>;
export type Happened = z.infer<typeof happenedSchema>;
export type EffectAnswer = z.infer<typeof effectAnswerSchema>;
