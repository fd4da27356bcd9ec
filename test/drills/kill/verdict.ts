/**
 * What must be true after the kills, found from three witnesses: the clients (what was acknowledged to them), the disk
 * (what is recorded), and the outside services (what they were asked to do).
 */
import type { OutsideCall } from '../../support/calls-file.ts';
import type { CommandRecord, JournalDatabase } from '../../support/journal-database.ts';
import { expectedStatus } from './kinds.ts';
import type { DrillOrder } from './kinds.ts';
import { type Policy, policyOf } from './policies.ts';

/** What the verdict asks of the disk. */
export type Disk = Pick<JournalDatabase, 'commands' | 'orderFaults' | 'eventsOfType' | 'instances'>;

export interface Verdict {
  readonly faults: readonly string[];
  readonly commands: number;
  /** Attempts left without a definite answer. */
  readonly inDoubt: number;
  readonly inDoubtByPolicy: Readonly<Record<Policy, number>>;
  /** Commands that an outside service was asked for more than once. */
  readonly seenTwice: number;
  readonly outsideCalls: number;
}

export function judge(
  acknowledged: readonly DrillOrder[],
  database: Disk,
  calls: readonly OutsideCall[],
): Verdict {
  const commands = database.commands();
  const repeats = repeatFaults(commands, calls);
  return {
    faults: [
      ...database.orderFaults(),
      ...orderFaults(acknowledged, database),
      ...outcomeFaults(commands),
      ...repeats.faults,
      ...ledgerFaults(acknowledged, calls),
    ],
    commands: commands.length,
    inDoubt: commands.reduce((sum, { doubtful }) => sum + doubtful, 0),
    inDoubtByPolicy: byPolicy(commands),
    seenTwice: repeats.seenTwice,
    outsideCalls: calls.length,
  };
}

function byPolicy(commands: readonly CommandRecord[]): Record<Policy, number> {
  const counts = { retry: 0, check: 0, hold: 0 };
  for (const { effect, doubtful } of commands) counts[policyOf(effect)] += doubtful;
  return counts;
}

/** Every acknowledged order is there, once, and reached its wait or its end. */
function orderFaults(acknowledged: readonly DrillOrder[], database: Disk): string[] {
  const faults: string[] = [];
  const events = database.eventsOfType('order.placed');
  const instances = new Map(database.instances('order').map((row) => [row.key, row]));
  for (const { order, kind, over } of acknowledged) {
    const journaled = events.get(order.orderId) ?? 0;
    if (journaled !== 1)
      faults.push(`order ${order.orderId} (${over}) is in the journal ${journaled} times`);
    const instance = instances.get(order.orderId);
    const expected = expectedStatus(kind);
    if (instance?.status !== expected) {
      faults.push(
        `order ${order.orderId} (${over}) is ${instance?.status ?? 'nowhere'}, not ${expected}`,
      );
    }
    if (instance !== undefined && instance.run !== 1) {
      faults.push(`order ${order.orderId} has run ${instance.run}`);
    }
  }
  if (instances.size !== acknowledged.length) {
    faults.push(`${instances.size} instances for ${acknowledged.length} orders`);
  }
  return faults;
}

/** No command has two recorded outcomes (I3, I4). */
function outcomeFaults(commands: readonly CommandRecord[]): string[] {
  const faults: string[] = [];
  for (const { command, effect, key, state, outcomes, definite } of commands) {
    const name = `${effect} of ${key} (${command})`;
    if (outcomes !== 1) faults.push(`${name} has ${outcomes} recorded outcomes`);
    if (definite > 1) faults.push(`${name} has ${definite} attempts with a definite answer`);
    if (state !== 'settled') faults.push(`${name} is ${state}`);
  }
  return faults;
}

/** Whatever the outside saw twice carried one idempotency key, and was in doubt (I4). */
function repeatFaults(
  commands: readonly CommandRecord[],
  calls: readonly OutsideCall[],
): { readonly faults: string[]; readonly seenTwice: number } {
  const faults: string[] = [];
  const byId = new Map(commands.map((command) => [command.command, command]));
  const callsByKey = Map.groupBy(calls, ({ idempotencyKey }) => idempotencyKey ?? '');
  let seenTwice = 0;
  for (const [key, same] of callsByKey) {
    const [first] = same;
    const name = `${first?.name} with key ${key}`;
    const command = byId.get(key);
    if (command === undefined) {
      faults.push(`${name} was called, and no such command is recorded`);
      continue;
    }
    if (same.length > 1) seenTwice += 1;
    // Each call but the one that was answered must have been left in doubt.
    if (same.length > 1 && same.length - 1 > command.doubtful) {
      faults.push(
        `${name} was called ${same.length} times with ${command.doubtful} attempts in doubt`,
      );
    }
    if (same.length > command.attempts) {
      faults.push(
        `${name} was called ${same.length} times in ${command.attempts} recorded attempts`,
      );
    }
    if (new Set(same.map(({ name: called, body }) => JSON.stringify([called, body]))).size > 1) {
      faults.push(`${name} stood for different requests`);
    }
  }
  const keysByStep = Map.groupBy(calls, ({ name, body }) => `${name} of ${body.orderId}`);
  for (const [step, same] of keysByStep) {
    const keys = new Set(same.map(({ idempotencyKey }) => idempotencyKey));
    if (keys.size > 1) faults.push(`${step} was asked for with ${keys.size} idempotency keys`);
  }
  return { faults, seenTwice };
}

/** What the services did, by their own record: each order charged once at most, and none that was called off charged. */
function ledgerFaults(
  acknowledged: readonly DrillOrder[],
  calls: readonly OutsideCall[],
): string[] {
  const faults: string[] = [];
  const done = calls.filter(({ repeated }) => !repeated);
  const byOrder = Map.groupBy(done, ({ body }) => body.orderId ?? '');
  for (const { order, kind } of acknowledged) {
    const names = (byOrder.get(order.orderId) ?? []).map(({ name }) => name);
    const times = (name: string): number => names.filter((one) => one === name).length;
    const expected = EXPECTED_CALLS[kind];
    for (const [name, count] of Object.entries(expected)) {
      if (times(name) !== count) {
        faults.push(
          `order ${order.orderId} (${kind}): ${name} was done ${times(name)} times, not ${count}`,
        );
      }
    }
  }
  return faults;
}

const EXPECTED_CALLS = {
  waits: {
    'kitchen.reserve': 1,
    'payment.charge': 1,
    'courier.dispatch': 0,
    'kitchen.release': 0,
    'payment.refund': 0,
  },
  completes: {
    'kitchen.reserve': 1,
    'payment.charge': 1,
    'courier.dispatch': 1,
    'kitchen.release': 0,
    'payment.refund': 0,
  },
  declined: {
    'kitchen.reserve': 1,
    'payment.charge': 1,
    'courier.dispatch': 0,
    'kitchen.release': 1,
    'payment.refund': 0,
  },
  unavailable: {
    'kitchen.reserve': 1,
    'payment.charge': 0,
    'courier.dispatch': 0,
    'kitchen.release': 0,
    'payment.refund': 0,
  },
} as const;
