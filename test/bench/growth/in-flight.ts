/**
 * Many instances in flight when the process is killed: how soon the next one is at work with them.
 *
 * Each order waits for its first effect, an HTTP call to a service that does not answer: as many calls are out as the
 * effect allows at one time, all others wait in the outbox. Then the server is killed and started again, several times.
 * Ready: it has said so. First call: the service is called again. At work: as many calls are out as when it was killed.
 */
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { eventually } from '../../support/eventually.ts';
import type { HoldfastServer } from '../../support/holdfast-server.ts';
import type { TempFolder } from '../../support/temp-folder.ts';
import {
  benchServer,
  load,
  LOAD,
  median,
  metrics,
  residentMb,
  say,
  table,
} from '../bench-support.ts';
import { HeldTarget } from './held-target.ts';

/** Concurrency of the effect, in `release/src/index.ts`. */
const CALLS_OUT = 512;
/** Batches of 50 not yet acknowledged: below what intake refuses as too much. */
const BATCHES_IN_FLIGHT = 40;
const OPENED_WITHIN_MS = 600_000;
/** How long it is watched at work in the end. */
const AT_WORK_SECONDS = 10;

interface Start {
  readonly ready: number;
  readonly first: number;
  readonly atWork: number;
  readonly residentMb: number;
}

export async function measureInFlight(
  folder: TempFolder,
  instances: number,
  kills: number,
): Promise<void> {
  using target = await HeldTarget.open();
  const config = folder.at('in-flight.yaml');
  writeFileSync(config, `config:\n  TARGET_URL: '${target.url}'\n`);
  const dataDir = folder.at('in-flight');
  await using server = await benchServer({ dataDir, args: ['--config', config] });
  const opened = await open(server, instances);
  const out = Math.min(CALLS_OUT, instances);
  await target.nth(out);
  const starts: Start[] = [];
  for (let n = 0; n < kills; n++) starts.push(await killAndStart(server, target, out));
  const of = (pick: (start: Start) => number, digits: number): string[] => [
    median(starts.map(pick)).toFixed(digits),
    starts.map((start) => pick(start).toFixed(digits)).join(', '),
  ];
  say(
    `\n${instances} orders in flight, opened at ${opened.toFixed(0)} a second, when the server is killed:\n`,
  );
  say(
    table(
      ['after the start', `median of ${kills}`, 'each'],
      [
        ['ready, s', ...of(({ ready }) => ready, 2)],
        ['first call, s', ...of(({ first }) => first, 2)],
        [`at work: ${out} calls out, s`, ...of(({ atWork }) => atWork, 2)],
        ['resident then, MB', ...of((start) => start.residentMb, 0)],
      ],
    ),
  );
  say(`\nOnce the service answers: ${await goingOn(server, target)}.`);
}

/** @returns orders opened a second */
async function open(server: HoldfastServer, instances: number): Promise<number> {
  const { http } = server.ready;
  const script = join(LOAD, 'open-orders.ts');
  const { perSecond } = await load(
    script,
    http,
    server.adminKey,
    'bench.held',
    instances,
    BATCHES_IN_FLIGHT,
  );
  let started = 0;
  await eventually(
    `${instances} orders are in flight`,
    async () => {
      started = (await metrics(server)).sum('holdfast_instances_started_total');
      return started === instances ? true : undefined;
    },
    { within: OPENED_WITHIN_MS, every: 1000, seen: () => started },
  );
  return perSecond;
}

async function killAndStart(
  server: HoldfastServer,
  target: HeldTarget,
  out: number,
): Promise<Start> {
  await server.sigkill();
  target.forget();
  const begun = performance.now();
  await server.restart();
  const ready = performance.now();
  const first = await target.nth(1);
  const atWork = await target.nth(out);
  const seconds = (at: number): number => (at - begun) / 1000;
  return {
    ready: seconds(ready),
    first: seconds(first),
    atWork: seconds(atWork),
    residentMb: residentMb(server.pid),
  };
}

/** What becomes of them, so that "at work" is more than calls made. */
async function goingOn(server: HoldfastServer, target: HeldTarget): Promise<string> {
  const callsBefore = target.calls;
  target.answer();
  const begun = performance.now();
  await sleep(AT_WORK_SECONDS * 1000);
  const calls = target.calls - callsBefore;
  // Counted since the start, before which none has ended.
  const ended = (await metrics(server)).sum('holdfast_instances_ended_total');
  const seconds = (performance.now() - begun) / 1000;
  if (calls === 0) throw new Error('no further call was made once the service answered');
  return `${(calls / seconds).toFixed(0)} calls a second, and ${ended} orders ended, over ${seconds.toFixed(0)} s`;
}
