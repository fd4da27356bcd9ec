import { describe, expect, test } from 'vitest';
import {
  coversFilter,
  isTopicFilter,
  levelCount,
  matchesFilter,
  mayMatchBelow,
  topicLevel,
} from './topic-filter.ts';
import { FilterTrie } from './filter-trie.ts';

/** MQTT 3.1.1 §4.7 said as plainly as possible, to hold the quick ways against. */
function plainMatch(filter: string, topic: string): boolean {
  if (topic.startsWith('$') && /^[+#]/.test(filter)) return false;
  const step = (f: readonly string[], t: readonly string[]): boolean => {
    if (f[0] === '#') return true;
    if (f.length === 0 || t.length === 0) return f.length === t.length;
    return (f[0] === '+' || f[0] === t[0]) && step(f.slice(1), t.slice(1));
  };
  return (
    step(filter.split('/'), topic.split('/')) ||
    (filter.endsWith('/#') && plainMatch(filter.slice(0, -2), topic))
  );
}

function everyText(alphabet: readonly string[], levels: number): string[] {
  let texts = [...alphabet];
  const all = [...texts];
  for (let i = 1; i < levels; i++) {
    texts = texts.flatMap((head) => alphabet.map((tail) => `${head}/${tail}`));
    all.push(...texts);
  }
  return all;
}

const TOPICS = everyText(['', 'a', 'ab', '$x'], 3).filter((topic) => topic !== '');
const FILTERS = everyText(['', 'a', 'ab', '$x', '+', '#'], 3).filter(isTopicFilter);

test('matching agrees with the specification for all short filters and topics', () => {
  const wrong: string[] = [];
  for (const filter of FILTERS) {
    for (const topic of TOPICS) {
      if (matchesFilter(filter, topic) !== plainMatch(filter, topic))
        wrong.push(`${filter} ~ ${topic}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(FILTERS.length * TOPICS.length).toBeGreaterThan(10_000);
});

test('the trie finds what matching says, and forgets what is removed', () => {
  const trie = new FilterTrie<string>();
  for (const filter of FILTERS) trie.set(filter, 'client', filter);
  expect(trie.size).toBe(FILTERS.length);
  for (const topic of TOPICS) {
    const expected = FILTERS.filter((filter) => plainMatch(filter, topic));
    expect(trie.match(topic).toSorted()).toEqual(expected.toSorted());
  }
  for (const filter of FILTERS.filter((_, i) => i % 2 === 0))
    expect(trie.delete(filter, 'client')).toBe(true);
  const left = FILTERS.filter((_, i) => i % 2 === 1);
  for (const topic of TOPICS) {
    const expected = left.filter((filter) => plainMatch(filter, topic));
    expect(trie.match(topic).toSorted()).toEqual(expected.toSorted());
    expect(trie.matches(topic)).toBe(expected.length > 0);
  }
  expect(trie.delete('not/there', 'client')).toBe(false);
  for (const filter of left) trie.delete(filter, 'client');
  expect(trie.size).toBe(0);
});

test('one key has one value per filter', () => {
  const trie = new FilterTrie<number>();
  trie.set('a/+', 'c1', 1);
  trie.set('a/+', 'c1', 2);
  trie.set('a/+', 'c2', 3);
  expect(trie.match('a/b')).toEqual([2, 3]);
  expect(trie.size).toBe(2);
});

describe('limits', () => {
  test('a limit covers a filter exactly when it matches every topic the filter matches', () => {
    const wrong: string[] = [];
    for (const limit of FILTERS) {
      for (const filter of FILTERS) {
        const all = TOPICS.every((topic) => !plainMatch(filter, topic) || plainMatch(limit, topic));
        // Short topics cannot tell a `#` in the third level from a `+` there; covering is then only refused, never granted.
        if (coversFilter(limit, filter) && !all) wrong.push(`${limit} > ${filter}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test.each([
    ['#', 'a/b', true],
    ['a/#', 'a', true],
    ['a/#', 'a/+/b', true],
    ['a/+', 'a/b', true],
    ['a/+', 'a/+', true],
    ['a/+', 'a/#', false],
    ['a/+', 'a/b/c', false],
    ['a/b', 'a/+', false],
    ['a', 'a/b', false],
    ['#', '$SYS/#', false],
    ['+/x', '$a/x', false],
    ['a/b', 'a/b', true],
  ])('%s covers %s: %s', (limit, filter, covers) => {
    expect(coversFilter(limit, filter)).toBe(covers);
  });
});

test.each([
  ['#', true],
  ['hf/#', true],
  ['+/workflow/+', true],
  ['hf/workflow/saga.completed', true],
  ['hf/+/a/b', true],
  ['hf/workflow', false],
  ['hf/events/#', false],
  ['+', false],
  ['$hf/#', false],
])('%s may match below hf/workflow: %s', (filter, may) => {
  expect(mayMatchBelow(filter, 'hf/workflow')).toBe(may);
});

test('levels', () => {
  expect([levelCount('a'), levelCount('a/'), levelCount('/')]).toEqual([1, 2, 2]);
  expect([topicLevel('a/b', 1), topicLevel('a/b', 2), topicLevel('a/b', 3)]).toEqual([
    'a',
    'b',
    null,
  ]);
});

test.each(['', 'a#', '#/a', 'a/#/b', 'a+', '+a/b', 'a/b+', 'a\u0000'])(
  '%j is no filter',
  (text) => {
    expect(isTopicFilter(text)).toBe(false);
  },
);
