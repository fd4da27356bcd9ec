import { describe, expect, test } from 'vitest';
import { StoreAssertionError } from '../../store-errors.ts';
import { eventOp, journalEvent, START, marksOf } from '../store-fixtures.ts';
import type { ContractBench } from './contract-bench.ts';

export function journalContract(bench: ContractBench): void {
  const { commit, refusal, reopen } = bench;

  describe('the journal', () => {
    test('gives back each event as it was, whatever is absent or strange in it', async () => {
      const bare = journalEvent(1, { correlationId: null });
      const full = journalEvent(2, {
        tenant: 'näher & co',
        stream: 'CONTROL_EVENTS',
        source: 'https://example.org/a?b=1',
        id: 'ünïcode 😀',
        subject: 'subject',
        time: '2026-11-21T00:00:00Z',
        dataSchema: 'https://example.org/schema',
        data: '{"text":"\\u0001 é 😀"}',
        causationId: 'cause',
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
        extensions: '{"a":"b"}',
      });
      await commit(eventOp(bare), eventOp(full));
      expect(await bench.store.readEvents([2, 1, 3])).toEqual([full, bare]);
    });

    test('is dense: a gap, a repeat and a step back are refused', async () => {
      await commit(eventOp(journalEvent(1)));
      expect(await refusal(eventOp(journalEvent(3)))).toBeInstanceOf(StoreAssertionError);
      expect(await refusal(eventOp(journalEvent(1, { id: 'other' })))).toBeInstanceOf(
        StoreAssertionError,
      );
      expect(
        await refusal(eventOp(journalEvent(2)), eventOp(journalEvent(2, { id: 'other' }))),
      ).toBeInstanceOf(StoreAssertionError);
    });

    test('finds dedupe marks with the first position and the hash of the content, months later too', async () => {
      const month = 31 * 24 * 3600 * 1_000_000;
      const first = eventOp(journalEvent(1));
      const second = eventOp(journalEvent(2, { receivedAt: START + 2 * month }));
      await commit(first, second);
      await reopen();
      const marks = [...marksOf([first, second]), '00'.repeat(16)];
      expect(await bench.store.findMarks(marks)).toEqual([
        { mark: marks[0], seq: 1, content: first.content },
        { mark: marks[1], seq: 2, content: second.content },
      ]);
    });

    test('refuses the same mark twice within a partition', async () => {
      const op = eventOp(journalEvent(1));
      await commit(op);
      expect(await refusal({ ...op, event: journalEvent(2) })).toBeInstanceOf(StoreAssertionError);
    });

    test('an event without a mark is journaled and never found as a repeat', async () => {
      const op = eventOp(journalEvent(1));
      await commit({ ...op, mark: null, content: null });
      expect(await bench.store.findMarks(marksOf([op]))).toEqual([]);
    });
  });
}
