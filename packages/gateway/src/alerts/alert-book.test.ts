import { expect, test } from 'vitest';
import { MICROS_PER_MILLI, type Micros, type Millis } from '@holdfast/core';
import type { NeedGroup } from '@holdfast/store';
import { AlertBook } from './alert-book.ts';
import type { AlertFacts } from './alert-facts.ts';
import type { AlertSettings } from './alert-settings.ts';
import { conditionsOf } from './conditions.ts';
import {
  alertFacts,
  alertSettings,
  HOUR,
  LIMITS,
  needGroup,
  NOW,
  SECOND,
  webhook,
} from './testing/alert-fixtures.ts';

/** A book, what it is shown, and whom it would tell. */
class Watched {
  settings: AlertSettings;
  book: AlertBook;
  facts: Partial<AlertFacts> = {};
  at: Micros = NOW;

  constructor(over: Partial<AlertSettings> = {}) {
    this.settings = alertSettings(over);
    this.book = new AlertBook();
  }

  set groups(groups: readonly NeedGroup[]) {
    this.facts = { ...this.facts, needs: { groups, nextDueAt: null } };
  }

  /** Looks once after the time given. @returns for each target told: notice and title of each alert */
  look(after: Millis = 0): Readonly<Record<string, readonly string[]>> {
    this.at += after * MICROS_PER_MILLI;
    const facts = alertFacts({ at: this.at, ...this.facts });
    this.book.observe(conditionsOf(facts, LIMITS, this.book.isOpen), this.at);
    return Object.fromEntries(
      this.book
        .due(this.settings, this.at)
        .map(({ target, notices }) => [
          target,
          notices.map(({ alert, notice }) => `${notice} ${alert.condition.title}`),
        ]),
    );
  }

  /** Looks every five seconds. @returns all that was told, in order */
  lookFor(time: Millis): readonly (readonly string[])[] {
    const told: (readonly string[])[] = [];
    for (let passed = 0; passed < time; passed += 5 * SECOND)
      told.push(...Object.values(this.look(5 * SECOND)));
    return told;
  }

  /** As a restart finds it. */
  restart(): void {
    this.book = new AlertBook(structuredClone(this.book.alerts));
  }
}

test('what needs a person is told once, after the window', () => {
  const watched = new Watched();
  watched.groups = [needGroup()];
  expect(watched.look()).toEqual({});
  expect(watched.look(29 * SECOND)).toEqual({});
  expect(watched.look(SECOND)).toEqual({ ops: ['opened 1 instance of order is blocked'] });
  expect(watched.lookFor(HOUR)).toEqual([]);
});

test('a thousand blocked orders are one alert whose count grows', () => {
  const watched = new Watched();
  for (let count = 1; count <= 1000; count += 111) {
    watched.groups = [needGroup({ count })];
    watched.look(SECOND);
  }
  watched.groups = [needGroup({ count: 1000 })];
  expect(watched.lookFor(HOUR)).toEqual([['opened 1000 instances of order are blocked']]);
  expect(watched.book.open).toHaveLength(1);
  watched.groups = [needGroup({ count: 1200 })];
  expect(watched.lookFor(HOUR)).toEqual([]);
  expect(watched.book.open[0]?.condition.count).toBe(1200);
});

test('a storm within the window is one message', () => {
  const watched = new Watched();
  const codes = ['a', 'b', 'c', 'd'];
  for (const [i] of codes.entries()) {
    watched.groups = codes.slice(0, i + 1).map((code) => needGroup({ code, saga: code }));
    expect(watched.look(5 * SECOND)).toEqual({});
  }
  const told = watched.lookFor(HOUR);
  expect(told).toHaveLength(1);
  expect(told[0]).toHaveLength(4);
});

test('what is over before anybody was told is told to nobody', () => {
  const watched = new Watched();
  watched.groups = [needGroup()];
  watched.look();
  watched.groups = [];
  expect(watched.lookFor(HOUR)).toEqual([]);
  expect(watched.book.alerts).toEqual([]);
});

