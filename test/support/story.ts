/** What a timeline tells, line by line, without what differs from run to run. */
import { expect } from 'vitest';
import type { HttpApi, TimelineLine } from './http-api.ts';

const TIME = /\d{4}-\d{2}-\d{2}T[\d:.]+Z/g;

/**
 * The titles of an instance's timeline, which stands still. Times in them become `TIME`. The lines must stand in order of
 * their time, and be the same when they are asked for in parts.
 */
export async function storyOf(api: HttpApi, saga: string, key: string): Promise<readonly string[]> {
  const lines = await api.timeline(saga, key);
  const times = lines.map(({ at }) => at);
  expect(times).toEqual(times.toSorted());
  expect(await inParts(api, saga, key)).toEqual(lines);
  return lines.map(({ title }) => title.replaceAll(TIME, 'TIME'));
}

async function inParts(api: HttpApi, saga: string, key: string): Promise<readonly TimelineLine[]> {
  const parts: (readonly TimelineLine[])[] = [];
  for (let query = '?limit=1'; query !== '';) {
    const { entries, earlier } = await api.timelinePart(saga, key, query);
    parts.unshift(entries);
    query = earlier === null ? '' : `?limit=1&before=${earlier}`;
  }
  return parts.flat();
}

/** The lines of one effect that is called once and succeeds. */
export function callOnce(effect: string, undoes?: string): readonly string[] {
  return [
    undoes === undefined ? `${effect} requested` : `${effect} undoes ${undoes}`,
    `${effect} called (attempt 1)`,
    `${effect} succeeded (attempt 1)`,
  ];
}
