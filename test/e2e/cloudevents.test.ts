/** Must show 7: what the `cloudevents` package emits is taken, in each of its modes. */
import { randomUUID } from 'node:crypto';
import { CloudEvent, emitterFor, HTTP, Mode } from 'cloudevents';
import type { Headers, Message } from 'cloudevents';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HoldfastServer } from '../support/holdfast-server.ts';
import type { ApiAnswer } from '../support/http-api.ts';
import { order } from '../support/orders.ts';

let server: HoldfastServer;
beforeAll(async () => {
  server = await HoldfastServer.start();
});
afterAll(() => server[Symbol.asyncDispose]());

function headersOf(headers: Headers): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

/** What the emitter calls to send: as in the package's own documentation, with a plain fetch. */
async function transport(message: Message): Promise<ApiAnswer> {
  if (typeof message.body !== 'string') throw new Error('the emitter made no text');
  return server.api.send('POST', '/v1/events', message.body, {
    headers: headersOf(message.headers),
  });
}

describe.each([
  ['binary', Mode.BINARY],
  ['structured', Mode.STRUCTURED],
] as const)('the emitter in %s mode', (_, mode) => {
  test('starts a saga with all that the envelope says', async () => {
    const placed = order({ customer: 'Zoë "Z" Ångström, 100 % €' });
    const correlationid = randomUUID();
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const event = new CloudEvent({
      id: placed.orderId,
      source: '/shop/cheese?till=1',
      type: 'order.placed',
      subject: 'order naïve "quoted"',
      time: '2026-01-31T12:00:00.123Z',
      datacontenttype: 'application/json',
      data: placed,
      correlationid,
      traceparent,
      partitionkey: 'seven',
    });
    const emit = emitterFor(transport, { binding: HTTP, mode });
    const answer: unknown = await emit(event);
    expect(answer).toMatchObject({ status: 202 });

    const [found] = await server.api.events(`?correlationId=${correlationid}&type=order.placed`);
    expect(found).toMatchObject({
      id: event.id,
      source: event.source,
      type: event.type,
      subject: event.subject,
      time: event.time,
      correlationId: correlationid,
      traceparent,
      data: placed,
    });
    await server.api.waitForStatus('order', placed.orderId, 'waiting');
  });

  test('sent twice counts once', async () => {
    const event = new CloudEvent({ source: '/shop', type: 'shelf.weighed', data: { grams: 7 } });
    const emit = emitterFor(transport, { binding: HTTP, mode });
    const answers: unknown[] = [await emit(event), await emit(event)];
    expect(answers).toMatchObject([{ json: { duplicate: false } }, { json: { duplicate: true } }]);
  });
});

test('a batch of its events is taken', async () => {
  const events = [1, 2, 3].map(
    (grams) => new CloudEvent({ source: '/shop', type: 'shelf.weighed', data: { grams } }),
  );
  const answer = await server.api.send('POST', '/v1/events', JSON.stringify(events), {
    headers: { 'content-type': 'application/cloudevents-batch+json' },
  });
  expect(answer.status).toBe(202);
  expect(answer.json).toMatchObject(events.map(({ id }) => ({ id, duplicate: false })));
});
