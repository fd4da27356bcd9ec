/**
 * `npm run bench -- --reads`: how long the lists, searches and single resources of an operator's surface take on grown data,
 * over HTTP, at rest and while 1,000 events a second come in.
 *
 * `--instances` (default 1,000,000) runs, of which a tenth of `--events` (default 5,000,000) are whole orders that have
 * ended and the others sleep; `--blocked` of these (default a hundredth) are blocked, for several reasons. Each question is
 * asked `--requests` times with other parameters, one after the other. Each run has two search fields: a customer, whom
 * ten runs have, and a city, which a fiftieth of the runs have. The budget is 100 ms at the 95th percentile.
 *
 * The data is written through the store's port (see `growth/grow-main.ts`), into a folder of its own, and removed. Left out: a cold page cache; many
 * tenants; several askers at one time.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { TempFolder } from '../support/temp-folder.ts';
import { LOAD, say, table } from './bench-support.ts';
import { bytesFor, gib, growData, needRoom } from './growth/grown-data.ts';
import {
  blockRuns,
  CITIES,
  CUSTOMERS,
  customerOf,
  giveSearchFields,
} from './growth/operator-rows.ts';

const BUDGET_MS = 100;
const STEADY_PER_SECOND = 1000;
const WARM_UP = 3;
/** Every so many events of the grown data is one of a run's ten. */
const EVENTS_A_RUN = 10;

export interface ReadsOptions {
  readonly events: number;
  readonly instances: number;
  readonly blocked: number;
  readonly requests: number;
}

/** A question, and the path that asks it: another each time. */
type Question = readonly [name: string, path: () => string];

const page = z.object({
  items: z.array(z.looseObject({})),
  next: z.string().nullable(),
});

export async function measureReads(options: ReadsOptions): Promise<void> {
  const { events, instances, blocked, requests } = options;
  const schedules = Math.max(0, instances - Math.floor(events / EVENTS_A_RUN));
  const bytes = bytesFor({ events, schedules, instances: 0 });
  needRoom(tmpdir(), bytes);
  say(`\nThe data takes up to ${gib(bytes)} GiB below ${tmpdir()}, removed in the end.`);
  using folder = new TempFolder('reads');
  const dataDir = folder.at('data');
  const seconds = await growData(dataDir, { events, schedules });
  await blockRuns(dataDir, blocked);
  await giveSearchFields(dataDir, { sleepers: schedules });
  say(
    `${instances} runs, ${events + schedules} events, ${blocked} blocked: grown in ${seconds.toFixed(0)} s.`,
  );
  await using server = await HoldfastServer.start({
    dataDir,
    restaurant: false,
    env: { HOLDFAST_LOG_LEVEL: 'warn' },
  });
  const asker = new Asker(server);
  const questions = await questionsFor(asker, { events, schedules });
  await measure(asker, questions, requests, 'at rest');
  const script = join(LOAD, 'steady-events.ts');
  const args = [script, server.ready.http, server.adminKey, String(STEADY_PER_SECOND)];
  const steady = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await once(steady.stdout, 'data');
    await measure(asker, questions, requests, `while ${STEADY_PER_SECOND} events/s come in`);
    if (steady.exitCode !== null) throw new Error('the load ended before the measurement did');
  } finally {
    steady.kill();
  }
}

class Asker {
  readonly #url: string;
  readonly #headers: Record<string, string>;

  constructor(server: HoldfastServer) {
    this.#url = server.ready.http;
    this.#headers = { authorization: `Bearer ${server.adminKey}` };
  }