test('what is over is told to those who were told of it; coming and going within the window is not', () => {
  const watched = new Watched();
  watched.groups = [needGroup()];
  watched.lookFor(60 * SECOND);
  watched.groups = [];
  expect(watched.look(5 * SECOND)).toEqual({});
  expect(watched.book.open).toEqual([]);
  watched.groups = [needGroup()];
  expect(watched.lookFor(HOUR)).toEqual([]);
  watched.groups = [];
  expect(watched.lookFor(HOUR)).toEqual([['resolved 1 instance of order is blocked']]);
  expect(watched.book.alerts).toEqual([]);
  // The same cause later is another alert.
  watched.groups = [needGroup()];
  expect(watched.lookFor(HOUR)).toEqual([['opened 1 instance of order is blocked']]);
});

test('what stays open is told again after the reminder, and what is nearly due along with it', () => {
  const watched = new Watched();
  watched.groups = [needGroup()];
  watched.lookFor(60 * SECOND);
  watched.groups = [needGroup({ count: 7 }), needGroup({ saga: 'parcel' })];
  expect(watched.lookFor(60 * SECOND)).toEqual([['opened 1 instance of parcel is blocked']]);
  expect(watched.lookFor(4 * HOUR)).toEqual([
    ['reminder 7 instances of order are blocked'],
    ['reminder 1 instance of parcel is blocked'],
  ]);
  const never = new Watched({ reminder: 0 });
  never.groups = [needGroup()];
  expect(never.lookFor(20 * HOUR)).toHaveLength(1);
});

test('a restart repeats nothing, and forgets nothing', () => {
  const watched = new Watched();
  watched.groups = [needGroup()];
  watched.look();
  watched.restart();
  // The window began before it.
  expect(watched.look(30 * SECOND)).toEqual({ ops: ['opened 1 instance of order is blocked'] });
  watched.restart();
  expect(watched.lookFor(HOUR)).toEqual([]);
  watched.groups = [];
  watched.look(5 * SECOND);
  watched.restart();
  expect(watched.lookFor(HOUR)).toEqual([['resolved 1 instance of order is blocked']]);
});

test('what grows more severe is told again at once', () => {
  const watched = new Watched();
  watched.facts = { diskFree: 500 };
  watched.lookFor(60 * SECOND);
  watched.facts = {
    diskFree: 10,
    engine: { noRoom: true, draining: false, upstreams: [], clockHeld: null },
  };
  expect(watched.look(SECOND)).toEqual({
    ops: ['opened no room on the disk: nothing is taken in'],
  });
});

test('a target is told of its kinds, its severity and its tenants alone', () => {
  const watched = new Watched({
    window: 0,
    targets: [
      webhook({ name: 'all' }),
      webhook({ name: 'severe', severity: 'critical' }),
      webhook({ name: 'quarantine', kinds: ['quarantine'] }),
      webhook({ name: 'north', tenants: ['north'] }),
    ],
  });
  watched.facts = { diskFree: 500 };
  watched.groups = [
    needGroup({ tenant: 'north' }),
    needGroup({ tenant: 'south', kind: 'quarantine', code: 'event.not_json' }),
  ];
  const blocked = 'opened 1 instance of order is blocked';
  const entry = 'opened 1 entry in quarantine: event.not_json';
  expect(watched.look()).toEqual({
    all: [blocked, entry, 'opened 500 bytes are free for the data directory'],
    severe: [blocked],
    quarantine: [entry],
    north: [blocked],
  });
});

test('a target that is new is told of what is open; one that is gone is not waited for', () => {
  const watched = new Watched({ window: 0 });
  watched.groups = [needGroup()];
  watched.look();
  watched.settings = alertSettings({ window: 0, targets: [webhook({ name: 'new' })] });
  expect(watched.look(5 * SECOND)).toEqual({ new: ['opened 1 instance of order is blocked'] });
  watched.settings = alertSettings({ window: 0, targets: [] });
  watched.groups = [];
  watched.look(5 * SECOND);
  watched.look(5 * SECOND);
  expect(watched.book.alerts).toEqual([]);
});

test('what could not be looked for stays as it is', () => {
  const watched = new Watched({ window: 0 });
  watched.groups = [needGroup()];
  watched.look();
  watched.facts = { needs: null };
  expect(watched.lookFor(HOUR)).toEqual([]);
  expect(watched.book.open).toHaveLength(1);
});
