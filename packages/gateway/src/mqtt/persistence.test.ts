import { describe, expect } from 'vitest';
import type { EngineApi } from '@holdfast/engine';
import { BrokerJournal } from './broker-journal.ts';
import { BrokerMirror } from './broker-mirror.ts';
import { FilterWatch } from './filter-watch.ts';
import { MqttPersistence } from './persistence.ts';
import { runAbstractSuite } from './testing/abstract-suite.ts';
import { FakeEngine } from './testing/fake-engine.ts';
import { dataDirectory, openEngine } from './testing/real-engine.ts';

function emptyMirror(): BrokerMirror {
  const limits = { messages: 10_000, bytes: 1e9 };
  return new BrokerMirror(limits, limits, new FilterWatch('hf/workflow'), () => undefined);
}

const byText = (a: unknown, b: unknown): number => (String(a) < String(b) ? -1 : 1);

/** What a mirror holds, in a shape that two can be compared by. */
function contents(mirror: BrokerMirror): object {
  return {
    retained: [...mirror.retained.match('#')]
      .map((one) => [one.topic, String(one.payload)])
      .toSorted(byText),
    sessions: [...mirror.sessions.values()]
      .filter((session) => !session.empty)
      .map((session) => ({
        client: session.client,
        filters: [...session.filters.values()].map((one) => JSON.stringify(one)).toSorted(byText),
        owed: [...session.owed.values()].map(({ id, phase, message }) => [
          id,
          phase,
          String(message.payload),
        ]),
      })),
    matches: mirror.trie.size,
    incoming: [...mirror.incoming].map(([client, ids]) => [client, [...ids.keys()]]),
    wills: [...mirror.wills].map(([client, will]) => [client, will.topic]),
  };
}

async function suiteOver(
  engine: Pick<EngineApi, 'broker' | 'brokerSnapshot'>,
  close: () => Promise<void>,
) {
  const mirror = emptyMirror();
  const journal = new BrokerJournal(engine, (error) => {
    throw error;
  });
  const persistence = new MqttPersistence({ mirror, journal });
  return {
    persistence,
    close: async (): Promise<void> => {
      await journal.flush();
      const restarted = emptyMirror();
      restarted.load(await engine.brokerSnapshot(), 'broker-42', () => 1);
      expect(contents(restarted), 'what the store holds').toEqual(contents(mirror));
      await close();
    },
  };
}

describe("aedes-persistence's abstract tests, over an engine in memory", () => {
  runAbstractSuite(() => suiteOver(new FakeEngine(), async () => undefined));
});

describe("aedes-persistence's abstract tests, over the real engine and store", () => {
  runAbstractSuite(async () => {
    const { engine, crash } = await openEngine(dataDirectory());
    return suiteOver(engine, crash);
  });
});
