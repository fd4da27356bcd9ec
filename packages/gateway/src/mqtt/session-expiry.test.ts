import { describe, expect, test } from 'vitest';
import type { Clock, Micros } from '@holdfast/core';
import { eventually, startBroker, systemClock } from './testing/broker-under-test.ts';
import type { StartOptions, UnderTest } from './testing/broker-under-test.ts';
import { FakeEngine } from './testing/fake-engine.ts';

const HOUR = 3_600_000;
const WEEK = 7 * 24 * HOUR;

/** Wall time that goes on when it is told to; what stands for an hour or more waits for it. */
class SetClock implements Clock {
  #now: Micros = Date.now() * 1000;
  readonly #timers = new Set<{ readonly due: Micros; readonly run: () => void }>();

  now = (): Micros => this.#now;
  monotonic = (): number => performance.now();

  after = (delay: number, run: () => void): (() => void) => {
    if (delay < HOUR / 60) return systemClock.after(delay, run);
    const timer = { due: this.#now + delay * 1000, run };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  };

  /** Timers that stand for hours. */
  get pending(): number {
    return this.#timers.size;
  }

  pass(millis: number): void {
    const until = this.#now + millis * 1000;
    for (;;) {
      const [next] = [...this.#timers]
        .filter(({ due }) => due <= until)
        .sort((a, b) => a.due - b.due);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.due);
      next.run();
    }
    this.#now = until;
  }
}

interface Kept extends UnderTest {
  readonly clock: SetClock;
}

async function start(clock = new SetClock(), options: StartOptions = {}): Promise<Kept> {
  return { ...(await startBroker({ ...options, clock })), clock };
}

/** A client that subscribes for good and leaves. */
async function leave({ connect, gateway }: UnderTest, clientId: string): Promise<void> {
  const client = await connect({ clientId, clean: false });
  await client.subscribe('news', 1);
  const { connections } = gateway.stats();
  await client.end();
  await eventually(() => gateway.stats().connections === connections - 1);
}

async function settled(broker: UnderTest): Promise<void> {
  const { commits } = broker.engine;
  await broker.gateway.publish('acme', 'tick', 'x', { qos: 0, retain: true });
  await eventually(() => broker.engine.commits > commits);
}

describe('a session', () => {
  test('is forgotten when its client has been away for the time, with all it was owed, in the store too', async () => {
    const broker = await start();
    await leave(broker, 'phone');
    const till = await broker.connect({ clientId: 'till' });
    await till.publish('news', 'one');
    broker.clock.pass(WEEK - 1000);
    expect(broker.gateway.stats()).toMatchObject({ sessions: 1, owed: 1, expired: 0 });
    broker.clock.pass(1000);
    expect(broker.gateway.stats()).toMatchObject({ sessions: 0, owed: 0, expired: 1 });
    await settled(broker);
    const disk = broker.engine.disk.snapshot();
    expect(disk.subscriptions).toEqual([]);
    expect(disk.owed).toEqual([]);
    expect(disk.retained.map(({ topic }) => topic)).toEqual(['@acme/tick']);
    const back = await broker.connect({ clientId: 'phone', clean: false });
    expect(back.sessionPresent).toBe(false);
  });

  test('is kept while its client is there, and the time starts anew when it leaves again', async () => {
    const broker = await start();
    await leave(broker, 'phone');
    broker.clock.pass(WEEK - HOUR);
    const client = await broker.connect({ clientId: 'phone', clean: false });
    expect(client.sessionPresent).toBe(true);
    broker.clock.pass(2 * WEEK);
    expect(broker.gateway.stats().sessions).toBe(1);
    await client.end();
    await eventually(() => broker.gateway.stats().connections === 0);
    broker.clock.pass(WEEK - HOUR);
    expect(broker.gateway.stats().sessions).toBe(1);
    broker.clock.pass(HOUR);
    expect(broker.gateway.stats().sessions).toBe(0);
  });

  test('that another connection took over is not counted as left by the first', async () => {
    const broker = await start();
    const first = await broker.connect({ clientId: 'phone', clean: false });
    await first.subscribe('news', 1);
    await broker.connect({ clientId: 'phone', clean: false });
    await first.closed();
    await eventually(() => broker.gateway.stats().connections === 1);
    broker.clock.pass(2 * WEEK);
    expect(broker.gateway.stats()).toMatchObject({ sessions: 1, expired: 0 });
  });

  test('keeps its time through a restart; one whose client was there then has left at the start', async () => {
    const clock = new SetClock();
    const engine = new FakeEngine();
    const before = await start(clock, { engine });
    await leave(before, 'gone');
    const present = await before.connect({ clientId: 'present', clean: false });
    await present.subscribe('news', 1);
    clock.pass(WEEK - 2 * HOUR);
    await settled(before);
    engine.kill();
    before.gateway.stopIntake();
    clock.pass(HOUR);
    const after = await start(clock, { engine: new FakeEngine(engine.disk) });
    expect(after.gateway.stats().sessions).toBe(2);
    clock.pass(HOUR);
    expect(after.log.filter(({ message }) => message.includes('expired'))).toMatchObject([
      { fields: { client: 'gone' } },
    ]);
    expect(after.gateway.stats().sessions).toBe(1);
    clock.pass(WEEK);
    expect(after.gateway.stats().sessions).toBe(0);
  });

  test('is kept for ever where the setting says so, and no timer stands for it', async () => {
    const broker = await start(new SetClock(), { config: { sessionExpiry: 0 } });
    await leave(broker, 'phone');
    expect(broker.clock.pending).toBe(0);
    broker.clock.pass(100 * WEEK);
    expect(broker.gateway.stats().sessions).toBe(1);
  });

  test('of none leaves nothing behind: neither a clean client nor one that keeps nothing is noted', async () => {
    const broker = await start();
    const clean = await broker.connect({ clientId: 'clean' });
    await clean.subscribe('news', 1);
    await clean.end();
    const idle = await broker.connect({ clientId: 'idle', clean: false });
    await idle.end();
    await eventually(() => broker.gateway.stats().connections === 0);
    await settled(broker);
    expect(broker.clock.pending).toBe(0);
    expect(broker.engine.disk.snapshot().retained.map(({ topic }) => topic)).toEqual([
      '@acme/tick',
    ]);
  });
});
