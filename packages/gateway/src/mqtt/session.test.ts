import { describe, expect, test } from 'vitest';
import { OwedDelivery, Session } from './session.ts';

const CONNECTION = {};

function owe(session: Session, id: number, qos: 1 | 2 = 1): OwedDelivery {
  const message = { topic: '@t/a', payload: Buffer.from(String(id)), qos, retain: false };
  const delivery = new OwedDelivery(id, session, message);
  delivery.brokerId = 'hf';
  delivery.brokerCounter = id;
  session.add(delivery);
  return delivery;
}

describe('packet ids', () => {
  test('follow from the delivery, so that another process chooses the same', () => {
    const ids = [1, 2, 65_535, 65_536, 1_000_000].map((id) => {
      const session = new Session('c');
      session.attach(CONNECTION);
      return session.send(owe(session, id));
    });
    expect(ids).toEqual([1, 2, 65_535, 1, 1 + (999_999 % 65_535)]);
  });

  test('one in flight is not used twice, and the other choice is to be recorded', () => {
    const session = new Session('c');
    session.attach(CONNECTION);
    const first = owe(session, 5, 2);
    const twin = owe(session, 5 + 65_535, 2);
    expect([session.send(first), session.send(twin)]).toEqual([5, 6]);
    expect([first.unrecorded, twin.unrecorded]).toEqual([false, true]);
    session.remove(first);
    const third = owe(session, 5 + 2 * 65_535, 2);
    expect(session.send(third)).toBe(5);
    expect(session.byMessageId(6)).toBe(twin);
  });

  test('of what is not owed are free again once it is acknowledged, or the connection is another', () => {
    const session = new Session('c');
    session.attach(CONNECTION);
    expect([session.passingId(1), session.passingId(1)]).toEqual([1, 2]);
    session.passed(1);
    expect(session.send(owe(session, 1))).toBe(1);
    session.attach({});
    expect(session.byMessageId(2)).toBeUndefined();
    expect(session.byMessageId(1)).toBeInstanceOf(OwedDelivery);
  });
});

describe('the backlog', () => {
  test('is not done while something of it has not left, and takes in what is added meanwhile', async () => {
    const session = new Session('c');
    session.attach(CONNECTION);
    const first = owe(session, 1);
    const stream = session.backlog(CONNECTION);
    expect(await stream.next()).toMatchObject({ value: { messageId: 1 } });
    const waiting = stream.next();
    const second = owe(session, 2);
    expect(session.live).toBe(false);
    session.left(first);
    expect(await waiting).toMatchObject({ value: { messageId: 2 } });
    const end = stream.next();
    session.left(second);
    expect(await end).toEqual({ value: undefined, done: true });
    expect(session.live).toBe(true);
  });

  test('ends with its connection, and begins again with the next, marked as sent before', async () => {
    const session = new Session('c');
    session.attach(CONNECTION);
    const delivery = owe(session, 1);
    const stream = session.backlog(CONNECTION);
    await stream.next();
    const rest = stream.next();
    const next = {};
    session.attach(next);
    expect(await rest).toEqual({ value: undefined, done: true });
    session.detach(CONNECTION);
    expect([session.connection === next, session.live]).toEqual([true, false]);
    expect(await session.backlog(next).next()).toMatchObject({ value: { messageId: 1 } });
    expect(delivery.resent).toBe(true);
  });

  test('ends when the session is discarded', async () => {
    const session = new Session('c');
    session.attach(CONNECTION);
    owe(session, 1);
    const stream = session.backlog(CONNECTION);
    await stream.next();
    const rest = stream.next();
    session.discard();
    expect(await rest).toEqual({ value: undefined, done: true });
    expect([session.owed.size, session.owedBytes, session.gone]).toEqual([0, 0, true]);
  });
});
