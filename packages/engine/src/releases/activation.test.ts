import { randomUUID } from 'node:crypto';
import type { Decision, JsonText } from '@holdfast/core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { DecideAnswer, DecideRequest } from '../sandbox-port.ts';
import { type BenchOptions, EngineBench } from '../testing/engine-bench.ts';
import { type InlineProgram, InlineSandbox } from '../testing/inline-sandbox.ts';
import { until } from '../testing/until.ts';

type Steps = (key: string) => readonly string[];

/** Calls one effect after the other, as its release names them. The state is how many have been asked for. */
const inSteps = (steps: Steps, more: Partial<Decision> = {}): InlineProgram => ({
  key: (data) => (data as { id: string }).id,
  decide: (state, { key, kind }) => {
    if (kind === 'redrive') return { state, decision: { ignored: true } };
    const at = Number(state ?? 0);
    const effect = steps(key)[at];
    const decision: Partial<Decision> =
      effect === undefined
        ? { ending: { as: 'completed', result: 'done' } }
        : { items: [{ step: `${effect}#1`, effect, input: { key } }], ...more };
    return { state: at + 1, decision };
  },
});

const same: Steps = () => ['reserve', 'charge', 'ship'];
/** Another decision only from the second step of some on. */
const changed: Steps = (key) => ['reserve', key.startsWith('x') ? 'invoice' : 'charge', 'ship'];
const EFFECTS = ['reserve', 'charge', 'ship', 'invoice'].map((name) => ({ name }));
const actor = { by: 'test', reason: null };

const options: BenchOptions = {
  programs: { order: inSteps(same) },
  sagas: [{ name: 'order', on: ['order.placed'] }],
  effects: EFFECTS,
};

let bench: EngineBench;
afterEach(() => bench.end(0));

const place = (id: string): Promise<unknown> =>
  bench.engine.ingest({ event: bench.event('order.placed', { id }) });
const rowOf = async (key: string, saga = 'order') =>
  (await bench.store.loadInstances([{ tenant: '', saga, key }]))[0]?.row;
const releaseOf = async (key: string) => (await rowOf(key))?.release;
const becomes = (key: string, status: string) =>
  until(async () => (await rowOf(key))?.status === status);
const atVersion = (key: string, version: number) =>
  until(async () => (await rowOf(key))?.version === version);

/** Effects of these names stay out until the test ends them. */
function holding(...names: readonly string[]): Map<string, (output: JsonText) => void> {
  const open = new Map<string, (output: JsonText) => void>();
  bench.execute = ({ effect, key, input }) =>
    names.includes(effect)
      ? new Promise((resolve) => {
          open.set(`${effect} ${key}`, (output) => resolve({ kind: 'succeeded', output }));
        })
      : Promise.resolve({ kind: 'succeeded', output: input });
  return open;
}

async function started(change: Partial<BenchOptions> = {}): Promise<void> {
  bench = new EngineBench({ ...options, ...change });
  await bench.start();
}

/** A release that decides by `steps`, registered and not active. */
const registered = (steps: Steps, change: Partial<BenchOptions> = {}) =>
  bench.register({ programs: { order: inSteps(steps) }, ...change });

