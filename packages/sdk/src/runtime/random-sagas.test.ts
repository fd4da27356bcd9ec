/**
 * Random sagas, with outcomes in random order: whatever they are, a run that is repeated from its state for each event
 * decides as a run that was never interrupted, and what was done is undone.
 */
import { EMPTY_DECISION } from '@holdfast/core';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  all,
  type AnySaga,
  ctx,
  effect,
  event,
  Failure,
  log,
  publish,
  race,
  type Saga,
  saga,
  sleep,
  type Steps,
  Undo,
  wait,
  waitFor,
} from '../index.ts';
import { Exploration } from '../test-kit/exploration.ts';
import { models } from '../test-kit/explore-options.ts';
import type { Instance } from '../test-kit/instance.ts';
import { GeneratorRun } from './generator-run.ts';
import { ctx as runContext } from './context.ts';
import { seededRandom } from './random.ts';

const SAGAS = 400;
const RUNS_OF_EACH = 5;

const Placed = event('placed', z.object({}));
const Told = event('told');
const Ready = wait('ready');
const act = effect('act', { input: z.object({ id: z.string() }) });
const plain = effect('plain', { input: z.object({ id: z.string() }) });
const undoAct = effect('undo-act', { input: z.object({ id: z.string(), known: z.boolean() }) });

/** A saga as data, so that it can be made at random and shown. */
type Node =
  | {
      readonly do: 'act' | 'plain' | 'sleep' | 'wait' | 'publish' | 'log' | 'random';
      readonly id: string;
    }
  | { readonly do: 'undo'; readonly id: string }
  | { readonly do: 'all' | 'race' | 'named'; readonly branches: readonly Node[][] }
  | { readonly do: 'try'; readonly body: readonly Node[] };

function randomNodes(random: () => number, depth: number, path: string): Node[] {
  const length = 1 + Math.floor(random() * 3);
  return Array.from({ length }, (_, i): Node => {
    const id = `${path}.${i}`;
    const roll = random();
    if (depth > 0 && roll < 0.3) {
      const kind = (['all', 'race', 'named'] as const)[Math.floor(random() * 3)] ?? 'all';
      const count = 1 + Math.floor(random() * 3);
      const branches = Array.from({ length: count }, (_each, j) =>
        randomNodes(random, depth - 1, `${id}-${j}`),
      );
      return { do: kind, branches };
    }
    if (depth > 0 && roll < 0.4) return { do: 'try', body: randomNodes(random, depth - 1, id) };
    if (roll < 0.43) return { do: 'undo', id };
    const leaves = [
      'act',
      'act',
      'act',
      'plain',
      'sleep',
      'wait',
      'publish',
      'log',
      'random',
    ] as const;
    return { do: leaves[Math.floor(random() * leaves.length)] ?? 'act', id };
  });
}

function* runNodes(nodes: readonly Node[]): Saga<string[]> {
  const seen: string[] = [];
  for (const node of nodes) seen.push(String(yield* runNode(node)));
  return seen;
}

function* runNode(node: Node): Saga<unknown> {
  switch (node.do) {
    case 'act': {
      const { id } = node;
      return yield* act({ id }, { undo: (r) => undoAct({ id, known: r !== undefined }) });
    }
    case 'plain':
      return yield* plain({ id: node.id });
    case 'sleep':
      return yield* sleep('1m');
    case 'wait': {
      const payload = yield* waitFor(`ready-${node.id}`, Ready, { timeout: '90s' });
      return payload ?? 'expired';
    }
    case 'publish':
      return yield* publish(Told, { id: node.id, at: ctx.now });
    case 'log':
      return log(`${node.id} at ${ctx.now}`);
    case 'random':
      return ctx.uuid();
    case 'undo':
      throw new Undo(node.id);
    case 'all':
    case 'race': {
      const branches = node.branches.map((each): Steps<string[]> => runNodes(each));
      return JSON.stringify(node.do === 'all' ? yield* all(branches) : yield* race(branches));
    }
    case 'named': {
      const branches = node.branches.map((each, i) => [`n${i}`, () => runNodes(each)] as const);
      return JSON.stringify(yield* all(Object.fromEntries(branches)));
    }
    case 'try':
      try {
        return (yield* runNodes(node.body)).join();
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        return `caught ${error.message}`;
      }
  }
}

function randomSaga(no: number): { readonly nodes: readonly Node[]; readonly definition: AnySaga } {
  const random = seededRandom(`${no.toString(16).padStart(8, '0')}5eed5eed5eed5eed00000000`);
  const nodes = randomNodes(random, 2, 'n');
  const definition = saga('random', { on: Placed }, () => runNodes(nodes));
  return { nodes, definition };
}

