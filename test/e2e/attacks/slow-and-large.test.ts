/** Requests that would hold memory or sockets: too large, too many parts, never finished. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createHttpApp, listenHttp } from '@holdfast/gateway';
import { within } from '../../support/eventually.ts';
import { HttpHouse } from '../../support/http-house.ts';
import { rawBytes, rawRequest } from '../../support/raw-request.ts';

const house = new HttpHouse();
beforeAll(() => house.start());
afterAll(() => house.stop());

const MIB = 1024 * 1024;
const ENDS_WITHIN_MS = 60_000;

test('headers that are too large are refused before they are kept', async () => {
  for (const header of [
    `cookie: ${'a=b; '.repeat(10_000)}`,
    `authorization: Bearer ${'x'.repeat(40_000)}`,
  ]) {
    const answer = await rawBytes(
      house.url,
      `GET /v1/session HTTP/1.1\r\nHost: localhost\r\n${header}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  }
});

test('a sign-in that is too large is refused by what it says of itself, and by what comes', async () => {
  const body = JSON.stringify({ key: 'x'.repeat(2 * MIB) });
  const told = await rawBytes(
    house.url,
    `POST /v1/session HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n`,
  );
  expect(told).toMatch(/^HTTP\/1\.1 413 /);
  const chunk = 'x'.repeat(64 * 1024);
  const chunked = `{"key":"${chunk}`;
  const found = await house.ask('POST', '/v1/session', { body: chunked.repeat(40), chunked: true });
  expect(found.status).toBe(413);
  const long = await rawRequest(house.url, '/v1/session', {
    method: 'POST',
    json: { key: 'x'.repeat(10_000) },
  });
  expect(long.status).toBe(400);
});

test('of a thousand cookies of our name no more than a few are looked for', async () => {
  const look = vi.spyOn(house.sessions, 'find');
  const cookie = Array.from({ length: 1000 }, (_, i) => `holdfast_session=s${i}`).join('; ');
  const answer = await rawRequest(house.url, '/v1/session', { headers: { cookie } });
  expect(answer.code).toBe('auth.refused');
  expect(look.mock.calls.length).toBeLessThanOrEqual(4);
});

test('who sends headers or a body and never ends them is cut off, whoever else is served', async () => {
  const listener = await listenHttp({
    app: createHttpApp(house.deps),
    host: '127.0.0.1',
    port: 0,
    log: house.deps.log,
    headersTimeout: 150,
    requestTimeout: 300,
    slowCheck: 20,
  });
  try {
    const slow = [
      'GET /v1/session HTTP/1.1\r\nHost: localhost\r\nX-Slow: ',
      'POST /v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"key":"',
    ].flatMap((bytes) => Array.from({ length: 20 }, () => rawBytes(listener.url, bytes)));
    expect((await rawRequest(listener.url, '/openapi.json')).status).toBe(200);
    const answers = await within('the slow ones are cut off', ENDS_WITHIN_MS, Promise.all(slow));
    expect(answers).toHaveLength(40);
    for (const answer of answers) expect(answer).not.toMatch(/^HTTP\/1\.1 2/);
  } finally {
    await listener.close(0);
  }
});