describe('activation', () => {
  test('moves those that decide alike, and names the first step of those that do not', async () => {
    await started();
    const open = holding('reserve', 'charge', 'ship');
    for (const id of ['x-first', 'x-second', 'y-second']) await place(id);
    for (const id of ['x-second', 'y-second']) {
      await until(() => open.has(`reserve ${id}`));
      open.get(`reserve ${id}`)?.('{}');
      await atVersion(id, 2);
    }
    const old = await releaseOf('x-second');
    const digest = await registered(changed);
    const { rehearsal, previous } = await bench.engine.activateRelease(digest, actor, {
      wait: 30_000,
    });
    expect(previous).toBe(old);
    expect(rehearsal).toMatchObject({
      state: 'finished',
      dryRun: false,
      inFlight: 3,
      examined: 3,
      moved: 2,
      stayed: 1,
      ended: 0,
    });
    expect(rehearsal.stays).toEqual([
      {
        tenant: '',
        saga: 'order',
        key: 'x-second',
        run: 1,
        release: old,
        reason: 'differs',
        version: 2,
        step: 'charge#1',
        history: 'calls charge with {"key":"x-second"}',
        asks: 'calls invoice with {"key":"x-second"}',
      },
    ]);
    await until(() => open.size === 5);
    for (const finish of open.values()) finish('{}');
    // What moved goes on as the new release says, what stayed as the old one does.
    const second = (key: string) => bench.calls.filter((call) => call.key === key)[1]?.effect;
    await until(() => second('x-first') !== undefined && open.has('ship x-second'));
    expect([second('x-first'), second('x-second')]).toEqual(['invoice', 'charge']);
    expect(await releaseOf('x-first')).toBe(digest);
    expect(await releaseOf('y-second')).toBe(digest);
    expect(await releaseOf('x-second')).toBe(old);
    await place('z-new');
    await until(async () => (await releaseOf('z-new')) === digest);
  });

  test('a dry run says the same, and leaves no trace', async () => {
    await started();
    const open = holding('charge');
    for (const id of ['x', 'y']) await place(id);
    await until(() => open.size === 2);
    const digest = await registered(changed);
    const before = { ...bench.store.counters };
    const rows = [await rowOf('x'), await rowOf('y')];
    const { rehearsal } = await bench.engine.rehearseRelease({ digest }, { wait: 30_000 });
    expect(rehearsal).toMatchObject({ dryRun: true, moved: 1, stayed: 1 });
    expect(rehearsal.stays.map(({ key, step }) => [key, step])).toEqual([['x', 'charge#1']]);
    expect([await rowOf('x'), await rowOf('y')]).toEqual(rows);
    expect(bench.store.counters).toEqual(before);
    expect((await bench.store.releases()).find(({ active }) => active)?.digest).not.toBe(digest);
    const { rehearsal: real } = await bench.engine.activateRelease(digest, actor, { wait: 30_000 });
    expect(real).toMatchObject({ moved: 1, stayed: 1, stays: rehearsal.stays });
  });

  test('a bundle that nobody registered can be tried', async () => {
    await started();
    const open = holding('charge');
    await place('x');
    await until(() => open.size === 1);
    const bundle = bench.bundle({ programs: { order: inSteps(changed) } });
    const before = { ...bench.store.counters };
    const { digest, rehearsal } = await bench.engine.rehearseRelease({ bundle }, { wait: 30_000 });
    expect(rehearsal).toMatchObject({ moved: 0, stayed: 1 });
    expect(await bench.engine.rehearsal(digest)).toMatchObject({ stayed: 1, state: 'finished' });
    expect(bench.store.counters).toEqual(before);
    expect((await bench.store.releases()).map((row) => row.digest)).not.toContain(digest);
    await expect(bench.engine.activateRelease(digest, actor)).rejects.toMatchObject({
      code: 'release.unknown',
    });
  });

  test('a saga that is pinned stays, and so does one that the release no longer has', async () => {
    await started({
      programs: { order: inSteps(same), other: inSteps(same) },
      sagas: [
        { name: 'order', on: ['order.placed'] },
        { name: 'other', on: ['order.placed'] },
      ],
    });
    const open = holding('reserve');
    await place('x');
    await until(async () => open.size > 0 && (await rowOf('x', 'other')) !== undefined);
    const digest = await registered(same, {
      sagas: [{ name: 'order', on: ['order.placed'], pin: 'always' }],
    });
    const { rehearsal } = await bench.engine.activateRelease(digest, actor, { wait: 30_000 });
    const reasons = Object.fromEntries(rehearsal.stays.map(({ saga, reason }) => [saga, reason]));
    expect(reasons).toEqual({ order: 'pinned', other: 'no_saga' });
  });

  test('a rollback moves back what still decides alike', async () => {
    await started();
    const open = holding('charge', 'invoice');
    await place('x');
    await place('y');
    await until(() => open.size === 2);
    const old = await releaseOf('x');
    const digest = await registered(changed);
    await bench.engine.activateRelease(digest, actor, { wait: 30_000 });
    expect([await releaseOf('x'), await releaseOf('y')]).toEqual([old, digest]);
    await place('x-new');
    await until(() => open.has('invoice x-new'));
    const tried = await bench.engine.rehearseRelease({ rollback: 'test' }, { wait: 30_000 });
    expect(tried).toMatchObject({ digest: old, dryRun: true, rehearsal: { moved: 1, stayed: 1 } });
    const back = await bench.engine.rollbackRelease('test', actor, { wait: 30_000 });
    expect(back).toMatchObject({ digest: old, previous: digest });
    expect(back.rehearsal.stays).toMatchObject([
      { key: 'x-new', history: 'calls invoice with {"key":"x-new"}' },
    ]);
    expect(await releaseOf('y')).toBe(old);
  });

  test('is refused when another release is active than the one expected', async () => {
    await started();
    const active = (await bench.store.releases()).find((row) => row.active)?.digest ?? '';
    const digest = await registered(changed);
    const refused = { code: 'conflict', message: expect.stringContaining(active) as string };
    for (const expectActive of [digest, null]) {
      await expect(
        bench.engine.activateRelease(digest, actor, { expectActive }),
      ).rejects.toMatchObject(refused);
      await expect(
        bench.engine.rehearseRelease({ digest }, { expectActive }),
      ).rejects.toMatchObject(refused);
    }
    const taken = await bench.engine.activateRelease(digest, actor, { expectActive: active });
    expect(taken.previous).toBe(active);
    await expect(
      bench.engine.rollbackRelease('test', actor, { expectActive: active }),
    ).rejects.toMatchObject({ code: 'conflict' });
  });

  test('a log line is part of a decision', async () => {
    await started();
    const open = holding('reserve');
    await place('x');
    await until(() => open.size === 1);
    const logs = [{ level: 'info' as const, message: 'reserving' }];
    const programs = { order: inSteps(same, { logs }) };
    const { rehearsal } = await bench.engine.activateRelease(
      await bench.register({ programs }),
      actor,
      { wait: 30_000 },
    );
    expect(rehearsal.stays).toMatchObject([
      { step: null, history: 'nothing more', asks: 'logs info "reserving"' },
    ]);
  });

  test('a release that cannot take the state as it stands leaves the instance where it is', async () => {
    await started();
    const open = holding('charge');
    await place('x');
    await until(() => open.size === 1);
    const program = inSteps(same);
    const picky: InlineProgram = {
      ...program,
      decide: (state, call) => {
        if (state === 2) throw new Error('the state has a version it cannot migrate');
        return program.decide(state, call);
      },
    };
    const digest = await bench.register({ programs: { order: picky } });
    const { rehearsal } = await bench.engine.activateRelease(digest, actor, { wait: 30_000 });
    expect(rehearsal.stays).toMatchObject([
      {
        version: 2,
        history: 'the state it has come to',
        asks: 'fails: the state has a version it cannot migrate',
      },
    ]);
  });
});

