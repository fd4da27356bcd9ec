/**
 * A decision in words: what it asked for, in the order of the record.
 *
 * @module
 */
import type { Json } from '@holdfast/core';

type Fields = Readonly<Record<string, Json>>;

/** One line for each thing asked for, then how the instance stands after it. Never empty. */
export function decisionLines(decision: Json): readonly string[] {
  const all = fieldsOf(decision);
  const lines = [
    ...listOf(all['items']).map(({ effect, step, undoes }) =>
      typeof undoes === 'string'
        ? `call ${text(effect)}, to undo ${undoes}`
        : `call ${text(effect)}${stepOf(effect, step)}`,
    ),
    ...listOf(all['waits']).map(({ name, expiresAt }) =>
      typeof expiresAt === 'number'
        ? `wait for ${text(name)}, with a time limit`
        : `wait for ${text(name)}`,
    ),
    ...textsOf(all['closeWaits']).map((step) => `stop waiting at ${step}`),
    ...listOf(all['schedules']).map(({ name }) => `set the timer ${text(name)}`),
    ...textsOf(all['cancelSchedules']).map((name) => `cancel the timer ${name}`),
    ...listOf(all['children']).map(({ saga, key }) => `start the child ${text(saga)} ${text(key)}`),
    ...listOf(all['cancelChildren']).map(
      ({ saga, key }) => `ask the child ${text(saga)} ${text(key)} to stop`,
    ),
    ...listOf(all['publishes']).map(({ type }) => `publish ${text(type)}`),
    ...listOf(all['logs']).map(({ level, message }) => `log ${text(level)}: ${text(message)}`),
  ];
  return [...lines, standing(all)];
}

function standing(all: Fields): string {
  const ending = fieldsOf(all['ending']);
  if (typeof ending['as'] === 'string') {
    return ending['as'] === 'continued'
      ? 'go on as the next run'
      : `end as ${ending['as']}${because(ending['error'])}`;
  }
  if (all['blocked'] !== null && all['blocked'] !== undefined)
    return `block${because(all['blocked'])}`;
  if (all['ignored'] === true) return 'nothing: the event answers nothing that is asked';
  if (all['status'] === 'compensating') return `compensate${because(all['failure'])}`;
  return `be ${typeof all['status'] === 'string' ? all['status'] : 'running'}`;
}

function because(failure: Json | undefined): string {
  const { message } = fieldsOf(failure);
  return typeof message === 'string' ? `: ${message}` : '';
}

/** `payment.charge#1` says no more than the effect does; `#2` tells which. */
function stepOf(effect: Json | undefined, step: Json | undefined): string {
  if (typeof step !== 'string' || step === `${text(effect)}#1`) return '';
  return `, as ${step}`;
}

function fieldsOf(value: Json | undefined): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {};
}

function listOf(value: Json | undefined): readonly Fields[] {
  return Array.isArray(value) ? (value as readonly Json[]).map(fieldsOf) : [];
}

function textsOf(value: Json | undefined): readonly string[] {
  return Array.isArray(value)
    ? (value as readonly Json[]).filter((one): one is string => typeof one === 'string')
    : [];
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '?';
}
