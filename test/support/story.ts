/** What a timeline tells, line by line, without what differs from run to run. */
import { expect } from 'vitest';
import type { HttpApi } from './http-api.ts';

const TIME = /\d{4}-\d{2}-\d{2}T[\d:.]+Z/g;

/** The titles of an instance's timeline. Times in them become `TIME`, and the lines must stand in order of their time. */
export async function storyOf(api: HttpApi, saga: string, key: string): Promise<readonly string[]> {
  const lines = await api.timeline(saga, key);
  const times = lines.map(({ at }) => at);
  expect(times).toEqual(times.toSorted());
  return lines.map(({ title }) => title.replaceAll(TIME, 'TIME'));
}

/** The lines of one effect that is called once and succeeds. */
export function callOnce(effect: string, undoes?: string): readonly string[] {
  return [
    undoes === undefined ? `${effect} requested` : `${effect} undoes ${undoes}`,
    `${effect} called (attempt 1)`,
    `${effect} succeeded (attempt 1)`,
  ];
}
