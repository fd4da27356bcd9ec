/**
 * Programs and effect functions that misbehave (`hostile/`): their instance is blocked or their attempt has failed, each
 * with its reason; the neighbours, on the same server and in the same release, go on (I9).
 */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { eventually } from '../support/eventually.ts';
import type { SagaAnswer } from '../support/http-api.ts';
import { Project } from '../support/project.ts';

let server: HoldfastServer;
beforeAll(async () => {
  server = await HoldfastServer.start({ restaurant: false });
  using project = new Project('test/e2e/hostile');
  await project.deploy(server);
});
afterAll(() => server[Symbol.asyncDispose]());

async function start(type: string, how?: string): Promise<string> {
  const id = `${type}-${randomUUID()}`;
  await server.api.publish({ type, data: { id, ...(how === undefined ? {} : { how }) } });
  return id;
}

/** Neighbours that began before, run meanwhile, and begin after, all end. */
async function amongNeighbours<T>(work: () => Promise<T>): Promise<T> {
  const before = await Promise.all([start('neighbour'), start('neighbour')]);
  const result = await work();
  for (const id of [...before, await start('neighbour')]) {
    const { result: seen } = await server.api.waitForStatus('neighbour', id, 'completed');
    expect(seen).toEqual({ one: { seen: `${id}/1` }, two: { seen: `${id}/2` } });
  }
  return result;
}

async function blocked(saga: string, how?: string): Promise<NonNullable<SagaAnswer['blockedBy']>> {
  const id = await start(saga, how);
  const { blockedBy } = await server.api.waitForStatus(saga, id, 'blocked');
  if (blockedBy === null) throw new Error('blocked by nothing');
  return blockedBy;
}

afterEach(async () => {
  expect((await server.api.get('/health')).status).toBe(200);
});

describe('a program is blocked, with the place in its source, and nobody else', () => {
  test.each<[string, RegExp, RegExp]>([
    ['throws', /^program\.failed$/, /boom/],
    ['throws nothing', /^program\.failed$/, /null/],
    ['loops', /^program\.gas$/, /gas/],
    ['recurses', /^program\.(failed|memory)$/, /stack/],
    ['recurses and catches', /^program\.(gas|memory|stuck)$/, /./],
    ['allocates', /^program\.memory$/, /memory/],
    ['allocates and catches', /^program\.(gas|memory|stuck)$/, /./],
    ['allocates big strings', /^program\.(memory|stuck)$/, /./],
    ['matches for ever', /^program\.(gas|stuck)$/, /./],
    ['sorts for ever', /^program\.(gas|memory|stuck)$/, /./],
    ['patches Array', /^program\.failed$/, /./],
    ['patches JSON', /^program\.failed$/, /./],
    ['patches Object', /^program\.failed$/, /./],
    ['patches the global', /^program\.failed$/, /./],
    ['reads the clock', /^program\.failed$/, /ctx\.now/],
    ['rolls dice', /^program\.failed$/, /ctx\.random/],
    ['sets a timer', /^program\.failed$/, /sleep/],
    ['calls out', /^program\.failed$/, /effect/],
  ])('%s', async (how, code, message) => {
    const by = await amongNeighbours(() => blocked('program', how));
    expect(by.code).toMatch(code);
    expect(by.message).toMatch(message);
    // Where a program ran out of something, the engine may not know where it was.
    const hasPlace = by.code === 'program.failed' && how !== 'throws nothing';
    if (hasPlace) expect(by.at).toMatch(/^src\/index\.ts:\d+:\d+$/);
  });

  test.each([
    'a number',
    'an object that looks like a step',
    'a promise',
    'a generator',
    'nothing',
  ])('yields %s', async (how) => {
    const by = await amongNeighbours(() => blocked('yields', how));
    expect(by.code).toMatch(/^program\.(nonsense|failed)$/);
  });

  test.each(['a cycle', 'a big number', 'a function', 'U+0000', 'too much'])(
    'returns %s',
    async (how) => {
      const by = await amongNeighbours(() => blocked('returns', how));
      expect(by.code).toMatch(/^program\.(nonsense|failed)$/);
    },
  );

  test('forgets a yield*', async () => {
    const by = await amongNeighbours(() => blocked('forgets'));
    expect(by.message).toMatch(/yield\*/);
  });

  test('a blocked one is blocked still after a restart, and a mended release lets it go on', async () => {
    const id = await start('program', 'throws');
    await server.api.waitForStatus('program', id, 'blocked');
    await server.sigkill();
    await server.restart();
    expect((await server.api.saga('program', id))?.status).toBe('blocked');
    await amongNeighbours(() => Promise.resolve());
    // As it stands it fails again, and is blocked again.
    const answer = await server.api.post(`/v1/sagas/program/${id}/redrive`, {
      reason: 'try again',
    });
    expect(answer.status).toBe(200);
    await server.api.waitForStatus('program', id, 'blocked');
  });
});

