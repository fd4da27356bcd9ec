/**
 * The clock drill (I8): a real server whose wall clock is set forward by minutes and by days, set back by hours, and
 * crawls, with SIGKILLs between, while sleeps, waits with timeouts, timers that are set anew and cancelled, and cron
 * triggers are due. Leaps of days must be held, through kills too, until they are confirmed or set back. Then the
 * journal is judged by SQL of its own (`clock/verdict.ts`).
 *
 * The wall is what `support/preload/shifted-clock.c` makes of the machine's; the monotonic clock and the uptime are the
 * machine's own. So a machine that sleeps or is started anew is not drilled: unit tests have those.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { SimRandom } from '../simulation/random.ts';
import { eventually } from '../support/eventually.ts';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { Project } from '../support/project.ts';
import { ShiftedClock } from './clock/shifted-clock.ts';
import { type ClockVerdict, judgeClock } from './clock/verdict.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Most that is believed at once; `scheduler.maxJump` is an hour. */
const BELIEVED = 55 * MINUTE;
const ENV = {
  HOLDFAST_SCHEDULER_RECHECK: '1s',
  HOLDFAST_SCHEDULER_MAX_JUMP: '1h',
  // A machine of continuous integration has often just been started.
  HOLDFAST_SCHEDULER_BOOT_GRACE: '0ms',
};
const ACTS = ['forward', 'leap and confirm', 'back', 'kill', 'leap and back', 'crawl'] as const;
type Act = (typeof ACTS)[number];

export interface ClockDrillOptions {
  /** The first six are one of each act; those after are drawn. */
  readonly rounds: number;
  readonly seed: number;
  readonly say?: (line: string) => void;
}

export interface ClockReport extends ClockVerdict {
  readonly acts: Readonly<Record<Act, number>>;
  readonly kills: number;
  readonly heldThroughKills: number;
  readonly secondsInAll: number;
}

const info = z.looseObject({
  clockHeld: z.object({ jump: z.number(), due: z.number() }).nullable(),
});
const page = z.looseObject({ items: z.array(z.unknown()) });

/** What is not as it must be; empty when all is well. A run in which nothing happened proves nothing. */
export function clockDrillFaults(report: ClockReport, rounds: number): readonly string[] {
  const faults = [...report.faults];
  const least = (what: string, count: number, min: number): void => {
    if (count < min) faults.push(`${count} ${what}, fewer than ${min}: this proves little`);
  };
  least('timers fired', report.fired, 10 * rounds);
  least('waits expired', report.expired, rounds);
  least('timers replaced or cancelled', report.replacedOrCancelled, rounds);
  least('cron firings', report.cronFirings, 100);
  least('runs passed over', report.cronSkips, 1);
  least('kills', report.kills, 1);
  least('leaps held through a kill', report.heldThroughKills, 1);
  least('confirmations', report.confirmations, 1);
  if (report.confirmations !== report.acts['leap and confirm'])
    faults.push(`${report.confirmations} confirmations are journaled`);
  return faults;
}

export async function runClockDrill({
  rounds,
  seed,
  say = () => undefined,
}: ClockDrillOptions): Promise<ClockReport> {
  const started = performance.now();
  using clock = new ShiftedClock();
  await using server = await HoldfastServer.start({
    restaurant: false,
    env: { ...clock.env, ...ENV },
  });
  using project = new Project('test/drills/clock/project');
  await project.deploy(server);
  const drill = new ClockDrill(server, clock, new SimRandom(seed), say);
  for (let round = 0; round < rounds; round += 1) await drill.round(round);
  say('bringing everything to its end');
  await drill.settle();
  const until = clock.now();
  const exitCode = await server.stop();
  if (exitCode !== 0) throw new Error(`the server ended with ${exitCode}: ${server.log}`);
  const verdict = judgeClock(server.database, until);
  return {
    ...verdict,
    faults: [...drill.faults, ...verdict.faults],
    acts: drill.acts,
    kills: drill.kills,
    heldThroughKills: drill.heldThroughKills,
    secondsInAll: Math.round((performance.now() - started) / SECOND),
  };
}

class ClockDrill {
  readonly #server: HoldfastServer;
  readonly #clock: ShiftedClock;
  readonly #random: SimRandom;
  readonly #say: (line: string) => void;
  readonly faults: string[] = [];
  readonly acts: Record<Act, number> = {
    forward: 0,
    'leap and confirm': 0,
    back: 0,
    kill: 0,
    'leap and back': 0,
    crawl: 0,
  };
  kills = 0;
  heldThroughKills = 0;
  #placed = 0;
  readonly #questions: string[] = [];

  constructor(
    server: HoldfastServer,
    clock: ShiftedClock,
    random: SimRandom,
    say: (line: string) => void,
  ) {
    this.#server = server;
    this.#clock = clock;
    this.#random = random;
    this.#say = say;
  }

  async round(round: number): Promise<void> {
    await this.#place();
    const act = ACTS[round] ?? this.#random.pick(ACTS);
    this.acts[act] += 1;
    this.#say(`round ${round + 1}: ${act}`);
    await this.#do(act);
    await this.#answerSome();
  }