  async ask(path: string): Promise<unknown> {
    const answer = await fetch(this.#url + path, { headers: this.#headers });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  }

  /** In milliseconds, to the last byte. */
  async time(path: string): Promise<number> {
    const begun = performance.now();
    const answer = await fetch(this.#url + path, { headers: this.#headers });
    const body = await answer.arrayBuffer();
    const elapsed = performance.now() - begun;
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${Buffer.from(body).toString()}`);
    return elapsed;
  }

  async items(path: string): Promise<readonly Record<string, unknown>[]> {
    return page.parse(await this.ask(path)).items;
  }
}

async function measure(
  asker: Asker,
  questions: readonly Question[],
  requests: number,
  when: string,
): Promise<void> {
  const rows: string[][] = [];
  let over = 0;
  for (const [name, path] of questions) {
    for (let n = 0; n < WARM_UP; n += 1) await asker.time(path());
    const times: number[] = [];
    for (let n = 0; n < requests; n += 1) times.push(await asker.time(path()));
    times.sort((a, b) => a - b);
    const at = (share: number): number =>
      times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
    if (at(0.95) > BUDGET_MS) over += 1;
    rows.push([name, ...[0.5, 0.95, 0.99].map((share) => at(share).toFixed(1)), at(1).toFixed(1)]);
  }
  say(`\nEach asked ${requests} times ${when}, milliseconds:\n`);
  say(table(['question', 'p50', 'p95', 'p99', 'longest'], rows));
  say(`\n${over} of ${questions.length} over ${BUDGET_MS} ms at the 95th percentile.`);
}

async function questionsFor(
  asker: Asker,
  { events, schedules }: { readonly events: number; readonly schedules: number },
): Promise<readonly Question[]> {
  const runs = Math.floor(events / EVENTS_A_RUN);
  const random = (below: number): number => Math.floor(Math.random() * Math.max(1, below));
  const order = (): string => `grown-${String(1 + random(runs)).padStart(10, '0')}`;
  const sleeper = (): string => `sleeper-${String(random(schedules)).padStart(10, '0')}`;
  const customer = (): string => customerOf(random(CUSTOMERS));
  const city = (): string => String(one(CITIES));
  const [newest] = await asker.items('/v1/events?limit=1');
  const [oldest] = await asker.items('/v1/events?limit=1&order=asc');
  const first = Date.parse(String(oldest?.['receivedAt']));
  const span = Date.parse(String(newest?.['receivedAt'])) - first;
  const time = (): string => encodeURIComponent(new Date(first + random(span)).toISOString());
  const last = Number(newest?.['seq']);
  const effects = await asker.items('/v1/effects?limit=500');
  const one = <T>(of: readonly T[]): T | undefined => of[random(of.length)];
  const command = (): string => String(one(effects)?.['commandId']);
  const cursors = {
    sagas: await cursorsOf(asker, '/v1/sagas?limit=100'),
    events: await cursorsOf(asker, '/v1/events?limit=100'),
  };
  const status = (): string =>
    String(one(['running', 'waiting', 'blocked', 'completed', 'failed']));
  const { release } = z
    .looseObject({ release: z.string() })
    .parse((await asker.items('/v1/sagas?limit=1'))[0]);
  const { groups } = z
    .looseObject({ groups: z.array(z.looseObject({ id: z.string() })) })
    .parse(await asker.ask('/v1/attention'));
  const group = (): string => one(groups)?.id ?? '';
  return [
    ['overview', () => '/v1/overview'],
    ['overview, series of an hour', () => '/v1/overview/series'],
    ['info', () => '/info'],
    ['attention', () => '/v1/attention'],
    ...(groups.length === 0
      ? []
      : [['attention, one group', () => `/v1/attention/${group()}?limit=50`] as const]),
    ['sagas', () => '/v1/sagas'],
    ['sagas, a later page', () => `/v1/sagas?limit=100&cursor=${one(cursors.sagas)}`],
    ['sagas by status', () => `/v1/sagas?status=${status()}`],
    [
      'sagas by several statuses',
      () => `/v1/sagas?status=${status()}&status=retrying&status=compensated`,
    ],
    ['sagas by a status nobody has', () => '/v1/sagas?status=retrying&status=compensating'],
    ['sagas by saga', () => `/v1/sagas?saga=${one(['function-order', 'sleeper'])}`],
    ['sagas by saga and status', () => `/v1/sagas?saga=function-order&status=${status()}`],
    ['sagas by key', () => `/v1/sagas?key=${order()}`],
    ['sagas by beginning of the key', () => `/v1/sagas?key=${order().slice(0, -1 - random(5))}`],
    [
      'sagas by key of a saga',
      () => `/v1/sagas?saga=sleeper&key=${sleeper().slice(0, -1 - random(4))}`,
    ],
    ['sagas by time', () => `/v1/sagas?since=${time()}&limit=100`],
    ['sagas by time, backward', () => `/v1/sagas?until=${time()}&limit=100`],
    ['sagas by release and status', () => `/v1/sagas?release=${release}&status=${status()}`],
    [
      'sagas by everything',
      () =>
        `/v1/sagas?saga=function-order&status=completed&status=failed&key=grown&release=${release}&until=${time()}`,
    ],
    ['sagas by a search field', () => `/v1/sagas?search=customer:${customer()}`],
    [
      'sagas by beginning of a search field',
      () => `/v1/sagas?search=customer:${customer().slice(0, -1 - random(5))}*`,
    ],
    ['sagas by a search field that many share', () => `/v1/sagas?search=city:${city()}`],
    [
      'sagas by two search fields',
      () => `/v1/sagas?search=city:${city()}&search=customer:${customer().slice(0, -2)}*`,
    ],
    [
      'sagas by search field, saga, status and time',
      () => `/v1/sagas?saga=sleeper&search=city:${city()}&status=${status()}&until=${time()}`,
    ],
    ['searchable fields', () => '/v1/sagas/fields'],
    ['one saga', () => `/v1/sagas/function-order/${order()}`],
    ['its timeline', () => `/v1/sagas/function-order/${order()}/timeline`],
    ['why it stands where it stands', () => `/v1/sagas/sleeper/${sleeper()}/explain`],
    ['its state at a version', () => `/v1/sagas/function-order/${order()}/at/1`],
    ['events', () => '/v1/events'],
    ['events, a later page', () => `/v1/events?limit=100&cursor=${one(cursors.events)}`],
    [
      'events by type',
      () => `/v1/events?type=${one(['bench.function', 'bench.reading', 'effect.succeeded'])}`,
    ],
    ['events by correlation', () => `/v1/events?correlationId=${order()}`],
    ['events by time', () => `/v1/events?from=${time()}&order=asc`],
    ['events by position', () => `/v1/events?after=${random(last)}&order=asc`],
    ['events of operators', () => '/v1/events?stream=CONTROL_EVENTS'],
    ['events by text that many have', () => '/v1/events?text=grown-00'],
    ['events by text that one has', () => `/v1/events?text=${order()}`],
    ['one event, with cause and consequences', () => `/v1/events/${1 + random(last)}`],
    ['effects', () => '/v1/effects'],
    [
      'effects by status',
      () => `/v1/effects?status=${one(['pending', 'held', 'succeeded', 'failed', 'unknown'])}`,
    ],
    ['effects by effect', () => `/v1/effects?effect=${String(one(effects)?.['effect'])}`],
    ['effects by saga and time', () => `/v1/effects?saga=function-order&since=${time()}`],
    ['one effect', () => `/v1/effects/${command()}`],
    ['waits', () => '/v1/waits?state=open'],
    ['schedules', () => '/v1/schedules'],
    ['quarantine', () => '/v1/quarantine'],
    ['releases', () => '/v1/releases'],
    ['audit', () => '/v1/audit'],
    ['outbox', () => '/v1/outbox'],
    ['upstreams', () => '/v1/upstreams'],
    ['event types', () => '/v1/event-types'],
    ['keys', () => '/v1/keys'],
    ['tenants', () => '/v1/tenants'],
    ['alerts', () => '/v1/alerts'],
    ['MQTT clients', () => '/v1/mqtt/clients'],
  ];
}

async function cursorsOf(asker: Asker, path: string): Promise<readonly string[]> {
  const cursors: string[] = [];
  let next = page.parse(await asker.ask(path)).next;
  while (next !== null && cursors.length < 20) {
    cursors.push(next);
    next = page.parse(await asker.ask(`${path}&cursor=${next}`)).next;
  }
  return cursors;
}