interface World {
  /** Acts done and not undone. */
  readonly done: Set<string>;
}

/** Plays the same events to one run that is never interrupted. */
function uninterrupted(definition: AnySaga, { sent, key }: Instance): string[] {
  const [start, ...rest] = sent;
  if (start === undefined) return [];
  const identity = {
    saga: definition.name,
    tenant: '',
    key,
    run: 1,
    event: { type: start.type, id: 'event-1' },
  };
  const run = new GeneratorRun(identity, []);
  run.goLive();
  run.start(() => definition.body(start.data as never, runContext), {
    t: start.now,
    s: start.seed,
  });
  const decisions = [whole(run.decision(false))];
  for (const { kind, type, step, data, now, seed } of rest) {
    const name = kind === 'cancel' || kind === 'redrive' ? kind : type;
    // Handed over as a copy: whatever the saga does with it stays in this run.
    const copy = JSON.parse(JSON.stringify(data)) as typeof data;
    const taken = run.deliver({ type: name, step, data: copy, t: now, s: seed });
    decisions.push(whole(run.decision(!taken)));
  }
  return decisions;
}

/** A decision with what its text leaves out. */
function whole(text: string): string {
  return JSON.stringify({ ...EMPTY_DECISION, ...(JSON.parse(text) as object) });
}

describe('random sagas', () => {
  test('decide the same however often they are interrupted, and leave nothing half done', () => {
    const endings = new Map<string, number>();
    for (let no = 0; no < SAGAS; no++) {
      const { nodes, definition } = randomSaga(no);
      for (let seed = 0; seed < RUNS_OF_EACH; seed++) {
        const run = exploration(definition, nodes, seed);
        try {
          run.play();
          const { decisions } = run.instance;
          const once = uninterrupted(definition, run.instance);
          expect(decisions.map((each) => JSON.stringify(each))).toEqual(once);
        } catch (error) {
          throw new Error(`saga ${no}, seed ${seed}\n${JSON.stringify(nodes)}\n${run.story()}`, {
            cause: error,
          });
        }
        const { status } = run.instance;
        endings.set(status, (endings.get(status) ?? 0) + 1);
      }
    }
    // The test means something only while all endings are met.
    expect([...endings.keys()].toSorted()).toEqual(['cancelled', 'compensated', 'completed']);
    expect(Math.min(...endings.values())).toBeGreaterThan(50);
  });
});

function exploration(
  definition: AnySaga,
  nodes: readonly Node[],
  seed: number,
): Exploration<World, object> {
  return new Exploration<World, object>(
    definition,
    {
      world: () => ({ done: new Set<string>() }),
      start: () => ({}),
      effects: [
        models(act, ({ id }, { done }: World) => done.add(id).size),
        models(plain, () => null),
        models(undoAct, ({ id }, { done }: World) => done.delete(id)),
      ],
      waits: Object.fromEntries(waitsOf(nodes).map((name) => [name, () => ({ for: name })])),
      check: ({ status, world, undo, instance }) => {
        if (status !== 'completed') expect([...world.done]).toEqual([]);
        const undone = undo.filter(({ state }) => state === 'undone').length;
        const asked = [...instance.steps].filter((step) => step.startsWith('undo/'));
        expect(new Set(asked.map(undoneBy)).size).toBe(undone);
        expect(orderOfUndo(instance)).toEqual(orderOfUndo(instance).toSorted((x, y) => y - x));
      },
      mishaps: { cancel: 0.06, late: 0.3 },
    },
    seed,
    seed,
  );
}

/** Every wait that the nodes may open. */
function waitsOf(nodes: readonly Node[]): string[] {
  return [...JSON.stringify(nodes).matchAll(/"do":"wait","id":"([^"]+)"/g)].map(
    ([, id]) => `ready-${id}`,
  );
}

/** The step that an undo's step undoes. */
function undoneBy(step: string): string {
  return step.replace(/^undo\//, '').replace(/(@\d+)?\/undo-act#1$/, '');
}

/** Where in the order of asking each step stands that compensation undid, in the order of undoing. */
function orderOfUndo({ decisions, steps }: Instance): number[] {
  const order = [...steps];
  const undone = decisions
    .filter(({ failure }) => failure !== null)
    .flatMap(({ items }) => items.map(({ step }) => undoneBy(step)));
  return [...new Set(undone)].map((step) => order.indexOf(step));
}
