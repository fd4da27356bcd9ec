import { afterEach, expect, test } from 'vitest';
import type { EngineApi } from '@holdfast/engine';
import type { PingSettings } from './alert-settings.ts';
import { DeadManPing } from './dead-man-ping.ts';
import { MovedClock, receiver, type Receiver, SECOND, turns } from './testing/alert-fixtures.ts';
import { WellCheck, type WellCheckDeps } from './well-check.ts';

const ends: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function watcher(): Promise<Receiver> {
  const made = await receiver();
  ends.push(async () => made[Symbol.asyncDispose]());
  return made;
}

class Pinging {
  readonly clock = new MovedClock();
  readonly lines: string[] = [];
  why: string | null = null;
  looks = 0;
  readonly ping: DeadManPing;

  constructor() {
    const line = (_: object, message: string) => void this.lines.push(message);
    this.ping = new DeadManPing({
      look: () => {
        this.looks += 1;
        return Promise.resolve(this.why);
      },
      clock: this.clock,
      log: { debug: line, info: line, warn: line, error: line },
    });
    ends.push(() => this.ping.close());
  }

  begin(at: Receiver, over: Partial<PingSettings> = {}): void {
    const url = () => `${at.url}/uuid`;
    this.ping.adjust({ url, method: 'GET', interval: 60 * SECOND, stopUrl: null, ...over });
  }

  /** Until the present beat is over: all that is left is the pause to the next. */
  async rest(): Promise<void> {
    const { counts } = this.ping;
    const over = () => counts.sent + counts.failed + counts.withheld;
    await turns();
    while (over() < this.looks) await new Promise((resolve) => setTimeout(resolve, 1));
    await turns();
  }
}

test('a watcher is told at once, and at every interval, while all is well', async () => {
  const at = await watcher();
  const pinging = new Pinging();
  pinging.begin(at);
  await pinging.rest();
  await pinging.clock.pass(3 * 60 * SECOND, () => pinging.rest());
  expect(at.got.map(({ method, path }) => `${method} ${path}`)).toEqual(
    Array.from({ length: 4 }, () => 'GET /uuid'),
  );
  expect(pinging.ping.status).toMatchObject({ state: 'well', error: null, interval: 60_000 });
});

test('it is not told while something is wrong, and told again once that is mended', async () => {
  const at = await watcher();
  const pinging = new Pinging();
  pinging.why = 'the engine did not answer';
  pinging.begin(at, { method: 'POST' });
  await pinging.rest();
  await pinging.clock.pass(10 * 60 * SECOND, () => pinging.rest());
  expect(at.got).toEqual([]);
  expect(pinging.ping.status).toMatchObject({
    state: 'withheld',
    error: 'the engine did not answer',
    lastSentAt: null,
  });
  // Said once, and not every minute.
  expect(pinging.lines).toHaveLength(1);
  pinging.why = null;
  await pinging.clock.pass(60 * SECOND, () => pinging.rest());
  expect(at.got.map(({ method }) => method)).toEqual(['POST']);
  expect(pinging.ping.counts).toEqual({ sent: 1, failed: 0, withheld: 11 });
});

test('one that cannot be told is tried a few times, and shown as failing', async () => {
  const at = await watcher();
  at.status = 500;
  const pinging = new Pinging();
  pinging.begin(at);
  for (let tries = 1; tries <= 3; tries += 1) {
    await at.has(tries);
    while (pinging.clock.pending === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    await pinging.clock.pass(2 * SECOND);
  }
  await pinging.rest();
  expect(at.got).toHaveLength(3);
  expect(pinging.ping.counts).toEqual({ sent: 0, failed: 1, withheld: 0 });
  expect(pinging.ping.status).toMatchObject({
    state: 'failing',
    error: 'answered 500: not today',
  });
});

test('an orderly end is told of once, where the watcher has an address for it; then no more', async () => {
  const at = await watcher();
  const pinging = new Pinging();
  pinging.begin(at, { stopUrl: () => `${at.url}/uuid/log` });
  await pinging.rest();
  await pinging.ping.stop('draining');
  await pinging.ping.stop('stopping');
  await pinging.clock.pass(5 * 60 * SECOND);
  expect(at.got.slice(1)).toMatchObject([{ method: 'POST', path: '/uuid/log', body: 'draining' }]);
});

test('without an address nobody is told, and other settings begin at once', async () => {
  const [first, second] = [await watcher(), await watcher()];
  const pinging = new Pinging();
  pinging.ping.adjust(null);
  expect(pinging.ping.status).toBeNull();
  expect(pinging.clock.pending).toBe(0);
  pinging.begin(first);
  await pinging.rest();
  pinging.begin(second);
  await second.has(1);
  pinging.ping.adjust(null);
  await pinging.clock.pass(5 * 60 * SECOND);
  expect([first.got.length, second.got.length]).toEqual([1, 1]);
});

/** A server whose parts answer as told. */
class Parts {
  readonly clock = new MovedClock();
  accepting = true;
  brokerUp = true;
  commits = 3;
  queue = 0;
  status: Partial<Awaited<ReturnType<EngineApi['status']>>> = {};
  stuck: 'engine' | 'reader' | 'store' | null = null;
  made = 0;

  readonly check: WellCheck;

  constructor() {
    const never = new Promise<never>(() => undefined);
    const answer = <T>(part: string, value: T) =>
      this.stuck === part ? never : Promise.resolve(value);
    const status = () =>
      answer('engine', { writable: true, noRoom: false, draining: false, ...this.status });
    const metrics = () =>
      answer('engine', {
        commits: { sync: { bounds: [], counts: [this.commits], sum: 0 } },
        commitQueue: this.queue,
      });
    const engine = {
      status,
      metrics,
      broker: async () => {
        await answer('store', null);
        this.made += 1;
        this.commits += 1;
      },
    } as never as WellCheckDeps['engine'];
    this.check = new WellCheck({
      engine,
      readModel: { lastSeq: () => answer('reader', 1) },
      probes: { accepting: () => this.accepting, brokerUp: () => this.brokerUp },
      clock: this.clock,
    });
  }

  async look(): Promise<string | null> {
    const looking = this.check.look();
    await this.clock.pass(20 * SECOND);
    return looking;
  }
}

test('the store is made to commit where it has not by itself', async () => {
  const parts = new Parts();
  expect([await parts.look(), parts.made]).toEqual([null, 0]);
  expect([await parts.look(), parts.made]).toEqual([null, 1]);
  expect([await parts.look(), parts.made]).toEqual([null, 2]);
  parts.commits += 1;
  expect([await parts.look(), parts.made]).toEqual([null, 2]);
  // Something waits for its commit: that others were made before is no proof.
  parts.commits += 1;
  parts.queue = 1;
  expect([await parts.look(), parts.made]).toEqual([null, 3]);
});

test.each<[string, Partial<Parts>]>([
  ['the server drains or stops', { accepting: false }],
  ['the server drains or stops', { status: { draining: true } }],
  ['the MQTT broker does not listen', { brokerUp: false }],
  ['no room on the disk', { status: { noRoom: true, writable: false } }],
  ['the store cannot be written', { status: { writable: false } }],
  ['the engine did not answer in 5000 ms', { stuck: 'engine' }],
  ['the reader did not answer in 5000 ms', { stuck: 'reader' }],
  ['the store did not answer in 5000 ms', { stuck: 'store', commits: 0 }],
])('it is not well: %s', async (why, how) => {
  const parts = Object.assign(new Parts(), how);
  expect(await parts.look()).toBe(why);
});
