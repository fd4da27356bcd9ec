import { describe, expect, test } from 'vitest';
import { packet, plain } from '../store-fixtures.ts';
import type { ContractBench } from './contract-bench.ts';

export function brokerContract(bench: ContractBench): void {
  const { commit, reopen } = bench;

  describe('the broker', () => {
    const snapshot = async () => {
      await reopen();
      return bench.store.broker();
    };

    test('remembers retained messages, wills and subscriptions, replaced and removed', async () => {
      await commit(
        { op: 'mqtt.retain', packet: packet('a', [1]) },
        { op: 'mqtt.retain', packet: packet('b', []) },
        { op: 'mqtt.retain', packet: packet('a', [2, 0, 255]) },
        { op: 'mqtt.unretain', topic: 'b' },
        { op: 'mqtt.unretain', topic: 'never' },
        { op: 'mqtt.subscribe', client: 'c', filter: 'x/#', options: '{"qos":0}' },
        { op: 'mqtt.subscribe', client: 'c', filter: 'x/#', options: '{"qos":1}' },
        { op: 'mqtt.subscribe', client: 'c', filter: 'y', options: '{}' },
        { op: 'mqtt.unsubscribe', client: 'c', filter: 'y' },
        { op: 'mqtt.will', client: 'c', packet: packet('w') },
        { op: 'mqtt.will', client: 'd', packet: packet('w') },
        { op: 'mqtt.will.done', client: 'd' },
      );
      const found = await snapshot();
      expect(plain(found.retained)).toEqual(plain([packet('a', [2, 0, 255])]));
      expect(found.subscriptions).toEqual([{ client: 'c', filter: 'x/#', options: '{"qos":1}' }]);
      expect(found.wills.map(({ client }) => client)).toEqual(['c']);
    });

    test('remembers what is owed and what came in, in order, until done or forgotten', async () => {
      await commit(
        { op: 'mqtt.owe', id: 2, client: 'c', packet: packet('t2') },
        { op: 'mqtt.owe', id: 1, client: 'd', packet: packet('t1', []) },
        { op: 'mqtt.owe', id: 3, client: 'c', packet: packet('t3') },
        { op: 'mqtt.owed.update', id: 2, client: 'c', messageId: 77, phase: 'pubrel' },
        { op: 'mqtt.owed.update', id: 2, client: 'not his', messageId: 1, phase: 'publish' },
        { op: 'mqtt.owed.done', id: 3, client: 'c' },
        { op: 'mqtt.incoming', client: 'c', messageId: 5, packet: packet('q') },
        { op: 'mqtt.incoming', client: 'd', messageId: 5, packet: packet('q') },
        { op: 'mqtt.incoming.done', client: 'd', messageId: 5 },
        { op: 'mqtt.subscribe', client: 'c', filter: 'x', options: '{}' },
      );
      const found = await snapshot();
      expect(
        found.owed.map(({ id, client, messageId, phase }) => [id, client, messageId, phase]),
      ).toEqual([
        [1, 'd', null, 'publish'],
        [2, 'c', 77, 'pubrel'],
      ]);
      expect(found.incoming.map(({ client, messageId }) => [client, messageId])).toEqual([
        ['c', 5],
      ]);
      await commit({ op: 'mqtt.forget', client: 'c' });
      const left = await snapshot();
      expect(left.owed.map(({ id }) => id)).toEqual([1]);
      expect(left.incoming).toEqual([]);
      expect(left.subscriptions).toEqual([]);
    });
  });
}
