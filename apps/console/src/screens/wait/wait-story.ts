/**
 * What the page of a wait says, in the words of somebody who knows nothing of sagas.
 *
 * @module
 */
import type { WaitResource } from '@holdfast/core';
import { formatDuration } from '../../lib/format.ts';
import { plainLabel } from '../../lib/labels.ts';
import type { Field } from '../../lib/schema-fields.ts';

export interface Ending {
  readonly title: string;
  readonly text: string;
  /** Whether what was asked for has happened. */
  readonly good: boolean;
}

/** @param mine whether it was this page that ended it */
export function endingOf(state: WaitResource['state'], mine: boolean): Ending {
  switch (state) {
    case 'completed':
      return mine
        ? { title: 'Done', text: 'Your answer is recorded. You can close this page.', good: true }
        : {
            title: 'Already done',
            text: 'Somebody has answered this. Nothing is left to do.',
            good: true,
          };
    case 'failed':
      return mine
        ? {
            title: 'Declined',
            text: 'It is recorded that this cannot be done. You can close this page.',
            good: false,
          }
        : {
            title: 'Already declined',
            text: 'Somebody has said that this cannot be done.',
            good: false,
          };
    case 'expired':
      return { title: 'Too late', text: 'The time for an answer has passed.', good: false };
    case 'closed':
    case 'open':
      return {
        title: 'No longer needed',
        text: 'An answer is not waited for any more.',
        good: false,
      };
  }
}

/** What is asked: the title its author gave it, or its name made readable. */
export function questionOf(wait: { readonly name: string; readonly title: string | null }): string {
  const { title } = wait;
  return title === null || title === '' ? plainLabel(wait.name) : title;
}

/** `Until 14:30, 12 min left`; another day is named. Times in milliseconds; `expiresAt` null: no end. */
export function deadlineOf(
  expiresAt: number | null,
  now: number,
  locale?: string,
  timeZone?: string,
): string | null {
  if (expiresAt === null) return null;
  const zone = timeZone === undefined ? {} : { timeZone };
  const day = new Intl.DateTimeFormat('en-CA', zone);
  const sameDay = day.format(expiresAt) === day.format(now);
  const at = new Intl.DateTimeFormat(locale, {
    ...(sameDay ? {} : { weekday: 'short', day: 'numeric', month: 'short' }),
    hour: '2-digit',
    minute: '2-digit',
    ...zone,
  }).format(expiresAt);
  if (expiresAt <= now) return `Until ${at}, which has passed`;
  const left = expiresAt - now;
  const text = left < MINUTE_MS ? 'less than a minute' : formatDuration(roundDown(left));
  return `Until ${at}, ${text} left`;
}

const MINUTE_MS = 60_000;

function roundDown(millis: number): number {
  return Math.floor(millis / MINUTE_MS) * MINUTE_MS;
}

/** Whether one touch can answer it: nothing has to be filled in. */
export function isOneTouch(field: Field): boolean {
  if (field.kind === 'json') return true;
  return field.kind === 'group' && field.members.every(({ required }) => !required);
}
