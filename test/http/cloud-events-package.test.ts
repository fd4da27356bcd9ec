/** The `cloudevents` package speaks for other producers: what its emitter sends is taken as it is. */
import { CloudEvent, emitterFor, httpTransport, Mode } from 'cloudevents';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { acceptedSchema } from '@holdfast/core';
import { z } from 'zod';
import { HttpHouse } from '../support/http-house.ts';

const house = new HttpHouse();
const key = house.key(['publish']);
beforeAll(() => house.start());
afterAll(() => house.stop());

const answerSchema = z.looseObject({ body: z.string() });

test.each([Mode.BINARY, Mode.STRUCTURED])('%s', async (mode) => {
  const emit = emitterFor(httpTransport(`${house.url}/v1/events`), { mode });
  const data = { orderId: `o-${mode}`, items: [{ sku: 'soup', qty: 2 }] };
  const event = new CloudEvent({
    id: `id-${mode}`,
    source: '/shop/1',
    type: 'order.placed',
    subject: 'o 1',
    data,
    correlationid: 'c-1',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    partitionkey: 'p',
  });
  const headers = { authorization: `Bearer ${key}` };
  const answer = answerSchema.parse(await emit(event, { headers }));
  const accepted = acceptedSchema.parse(JSON.parse(answer.body));
  expect(accepted).toMatchObject({ id: `id-${mode}`, duplicate: false });
  const stored = house.fake.events[accepted.seq - 1];
  expect(stored).toMatchObject({
    source: '/shop/1',
    type: 'order.placed',
    subject: 'o 1',
    data: JSON.stringify(data),
    correlationId: 'c-1',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    extensions: '{"partitionkey":"p"}',
  });
  expect(Date.parse(stored?.time ?? '')).toBe(Date.parse(event.time ?? ''));
});
