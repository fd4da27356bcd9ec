import {
  cronTriggerResourceSchema,
  effectSchema,
  eventSchema,
  instanceStatusSchema,
  MAX_PAGE_LIMIT,
  MAX_SERIES_MINUTES,
  MAX_TIMELINE_DECISIONS,
  outboxQuerySchema,
  quarantineSchema,
  scopeSchema,
  timerSchema,
  waitSchema,
} from '@holdfast/core';
import { expect, test } from 'vitest';
import {
  EFFECT_STATES,
  KEY_SCOPES,
  MAX_DECISIONS,
  MAX_HISTORY,
  MAX_PAGE,
  OUTBOX_STATES,
  QUARANTINE_STATES,
  SAGA_STATUSES,
  SCHEDULE_KINDS,
  STREAMS,
  WAIT_STATES,
} from './wire-words.ts';

test('the words the command line offers are those of the API', () => {
  expect(STREAMS).toEqual(eventSchema.shape.stream.options);
  expect(SAGA_STATUSES).toEqual(instanceStatusSchema.options);
  expect(WAIT_STATES).toEqual(waitSchema.shape.state.options);
  expect(EFFECT_STATES).toEqual(effectSchema.shape.state.options);
  expect(SCHEDULE_KINDS).toEqual([
    ...timerSchema.shape.kind.options,
    ...cronTriggerResourceSchema.shape.kind.values,
  ]);
  expect(QUARANTINE_STATES).toEqual([...quarantineSchema.shape.state.options, 'all']);
  expect(KEY_SCOPES).toEqual(scopeSchema.options);
  expect(MAX_PAGE).toBe(MAX_PAGE_LIMIT);
  expect(MAX_DECISIONS).toBe(MAX_TIMELINE_DECISIONS);
  expect(MAX_HISTORY).toBe(MAX_SERIES_MINUTES);
  expect(OUTBOX_STATES).toEqual(outboxQuerySchema.shape.state.unwrap().options);
});