  /** Takes the wall as far as it takes for everything to come to its end, in steps that are believed. */
  async settle(): Promise<void> {
    let open: unknown[] = [];
    await eventually(
      'every saga has ended and no timer is set',
      async () => {
        await this.#forward(BELIEVED);
        // What fired has been decided on, and may have set the next.
        await sleep(SECOND);
        const timers = await this.#scheduled('timer');
        const timeouts = await this.#scheduled('wait');
        const sagas = await this.#server.api.sagas('?status=waiting');
        open = [...timers, ...timeouts, ...sagas.filter(({ saga }) => saga !== 'device')];
        return open.length === 0 ? true : undefined;
      },
      { within: 300_000, every: 0, seen: () => open.slice(0, 5) },
    );
    // The scheduler looks once more, for what the last step made due.
    await sleep(2 * SECOND);
  }

  async #do(act: Act): Promise<void> {
    switch (act) {
      case 'forward':
        for (let i = 0; i < 3; i += 1) await this.#forward(this.#between(MINUTE, BELIEVED));
        return;
      case 'back':
        this.#clock.set(-this.#between(HOUR, 5 * HOUR));
        await this.#expectBelieved();
        return;
      case 'kill':
        await this.#kill();
        return;
      case 'leap and confirm':
        return this.#leap(true);
      case 'leap and back':
        return this.#leap(false);
      case 'crawl':
        return this.#crawl();
    }
  }

  async #leap(confirm: boolean): Promise<void> {
    const by = this.#between(2 * DAY, 9 * DAY);
    this.#clock.set(by);
    await this.#expectHeld(by);
    await this.#place();
    if (this.heldThroughKills === 0 || this.#random.chance(0.5)) {
      await this.#kill();
      await this.#expectHeld(by);
      this.heldThroughKills += 1;
    }
    if (confirm) {
      const answer = await this.#server.api.post('/v1/schedules/confirm', { reason: 'a drill' });
      if (answer.status !== 200) this.faults.push(`confirming: ${answer.text}`);
    } else this.#clock.set(-by);
    await this.#expectBelieved();
  }

  /** Ten times slower than the machine's for two seconds, by being set back again and again. */
  async #crawl(): Promise<void> {
    for (let i = 0; i < 40; i += 1) {
      await sleep(50);
      this.#clock.set(-45);
    }
    await this.#expectBelieved();
  }

  async #forward(by: number): Promise<void> {
    this.#clock.set(by);
    await this.#expectBelieved();
  }

  async #kill(): Promise<void> {
    // While it is busy with what is due.
    await sleep(this.#random.below(300));
    await this.#server.sigkill();
    this.kills += 1;
    if (this.#random.chance(0.5)) await this.#whileDown();
    await this.#server.restart();
  }

  /** The clock may be set while nothing runs, too. */
  async #whileDown(): Promise<void> {
    this.#clock.set(this.#between(-10 * MINUTE, 10 * MINUTE));
    await sleep(200);
  }

  async #held(): Promise<z.infer<typeof info>['clockHeld']> {
    return info.parse((await this.#server.api.get('/info')).json).clockHeld;
  }

  async #expectHeld(by: number): Promise<void> {
    const held = await this.#held();
    // Before it may have been set by some minutes that count as well.
    if (held === null || Math.abs(held.jump - by) > 15 * MINUTE)
      this.faults.push(`a leap of ${by} ms is held as ${JSON.stringify(held)}`);
  }

  async #expectBelieved(): Promise<void> {
    const held = await this.#held();
    if (held !== null) this.faults.push(`${JSON.stringify(held)} is held, and should be believed`);
  }

  async #scheduled(kind: string): Promise<readonly unknown[]> {
    return page.parse((await this.#server.api.get(`/v1/schedules?kind=${kind}`)).json).items;
  }

  #between(low: number, high: number): number {
    return low + this.#random.below(high - low);
  }

  /** Some due at once, some in hours, most between. */
  #span(): number {
    return this.#random.pick([
      this.#between(0, 3 * SECOND),
      this.#between(0, 3 * SECOND),
      this.#between(SECOND, HOUR),
      this.#between(SECOND, 3 * HOUR),
    ]);
  }

  async #place(): Promise<void> {
    const { api } = this.#server;
    const events: { readonly type: string; readonly data: unknown }[] = [];
    for (let i = 0; i < 15; i += 1) {
      const id = `${++this.#placed}`;
      const naps = Array.from({ length: 1 + this.#random.below(3) }, () => this.#span());
      events.push({ type: 'nap.taken', data: { id, naps } });
    }
    for (let i = 0; i < 8; i += 1) {
      const id = `${++this.#placed}`;
      this.#questions.push(id);
      events.push({ type: 'question.asked', data: { id, millis: this.#span() } });
    }
    for (let i = 0; i < 20; i += 1) {
      const about = { id: `d${this.#random.below(6)}`, name: this.#random.pick(['door', 'light']) };
      events.push(
        this.#random.chance(0.7)
          ? { type: 'timer.set', data: { ...about, millis: this.#span() } }
          : { type: 'timer.cancelled', data: about },
      );
    }
    await Promise.all(events.map((event) => api.publish(event)));
  }

  /** Their answers race with their timeouts; a 409 says that the timeout was first. */
  async #answerSome(): Promise<void> {
    const { api } = this.#server;
    const some = this.#questions.splice(0, 3);
    for (const id of some) {
      const { status, text } = await api.completeWait('asker', id, 'answer');
      if (status >= 300 && status !== 409) this.faults.push(`answering ${id}: ${status} ${text}`);
    }
  }
}
