import { describe, expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { effect, event, reducer, wait } from '../index.ts';
import { Host } from './host.fixture.ts';

const Opened = event('valve.opened', z.object({ valveId: z.string() }));
const Pressure = event('valve.pressure', z.object({ valveId: z.string(), bar: z.number() }));
const Alarm = event('valve.alarm', z.object({ bar: z.number() }));
const closeValve = effect('valve.close', {
  input: z.object({ valveId: z.string() }),
  output: z.object({ at: z.number() }),
});
const Permit = wait('permit', z.object({ by: z.string() }));

const valve = reducer('valve', {
  on: { opened: Opened, pressure: Pressure },
  starts: ['opened'],
  key: (data) => data.valveId,
  state: z.object({ open: z.boolean(), bar: z.number(), permits: z.array(z.string()) }),
  initial: { open: false, bar: 0, permits: [] },
  effects: { close: closeValve },
  waits: { permit: Permit },
  handlers: {
    opened(state, data, ctx) {
      expectTypeOf(data).toEqualTypeOf<{ valveId: string }>();
      ctx.setTimer('auto-close', '10m');
      return { ...state, open: true };
    },
    pressure(state, { bar }, ctx) {
      if (bar > 8 && state.open) {
        ctx.call('close', { valveId: ctx.key });
        ctx.publish(Alarm, { bar });
      }
      if (bar > 5) ctx.setTimer('auto-close', '1m');
      if (bar === 1) ctx.openWait('permit', { timeout: '5m' });
      if (bar < 0) ctx.complete({ last: state.bar });
      return { ...state, bar };
    },
  },
  outcomes: {
    close(state, outcome, ctx) {
      if (outcome.kind === 'succeeded') {
        expectTypeOf(outcome.output).toEqualTypeOf<{ at: number }>();
        ctx.cancelTimer('auto-close');
        return { ...state, open: false };
      }
      return undefined;
    },
  },
  timers: { 'auto-close': (_state, ctx) => void ctx.call('close', { valveId: ctx.key }) },
  answers: {
    permit(state, answer) {
      if (answer.kind !== 'completed') return undefined;
      expectTypeOf(answer.payload).toEqualTypeOf<{ by: string }>();
      return { ...state, permits: [...state.permits, answer.payload.by] };
    },
  },
  cancelled: (state, reason, ctx) => {
    ctx.log.warn(reason);
    return { ...state, open: false };
  },
});

const MINUTE = 60_000_000;
const opened = (): Host => new Host(valve).send('start', 'valve.opened', null, { valveId: 'v' });
const press = (host: Host, bar: number): Host =>
  host.send('event', 'valve.pressure', null, { valveId: 'v', bar });
const stateOf = (host: Host): unknown => (JSON.parse(host.state ?? '') as { state: unknown }).state;

describe('a reducer', () => {
  test('goes from state to state, sets timers and calls effects under ids that never repeat', () => {
    const host = opened();
    expect(host.last).toMatchObject({
      status: 'waiting',
      schedules: [{ name: 'auto-close', dueAt: host.now + 10 * MINUTE }],
    });
    press(host, 9);
    expect(host.last).toMatchObject({
      status: 'running',
      items: [{ step: 'close#1', effect: 'valve.close', input: { valveId: 'k' } }],
      publishes: [{ step: 'valve.alarm#1', type: 'valve.alarm', data: { bar: 9 } }],
    });
    press(host, 10);
    expect(host.last.items).toMatchObject([{ step: 'close#2' }]);
    host.succeed('close#1', { at: 1 });
    expect(host.last.cancelSchedules).toEqual(['auto-close']);
    expect(stateOf(host)).toEqual({ open: false, bar: 10, permits: [] });
  });

  test('ignores outcomes it no longer asks for, and firings of a timer that was set anew', () => {
    const host = press(opened(), 9);
    host.succeed('close#1', { at: 1 }).succeed('close#1', { at: 1 });
    expect(host.last).toMatchObject({ ignored: true, items: [], cancelSchedules: [] });
    const early = press(opened(), 6).send('timer', 'timer.fired', 'auto-close', null);
    expect(early.last.ignored).toBe(true);
    early.now += MINUTE;
    early.send('timer', 'timer.fired', 'auto-close', null);
    expect(early.last).toMatchObject({ ignored: false, items: [{ step: 'close#1' }] });
    early.send('timer', 'timer.fired', 'auto-close', null);
    expect(early.last.ignored).toBe(true);
  });

  test('opens waits and takes their answers', () => {
    const host = press(opened(), 1);
    expect(host.last.waits).toEqual([
      { step: 'permit#1', name: 'permit', definition: 'permit', expiresAt: host.now + 5 * MINUTE },
    ]);
    expect(() => press(host, 1)).toThrow('wait permit is open already');
    host.complete('permit#1', { by: 'Q' });
    expect(stateOf(host)).toMatchObject({ permits: ['Q'] });
    press(host, 1).expire('permit#2');
    expect(host.last.ignored).toBe(false);
    expect(stateOf(host)).toMatchObject({ permits: ['Q'] });
  });

  test('logs a refusal that no outcome handler takes', () => {
    const careless = reducer('careless', {
      on: { opened: Opened },
      state: z.object({}),
      initial: {},
      effects: { close: closeValve },
      handlers: { opened: (_state, { valveId }, ctx) => void ctx.call('close', { valveId }) },
    });
    const host = new Host(careless)
      .send('start', 'valve.opened', null, { valveId: 'v' })
      .fail('close#1', 'stuck', 'rust');
    expect(host.last.logs).toEqual([{ level: 'error', message: 'close failed: stuck: rust' }]);
  });

  test('completes and is cancelled, letting go of timers and waits', () => {
    const done = press(press(opened(), 1), -1);
    expect(done.last).toMatchObject({
      ending: { as: 'completed', result: { last: 1 } },
      cancelSchedules: ['auto-close'],
      closeWaits: ['permit#1'],
    });
    const cancelled = opened().cancel('rebuilding');
    expect(cancelled.last).toMatchObject({
      ending: { as: 'cancelled', error: { code: 'cancel', message: 'rebuilding' } },
      logs: [{ level: 'warn', message: 'rebuilding' }],
      cancelSchedules: ['auto-close'],
    });
    expect(stateOf(cancelled)).toMatchObject({ open: false });
  });

  test('names what it does not have', () => {
    const wrong = reducer('wrong', {
      on: { opened: Opened },
      state: z.object({}),
      initial: {},
      timers: { right: () => undefined },
      handlers: { opened: (_state, _data, ctx) => ctx.setTimer('wrong', 1) },
    });
    expect(() => new Host(wrong).send('start', 'valve.opened', null, { valveId: 'v' })).toThrow(
      'the reducer has no timer wrong; it has right',
    );
  });
});

describe('versions of the state', () => {
  const counter = (version: number): Host['saga'] =>
    reducer('counter', {
      on: { opened: Opened },
      state: z.object({ n: z.number(), unit: z.string().optional() }),
      initial: { n: 0 },
      version,
      migrate: (state, from) => ({ n: (state as { n: number }).n, unit: `from ${from}` }),
      handlers: { opened: (state) => ({ ...state, n: state.n + 1 }) },
    });

  test('an older state is migrated once, a newer one refused', () => {
    const old = new Host(counter(1)).send('start', 'valve.opened', null, { valveId: 'v' });
    const next = new Host(counter(3));
    next.state = old.state;
    next.send('event', 'valve.opened', null, { valveId: 'v' });
    next.send('event', 'valve.opened', null, { valveId: 'v' });
    expect(stateOf(next)).toEqual({ n: 3, unit: 'from 1' });
    const back = new Host(counter(2));
    back.state = next.state;
    expect(() => back.send('event', 'valve.opened', null, { valveId: 'v' })).toThrow(
      expect.objectContaining({ code: 'program.history' }),
    );
  });

  test('faults of a definition are named', () => {
    expect(() =>
      reducer('r', {
        on: { opened: Opened },
        state: z.object({}),
        initial: {},
        version: 2,
        // @ts-expect-error every event needs a handler
        handlers: {},
      }),
    ).toThrow('handlers.opened is missing; migrate is missing');
  });
});