describe('an event that its instance breaks over', () => {
  async function tell(id: string, word: string): Promise<number> {
    return (await server.api.publish({ type: 'told', data: { id, word } })).seq;
  }

  async function becameOf(seq: number): Promise<string | undefined> {
    return eventually('it is decided what became of it', async () => {
      const [disposition] = (await server.api.event(seq)).dispositions ?? [];
      return disposition?.status === 'pending' ? undefined : disposition?.status;
    });
  }

  test('parks those behind it, in order, and holds up no other instance', async () => {
    const [blocked, free] = [randomUUID(), randomUUID()];
    const before = await tell(blocked, 'one');
    await tell(free, 'one');
    const poison = await tell(blocked, 'poison');
    await server.api.waitForStatus('listener', blocked, 'blocked');
    const behind = [await tell(blocked, 'two'), await tell(blocked, 'three')];
    await tell(free, 'two');

    for (const _ of ['now', 'after a restart']) {
      expect(await becameOf(before)).toBe('applied');
      expect(await becameOf(poison)).not.toBe('applied');
      for (const seq of behind) expect(await becameOf(seq)).toBe('parked');
      expect(await server.api.saga('listener', blocked)).toMatchObject({
        status: 'blocked',
        version: 1,
        state: { state: { words: ['one'] } },
        blockedBy: { code: 'program.failed', message: 'boom' },
      });
      await eventually('the other one goes on', async () => {
        const other = await server.api.saga('listener', free);
        return other?.version === 2 ? true : undefined;
      });
      await server.sigkill();
      await server.restart();
    }
  });
});

describe('an event without a key', () => {
  test('is journaled, and unrouted with the reason', async () => {
    const { seq } = await server.api.publish({ type: 'keyless', data: {} });
    const decided = await eventually('it is decided what became of it', async () => {
      const { dispositions = [] } = await server.api.event(seq);
      return dispositions.every(({ status }) => status !== 'pending') ? dispositions : undefined;
    });
    expect(decided).toMatchObject([{ saga: 'keyless', status: 'unrouted' }]);
    expect(decided[0]?.reason).toMatch(/key/);
  });

  test('but its correlation id is one', async () => {
    const correlationid = randomUUID();
    await server.api.publish({ type: 'keyless', correlationid, data: {} });
    const { key } = await server.api.waitForStatus('keyless', correlationid, 'completed');
    expect(key).toBe(correlationid);
  });
});

describe('an effect function has an attempt like any other', () => {
  /** Attempts of the effect as the timeline tells them. */
  async function attempts(id: string): Promise<readonly string[]> {
    const lines = await server.api.timeline('effectful', id);
    return lines.filter(({ kind }) => kind === 'attempt').map(({ title }) => title);
  }

  test.each([
    'throws',
    'throws nothing',
    'hangs',
    'spins',
    'exits',
    'kills itself',
    'aborts',
    'takes all memory',
  ])('%s: in doubt, tried again as its policy says, then unknown; the saga undoes', async (how) => {
    const id = await amongNeighbours(async () => {
      const started = await start('effectful', how);
      const { failure } = await server.api.waitForStatus('effectful', started, 'compensated');
      expect(failure).toMatchObject({ code: 'effect' });
      return started;
    });
    const told = (await attempts(id)).join('\n');
    expect(told).toMatch(/doubt|lost/);
    const lines = await server.api.timeline('effectful', id);
    expect(lines.some(({ title }) => /bad.*unknown/.test(title))).toBe(true);
  });

  test.each(['answers with too much', 'answers with a cycle'])(
    '%s: in doubt, for it may have acted',
    async (how) => {
      await amongNeighbours(async () => {
        const id = await start('effectful', how);
        const { failure } = await server.api.waitForStatus('effectful', id, 'compensated');
        expect(failure).toMatchObject({ code: 'effect' });
      });
    },
  );

  test.each(['floods its output', 'floods the log', 'rejects later'])(
    '%s: answered or in doubt, and the server stands',
    async (how) => {
      await amongNeighbours(async () => {
        const id = await start('effectful', how);
        const saga = await server.api.waitForStatus('effectful', id, 'completed', 'compensated');
        expect(saga.blockedBy).toBeNull();
      });
    },
  );

  test('many that crash at the same time harm no neighbour', async () => {
    await amongNeighbours(async () => {
      const ids = await Promise.all(Array.from({ length: 20 }, () => start('effectful', 'exits')));
      for (const id of ids) {
        const { failure } = await server.api.waitForStatus('effectful', id, 'compensated');
        expect(failure).toMatchObject({ code: 'effect' });
      }
    });
  });
});