/** Puts off the calls that a test names. */
class Gate extends InlineSandbox {
  readonly waiting: (() => void)[] = [];
  holds: (request: DecideRequest) => boolean = () => false;

  override async decide(request: DecideRequest): Promise<DecideAnswer> {
    if (this.holds(request)) await new Promise<void>((go) => this.waiting.push(go));
    return super.decide(request);
  }

  letGo(): void {
    this.holds = () => false;
    for (const go of this.waiting.splice(0)) go();
  }
}

describe('while it goes on', () => {
  async function gated(): Promise<Gate> {
    const sandbox = new Gate(options.programs);
    await started({ sandbox });
    return sandbox;
  }

  test.each([
    ['x', 'differs', 'calls charge with {"key":"x"}'],
    ['y', null, null],
  ])('what is decided meanwhile is rehearsed too: %s', async (key, reason, history) => {
    const sandbox = await gated();
    const open = holding('reserve', 'charge');
    await place(key);
    await until(() => open.has(`reserve ${key}`));
    const digest = await registered(changed);
    sandbox.holds = ({ release }) => release === digest;
    const activating = bench.engine.activateRelease(digest, actor, { wait: 30_000 });
    await until(() => sandbox.waiting.length === 1);
    // On the old release, which is its own still.
    open.get(`reserve ${key}`)?.('{}');
    await atVersion(key, 2);
    sandbox.letGo();
    const { rehearsal } = await activating;
    expect(rehearsal.stays.map((stay) => [stay.reason, stay.history])).toEqual(
      reason === null ? [] : [[reason, history]],
    );
    expect((await releaseOf(key)) === digest).toBe(reason === null);
  });

  test('one that is deciding moves after that, or stays by what it decides', async () => {
    const sandbox = await gated();
    const open = holding('reserve', 'charge', 'invoice');
    await place('x');
    await place('y');
    await until(() => open.size === 2);
    const old = await releaseOf('x');
    sandbox.holds = ({ release }) => release === old;
    open.get('reserve x')?.('{}');
    open.get('reserve y')?.('{}');
    await until(() => sandbox.waiting.length === 2);
    const digest = await registered(changed);
    const activating = bench.engine.activateRelease(digest, actor, { wait: 30_000 });
    await until(async () => (await bench.engine.rehearsal(digest))?.inFlight === 2);
    expect(await bench.engine.rehearsal(digest)).toMatchObject({ state: 'running', examined: 0 });
    sandbox.letGo();
    expect((await activating).rehearsal).toMatchObject({ moved: 1, stayed: 1 });
    expect([await releaseOf('x'), await releaseOf('y')]).toEqual([old, digest]);
  });

  test('the answer is held no longer than asked, and another activation takes its place', async () => {
    const sandbox = await gated();
    holding('reserve');
    await place('x');
    await until(async () => (await rowOf('x')) !== undefined);
    const first = await registered(changed);
    sandbox.holds = ({ release }) => release === first;
    const { rehearsal } = await bench.engine.activateRelease(first, actor, { wait: 20 });
    expect(rehearsal.state).toBe('running');
    const second = await registered(same);
    const activating = bench.engine.activateRelease(second, actor, { wait: 30_000 });
    await until(async () => (await bench.engine.rehearsal(first))?.state === 'superseded');
    sandbox.letGo();
    expect((await activating).rehearsal).toMatchObject({ state: 'finished', moved: 1 });
    expect(await releaseOf('x')).toBe(second);
  });

  test('a crash leaves what was not examined where it is; the next start goes on', async () => {
    const sandbox = await gated();
    holding('reserve');
    await place('x');
    await place('y');
    await until(async () => (await rowOf('y')) !== undefined);
    const old = await releaseOf('x');
    const digest = await registered(changed);
    sandbox.holds = ({ release, input }) => release === digest && input.key === 'y';
    await bench.engine.activateRelease(digest, actor);
    await until(async () => (await releaseOf('x')) === digest);
    await bench.crash();
    sandbox.letGo();
    await bench.open();
    expect((await bench.store.releases()).find((row) => row.active)).toMatchObject({ digest });
    await until(async () => (await releaseOf('y')) === digest);
    expect(old).not.toBe(digest);
    await until(async () => (await bench.engine.rehearsal(digest))?.state === 'finished');
    // Once is enough.
    await bench.crash();
    await bench.open();
    expect(await bench.engine.rehearsal(digest)).toBeNull();
  });

  test('a store that cannot be read ends it, and activating again begins anew', async () => {
    await gated();
    holding('reserve');
    await place('x');
    await until(async () => (await rowOf('x')) !== undefined);
    const digest = await registered(changed);
    vi.spyOn(bench.store, 'decisionsOf').mockRejectedValueOnce(new Error('cannot be read'));
    const { rehearsal } = await bench.engine.activateRelease(digest, actor, { wait: 30_000 });
    expect(rehearsal).toMatchObject({ state: 'failed', error: 'cannot be read' });
    const again = await bench.engine.activateRelease(digest, actor, { wait: 30_000 });
    expect(again.rehearsal).toMatchObject({ state: 'finished', moved: 1 });
    expect(bench.fatal).toEqual([]);
  });

  test('a program that takes the sandbox down is not asked again', async () => {
    let asked = 0;
    class Fragile extends InlineSandbox {
      broken = '';
      override decide(request: DecideRequest): Promise<DecideAnswer> {
        if (request.release !== this.broken) return super.decide(request);
        asked += 1;
        const failure = { code: 'program.stuck', message: 'stuck', at: null, stack: null } as const;
        return Promise.resolve({ ok: false, failure });
      }
    }
    const sandbox = new Fragile(options.programs);
    await started({ sandbox });
    holding('reserve');
    for (let i = 0; i < 30; i++) await place(`o${i}`);
    await until(async () => (await rowOf('o29')) !== undefined);
    const digest = await registered(same);
    sandbox.broken = digest;
    const { rehearsal } = await bench.engine.activateRelease(digest, actor, { wait: 30_000 });
    expect(rehearsal.stayed).toBe(30);
    expect(asked).toBeLessThan(8);
    // Those that were being looked at when the first took it down differ; the others are not looked at.
    const stuck = rehearsal.stays.filter(({ reason }) => reason === 'stuck');
    expect(stuck).toHaveLength(30 - asked);
  });

  test('events go on being taken and decided', async () => {
    const sandbox = await gated();
    holding('charge');
    await place('x');
    await until(async () => (await rowOf('x'))?.version === 2);
    const digest = await registered(same);
    sandbox.holds = ({ release, input }) => release === digest && input.key === 'x';
    const activating = bench.engine.activateRelease(digest, actor, { wait: 30_000 });
    await until(() => sandbox.waiting.length === 1);
    for (let i = 0; i < 20; i++) await place(`new-${i}`);
    await until(async () => (await rowOf('new-19'))?.version === 2);
    expect((await bench.engine.rehearsal(digest))?.state).toBe('running');
    sandbox.letGo();
    expect((await activating).rehearsal.moved).toBe(1);
  });
});

