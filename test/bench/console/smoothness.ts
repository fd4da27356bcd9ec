/** What smooth means, whether a screen is, and the tables that say so. */
import { table } from '../bench-support.ts';
import type { ScreenResult } from './measure-screen.ts';

/** Said before anything is measured. */
const MOST = {
  /** Two frames of a screen that shows 60 a second. */
  frameMs: 34,
  taskMs: 200,
  /** As long as an answer may take and still feel immediate. */
  actMs: 100,
  heapMb: 8,
} as const;

export const DEFINITION = `Smooth is a screen where 95 of 100 frames come within ${MOST.frameMs} ms of the one before, no task of the page takes more than ${MOST.taskMs} ms, 95 of 100 acts (keys, clicks, turns of the wheel) are answered on the screen within ${MOST.actMs} ms, and the heap grows by no more than ${MOST.heapMb} MB between two forced collections.`;

/** A screen, what came in meanwhile, and what it cost the server. */
export interface Looked extends ScreenResult {
  readonly eventsPerSecond: number;
  /** Share of one core that the server used, 0 to 1. */
  readonly server: number;
}

/** Of ascending values; not a number where there is none. */
function quantile(ascending: readonly number[], share: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? NaN;
}

/** Why a screen is not smooth; empty when it is. What was not measured does not hold. */
export function faultsOf({ frames, tasks, acts, heapMb }: ScreenResult): readonly string[] {
  const faults: string[] = [];
  const bound = (what: string, value: number, most: number, unit: string): void => {
    if (!(value <= most)) faults.push(`${what} ${value.toFixed(0)} ${unit}`);
  };
  bound('frame p95', quantile(frames, 0.95), MOST.frameMs, 'ms');
  bound('longest task', tasks.at(-1) ?? 0, MOST.taskMs, 'ms');
  bound('act p95', quantile(acts, 0.95), MOST.actMs, 'ms');
  bound('heap grown by', heapMb.end - heapMb.begin, MOST.heapMb, 'MB');
  return faults;
}

export function feltTable(looked: readonly Looked[]): string {
  const head =
    'screen | frame ms p50 | p95 | p99 | longest | tasks over 50 ms | ms in all | longest';
  return table(
    [...head.split(' | '), 'acts', 'act ms p50', 'p95', 'longest', 'smooth'],
    looked.map((one) => {
      const { screen, frames, tasks, acts } = one;
      const faults = faultsOf(one);
      return [
        screen,
        ...[0.5, 0.95, 0.99, 1].map((share) => quantile(frames, share).toFixed(1)),
        String(tasks.length),
        tasks.reduce((sum, task) => sum + task, 0).toFixed(0),
        (tasks.at(-1) ?? 0).toFixed(0),
        String(acts.length),
        ...[0.5, 0.95, 1].map((share) => quantile(acts, share).toFixed(0)),
        faults.length === 0 ? 'yes' : `no: ${faults.join(', ')}`,
      ];
    }),
  );
}

export function costTable(looked: readonly Looked[]): string {
  const head =
    'screen | heap MB | grown | DOM nodes | grown | page % of a core | requests/s | messages/s | events/s arrived | server % of a core';
  return table(
    head.split(' | '),
    looked.map(
      ({ screen, heapMb, nodes, busy, requestsPerSecond, messagesPerSecond, ...server }) => [
        screen,
        heapMb.begin.toFixed(1),
        (heapMb.end - heapMb.begin).toFixed(1),
        String(nodes.begin),
        String(nodes.end - nodes.begin),
        (busy * 100).toFixed(0),
        requestsPerSecond.toFixed(1),
        messagesPerSecond.toFixed(1),
        server.eventsPerSecond.toFixed(0),
        (server.server * 100).toFixed(1),
      ],
    ),
  );
}
