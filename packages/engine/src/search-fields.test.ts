/** Search fields on their way from a decision to the table that is searched. */
import type { Decision, SearchValues } from '@holdfast/core';
import { openReadModel, type ReadModel } from '@holdfast/store';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type BenchOptions, EngineBench } from './testing/engine-bench.ts';
import type { InlineProgram } from './testing/inline-sandbox.ts';
import { until } from './testing/until.ts';

/** Counts its events; `search` says what it is found by then. */
const counting = (search?: (count: number, key: string) => SearchValues): InlineProgram => ({
  key: (data) => (data as { id: string }).id,
  decide: (state, { key, kind, data }) => {
    if (kind === 'redrive') return { state, decision: { ignored: true } };
    const count = Number(state ?? 0) + 1;
    const ends = (data as { last?: boolean } | null)?.last === true;
    const decision: Partial<Decision> = {
      status: 'waiting',
      ...(search !== undefined && { search: search(count, key) }),
      ...(ends && { ending: { as: 'completed', result: null } }),
    };
    return { state: count, decision };
  },
});

const options: BenchOptions = {
  programs: {
    shelf: counting((count, key) => ({ name: key, ...(count < 3 && { level: `l${count}` }) })),
  },
  sagas: [{ name: 'shelf', on: ['shelf.moved'], style: 'reducer', restart: 'allow' }],
};

let bench: EngineBench;
let model: ReadModel;
beforeEach(async () => {
  bench = new EngineBench(options);
  await bench.start();
  model = await openReadModel({ dir: bench.dir });
});
afterEach(async () => {
  await model.close();
  await bench.end(0);
});

const versionOf = async (key: string): Promise<string> => {
  const found = await model.saga('', 'shelf', key);
  return found === null ? 'none' : `${found.run}/${found.version}`;
};
async function moved(id: string, version: string, more: object = {}): Promise<void> {
  await bench.engine.ingest({ event: bench.event('shelf.moved', { id, ...more }) });
  await until(async () => (await versionOf(id)) === version);
}
const found = async (term: string): Promise<string[]> =>
  (await model.sagas('', { search: [term] })).items.map(({ key }) => key);

test('follow each decision, and are what the last one said', async () => {
  await moved('a', '1/1');
  await moved('b', '1/1');
  expect(await found('level:l1')).toEqual(['b', 'a']);
  await moved('a', '1/2');
  expect(await found('level:l1')).toEqual(['b']);
  expect(await found('level:l2')).toEqual(['a']);
  await moved('a', '1/3');
  expect(await found('level:l2')).toEqual([]);
  expect(await found('name:a')).toEqual(['a']);
});

test('are right after a restart, whose engine does not know what the table has', async () => {
  await moved('a', '1/1');
  await bench.restart();
  await moved('a', '1/2');
  expect(await found('level:l1')).toEqual([]);
  expect(await found('level:l2')).toEqual(['a']);
});

test('are those of the present run alone', async () => {
  await moved('a', '1/1', { last: true });
  await moved('a', '2/1');
  expect((await model.sagas('', { search: ['name:a'] })).items).toMatchObject([{ run: 2 }]);
  expect((await model.saga('', 'shelf', 'a', 1))?.search).toEqual([]);
});

describe('another release', () => {
  const actor = { by: 'test', reason: null };
  const swap = async (program: InlineProgram) => {
    const digest = await bench.register({ programs: { shelf: program } });
    return bench.engine.activateRelease(digest, actor, { wait: 30_000 });
  };

  test('that names other fields decides no differently: instances move, and their next decision says the new ones', async () => {
    await moved('a', '1/1');
    const { rehearsal } = await swap(counting((count) => ({ place: `p${count}` })));
    expect(rehearsal).toMatchObject({ moved: 1, stayed: 0 });
    expect(await found('name:a')).toEqual(['a']);
    await moved('a', '1/2');
    expect(await found('place:p2')).toEqual(['a']);
    expect(await found('name:a')).toEqual([]);
  });

  test('that names none says nothing of them: they stay as they were', async () => {
    await moved('a', '1/1');
    const { rehearsal } = await swap(counting());
    expect(rehearsal).toMatchObject({ moved: 1, stayed: 0 });
    await moved('a', '1/2');
    expect(await found('level:l1')).toEqual(['a']);
    const at = await model.stateAt('', 'shelf', 'a', 2);
    expect(at?.decision).not.toHaveProperty('search');
  });
});
