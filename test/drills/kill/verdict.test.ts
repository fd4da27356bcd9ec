/** The verdict of the kill drill, on books made by hand: it has to see each fault that it is there for. */
import { describe, expect, test } from 'vitest';
import type { OutsideCall } from '../../support/calls-file.ts';
import type { CommandRecord } from '../../support/journal-database.ts';
import { drillOrder, expectedStatus } from './kinds.ts';
import type { DrillOrder } from './kinds.ts';
import { judge } from './verdict.ts';
import type { Disk } from './verdict.ts';

const ORDERS: readonly DrillOrder[] = Array.from({ length: 20 }, (_, i) => drillOrder(i));

const STEPS = {
  waits: ['kitchen.reserve', 'payment.charge'],
  completes: ['kitchen.reserve', 'payment.charge', 'courier.dispatch'],
  declined: ['kitchen.reserve', 'payment.charge', 'kitchen.release'],
  unavailable: ['kitchen.reserve'],
} as const;

interface Books {
  readonly events: Map<string, number>;
  readonly instances: { key: string; run: number; status: string }[];
  readonly commands: CommandRecord[];
  readonly calls: OutsideCall[];
  readonly orderFaults: string[];
}

/** Books of a run in which nothing went wrong. */
function cleanBooks(): Books {
  const steps = ORDERS.flatMap(({ order, kind }) =>
    STEPS[kind].map((name) => ({
      key: order.orderId,
      name,
      command: `${name} of ${order.orderId}`,
    })),
  );
  return {
    events: new Map(ORDERS.map(({ order }) => [order.orderId, 1])),
    instances: ORDERS.map(({ order, kind }) => ({
      key: order.orderId,
      run: 1,
      status: expectedStatus(kind),
    })),
    commands: steps.map(({ key, name, command }) => ({
      command,
      effect: name,
      state: 'settled',
      key,
      attempts: 1,
      doubtful: 0,
      definite: 1,
      outcomes: 1,
    })),
    calls: steps.map(({ key, name, command }) => ({
      time: '2026-01-31T12:00:00Z',
      name,
      idempotencyKey: command,
      body: { orderId: key },
      repeated: false,
      status: 200,
    })),
    orderFaults: [],
  };
}

function faultsAfter(spoil: (books: Books) => void): readonly string[] {
  const books = cleanBooks();
  spoil(books);
  const disk: Disk = {
    commands: () => books.commands,
    orderFaults: () => books.orderFaults,
    eventsOfType: () => books.events,
    instances: () => books.instances,
  };
  return judge(ORDERS, disk, books.calls).faults;
}

function change<T>(list: T[], index: number, changes: Partial<T>): void {
  const found = list[index];
  if (found === undefined) throw new Error('nothing there');
  list[index] = { ...found, ...changes };
}

function again(books: Books, changes: Partial<OutsideCall>): void {
  const [call] = books.calls;
  if (call !== undefined) books.calls.push({ ...call, ...changes });
}

test('clean books have no fault', () => {
  expect(faultsAfter(() => undefined)).toEqual([]);
});

test('a call that the outside saw twice with one key, in doubt, is none', () => {
  const faults = faultsAfter((books) => {
    again(books, { repeated: true });
    change(books.commands, 0, { attempts: 2, doubtful: 1 });
  });
  expect(faults).toEqual([]);
});

describe('a fault is seen', () => {
  test.each<[string, RegExp, (books: Books) => void]>([
    [
      'an acknowledged order is not in the journal',
      /in the journal 0 times/,
      (b) => b.events.delete(ORDERS[3]?.order.orderId ?? ''),
    ],
    [
      'an order is in the journal twice',
      /in the journal 2 times/,
      (b) => b.events.set(ORDERS[3]?.order.orderId ?? '', 2),
    ],
    ['an order has no instance', /nowhere/, (b) => b.instances.pop()],
    ['an order is stuck', /is running, not/, (b) => change(b.instances, 0, { status: 'running' })],
    ['an order ran twice', /has run 2/, (b) => change(b.instances, 0, { run: 2 })],
    [
      'a command has two recorded outcomes',
      /2 recorded outcomes/,
      (b) => change(b.commands, 0, { outcomes: 2 }),
    ],
    ['a command has none', /0 recorded outcomes/, (b) => change(b.commands, 0, { outcomes: 0 })],
    [
      'two attempts have a definite answer',
      /2 attempts with a definite answer/,
      (b) => change(b.commands, 0, { definite: 2, attempts: 2 }),
    ],
    ['a command is not settled', /is leased/, (b) => change(b.commands, 0, { state: 'leased' })],
    [
      'the outside saw a call twice that was never in doubt',
      /2 times with 0 attempts in doubt/,
      (b) => {
        again(b, { repeated: true });
        change(b.commands, 0, { attempts: 2 });
      },
    ],
    [
      'the outside saw more calls than there are attempts',
      /2 times in 1 recorded attempts/,
      (b) => {
        again(b, { repeated: true });
        change(b.commands, 0, { doubtful: 1 });
      },
    ],
    [
      'a step was asked for with two keys',
      /with 2 idempotency keys/,
      (b) => again(b, { idempotencyKey: b.commands[1]?.command ?? '' }),
    ],
    [
      'one key stood for different requests',
      /different requests/,
      (b) => again(b, { body: { orderId: 'other' } }),
    ],
    [
      'a call that no record knows',
      /no such command/,
      (b) => again(b, { idempotencyKey: 'unknown' }),
    ],
    [
      'an order was charged twice',
      /payment\.charge was done 2 times, not 1/,
      (b) => {
        const charge = b.calls.find(({ name }) => name === 'payment.charge');
        if (charge !== undefined) b.calls.push(charge);
      },
    ],
    ['the journal has a hole', /a hole/, (b) => b.orderFaults.push('a hole')],
  ])('%s', (_, fault, spoil) => {
    expect(faultsAfter(spoil).join('\n')).toMatch(fault);
  });
});
