/** A scrape while a part of the server does not answer. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HoldfastError } from '@holdfast/core';
import { HttpHouse } from '../support/http-house.ts';
import { Scrape } from '../support/metrics.ts';

const house = new HttpHouse();
beforeAll(() => house.start());
afterAll(() => house.stop());

const scrape = async (): Promise<Scrape> => {
  const { status, text } = await house.ask('GET', '/metrics', { key: house.key(['view']) });
  expect(status).toBe(200);
  return new Scrape(text);
};

test('with all of them there, each says so', async () => {
  const found = await scrape();
  for (const source of ['engine', 'read_model', 'main_thread', 'engine_thread', 'reader_thread'])
    expect(found.value(`holdfast_scrape_source_up{source="${source}"}`)).toBe(1);
  expect(found.value('holdfast_commit_queue_units')).toBe(0);
});

test('what a part that fails knows is left out, and the rest stands', async () => {
  house.fake.refusal = new HoldfastError('unavailable', 'gone');
  try {
    const found = await scrape();
    expect(found.value('holdfast_scrape_source_up{source="engine"}')).toBe(0);
    expect(found.value('holdfast_scrape_source_up{source="read_model"}')).toBe(1);
    expect(found.families).not.toContain('holdfast_commit_queue_units');
    expect(found.value('holdfast_quarantine_records')).toBe(0);
  } finally {
    house.fake.refusal = null;
  }
});

test('a batch that is refused as a whole counts each of its events once', async () => {
  const key = house.key(['publish']);
  const event = { type: 'a', data: 1 };
  const batch = { key, headers: { 'content-type': 'application/cloudevents-batch+json' } };
  house.fake.refusal = new HoldfastError('overloaded', 'too much');
  const body = JSON.stringify(
    [1, 2, 3].map((n) => ({ specversion: '1.0', id: `e${n}`, source: '/s', ...event })),
  );
  try {
    expect((await house.ask('POST', '/v1/events', { ...batch, body })).status).toBe(429);
  } finally {
    house.fake.refusal = null;
  }
  const refused = 'holdfast_intake_events_total{protocol="http",answer="overloaded"}';
  expect((await scrape()).value(refused)).toBe(3);
  expect((await house.ask('POST', '/v1/events', { ...batch, body })).status).toBe(202);
  const accepted = 'holdfast_intake_events_total{protocol="http",answer="accepted"}';
  expect((await scrape()).value(accepted)).toBe(3);
});