describe('instances of every kind', () => {
  test('one blocked at its program moves, and a redrive goes on there', async () => {
    const broken: InlineProgram = {
      ...inSteps(same),
      decide: (state, call) => {
        if (call.kind === 'effect') throw new Error('a bug');
        return inSteps(same).decide(state, call);
      },
    };
    await started({ programs: { order: broken } });
    await place('x');
    await becomes('x', 'blocked');
    const digest = await registered(same);
    const { rehearsal } = await bench.engine.activateRelease(digest, actor, { wait: 30_000 });
    expect(rehearsal).toMatchObject({ moved: 1, stayed: 0 });
    expect(await rowOf('x')).toMatchObject({ status: 'blocked', release: digest, version: 1 });
    await bench.engine.redrive({ tenant: '', saga: 'order', key: 'x' }, actor);
    await becomes('x', 'completed');
  });

  test('one blocked before its first decision moves', async () => {
    const broken: InlineProgram = {
      key: (data) => (data as { id: string }).id,
      decide: () => {
        throw new Error('a bug');
      },
    };
    await started({ programs: { order: broken } });
    await place('x');
    await becomes('x', 'blocked');
    const digest = await registered(same);
    await bench.engine.activateRelease(digest, actor, { wait: 30_000 });
    expect(await rowOf('x')).toMatchObject({ release: digest, version: 0 });
    await bench.engine.redrive({ tenant: '', saga: 'order', key: 'x' }, actor);
    await becomes('x', 'completed');
  });

  test('one held at an effect in doubt moves, held still', async () => {
    await started({
      effects: EFFECTS.map((effect) => ({ ...effect, inDoubt: 'hold' as const })),
    });
    const error = { code: 'timeout', message: 'no answer' };
    bench.execute = () => Promise.resolve({ kind: 'in_doubt', error });
    await place('x');
    await becomes('x', 'blocked');
    const digest = await registered(changed);
    const { rehearsal } = await bench.engine.activateRelease(digest, actor, { wait: 30_000 });
    expect(rehearsal.moved).toBe(1);
    expect(await rowOf('x')).toMatchObject({ status: 'blocked', release: digest });
    holding('invoice');
    await bench.engine.redrive({ tenant: '', saga: 'order', key: 'x' }, actor);
    await until(() => bench.calls.some(({ effect }) => effect === 'invoice'));
    const keys = new Set(
      bench.calls.filter(({ effect }) => effect === 'reserve').map(({ commandId }) => commandId),
    );
    expect(keys.size).toBe(1);
  });

  test('one that compensates moves, and undoes as the new release says', async () => {
    const undoing = (undo: string): InlineProgram => ({
      key: (data) => (data as { id: string }).id,
      decide: (state, { kind }) => {
        if (kind === 'start')
          return {
            state: 1,
            decision: { items: [{ step: 'first', effect: 'reserve', input: {} }] },
          };
        const failure = { code: 'undo', message: 'called off' };
        if (state === 1) {
          const items = [{ step: 'undo/1', effect: 'charge', input: {}, undoes: 'first' }];
          return { state: 2, decision: { items, status: 'compensating', failure } };
        }
        if (kind === 'redrive') return { state, decision: { ignored: true } };
        if (state === 2) {
          const items = [{ step: 'undo/2', effect: undo, input: {}, undoes: 'first' }];
          return { state: 3, decision: { items, status: 'compensating', failure } };
        }
        return { state: 4, decision: { failure, ending: { as: 'compensated', error: failure } } };
      },
    });
    await started({ programs: { order: undoing('ship') } });
    const open = holding('charge');
    await place('x');
    await until(() => open.size === 1);
    expect((await rowOf('x'))?.status).toBe('compensating');
    const digest = await bench.register({ programs: { order: undoing('invoice') } });
    await bench.engine.activateRelease(digest, actor, { wait: 30_000 });
    expect(await releaseOf('x')).toBe(digest);
    open.get('charge x')?.('{}');
    await becomes('x', 'compensated');
    expect(bench.calls.map(({ effect }) => effect)).toEqual(['reserve', 'charge', 'invoice']);
  });

  test('a parent and its child move each for itself', async () => {
    const parent: InlineProgram = {
      key: (data) => (data as { id: string }).id,
      decide: (state, { kind, key }) => {
        if (kind === 'redrive') return { state, decision: { ignored: true } };
        if (kind !== 'start')
          return { state: 2, decision: { ending: { as: 'completed', result: null } } };
        const children = [{ step: 'kid', saga: 'kid', key: `x-${key}`, input: {} }];
        return { state: 1, decision: { children, status: 'waiting' } };
      },
    };
    const sagas = [
      { name: 'order', on: ['order.placed'] },
      { name: 'kid', on: [] },
    ];
    await started({ programs: { order: parent, kid: inSteps(same) }, sagas });
    const open = holding('charge', 'ship');
    await place('p');
    await until(() => open.has('charge x-p'));
    const digest = await bench.register({ programs: { order: parent, kid: inSteps(changed) } });
    const { rehearsal } = await bench.engine.activateRelease(digest, actor, { wait: 30_000 });
    expect(rehearsal).toMatchObject({ moved: 1, stays: [{ saga: 'kid', step: 'charge#1' }] });
    open.get('charge x-p')?.('{}');
    await until(() => open.has('ship x-p'));
    open.get('ship x-p')?.('{}');
    await becomes('p', 'completed');
  });

  test('the next run of one that goes on as another is of the active release', async () => {
    const looping: InlineProgram = {
      key: (data) => (data as { id: string }).id,
      decide: (state, { kind }) => {
        if (kind === 'redrive') return { state, decision: { ignored: true } };
        return state === null
          ? { state: 1, decision: { items: [{ step: 'a', effect: 'reserve', input: {} }] } }
          : { state: 2, decision: { ending: { as: 'continued', input: { id: 'x' } } } };
      },
    };
    await started({ programs: { order: looping } });
    const open = holding('reserve');
    await place('x');
    await until(() => open.size === 1);
    const digest = await registered(() => ['charge']);
    const { rehearsal } = await bench.engine.activateRelease(digest, actor, { wait: 30_000 });
    expect(rehearsal.stays).toMatchObject([{ key: 'x', run: 1, step: 'a' }]);
    open.get('reserve x')?.('{}');
    await until(async () => (await rowOf('x'))?.run === 2);
    expect(await releaseOf('x')).toBe(digest);
  });

  test('one that stays keeps the sagas that only its release has: its next run, and its children', async () => {
    const looping: InlineProgram = {
      key: (data) => (data as { id: string }).id,
      decide: (state, { kind, run }) => {
        if (kind === 'redrive') return { state, decision: { ignored: true } };
        if (state === null && run === 2) {
          const children = [{ step: 'kid', saga: 'kid', key: 'k', input: {} }];
          return { state: 1, decision: { children, status: 'waiting' } };
        }
        if (run === 2)
          return { state: 2, decision: { ending: { as: 'completed', result: 'all' } } };
        return state === null
          ? { state: 1, decision: { items: [{ step: 'a', effect: 'reserve', input: {} }] } }
          : { state: 2, decision: { ending: { as: 'continued', input: { id: 'x' } } } };
      },
    };
    const kid: InlineProgram = {
      key: () => 'k',
      decide: (state) => ({ state, decision: { ending: { as: 'completed', result: 1 } } }),
    };
    await started({
      programs: { order: looping, kid },
      sagas: [
        { name: 'order', on: ['order.placed'] },
        { name: 'kid', on: [] },
      ],
    });
    const open = holding('reserve');
    await place('x');
    await until(() => open.size === 1);
    const old = await releaseOf('x');
    const digest = await bench.register({
      programs: { another: inSteps(same) },
      sagas: [{ name: 'another', on: ['other.placed'] }],
    });
    const { rehearsal } = await bench.engine.activateRelease(digest, actor, { wait: 30_000 });
    expect(rehearsal.stays).toMatchObject([{ key: 'x', reason: 'no_saga' }]);
    open.get('reserve x')?.('{}');
    await until(async () => (await rowOf('x'))?.result === '"all"');
    expect(await rowOf('x')).toMatchObject({ run: 2, status: 'completed', release: old });
    expect((await rowOf('k', 'kid'))?.release).toBe(old);
  });
});

test('who did what and when stays on record, and how it went', async () => {
  await started();
  holding('reserve');
  await place(randomUUID());
  const digest = await registered(changed);
  const who = { by: 'k-deploy', reason: 'faster shipping' };
  await bench.engine.activateRelease(digest, who, { wait: 30_000 });
  const events = await bench.store.readEvents(
    Array.from({ length: bench.store.counters.seq }, (_, at) => at + 1),
  );
  const control = events.filter(({ stream }) => stream === 'CONTROL_EVENTS');
  expect(control.map(({ type }) => type)).toEqual([
    'release.registered',
    'release.activated',
    'release.registered',
    'release.activated',
    'release.rehearsed',
  ]);
  expect(JSON.parse(control[3]?.data ?? '')).toMatchObject({ digest, ...who });
  expect(JSON.parse(control[4]?.data ?? '')).toMatchObject({ digest, moved: 1, stayed: 0 });
});
