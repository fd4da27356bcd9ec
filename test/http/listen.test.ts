import { Agent, request as httpRequest } from 'node:http';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { HoldfastError } from '@holdfast/core';
import { createHttpApp, listenHttp } from '@holdfast/gateway';
import { HttpHouse } from '../support/http-house.ts';

test('a taken port is named', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  const { deps } = new HttpHouse();
  const taken = listenHttp({ app: createHttpApp(deps), host: '127.0.0.1', port, log: deps.log });
  const error = await taken.catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(HoldfastError);
  expect(error).toMatchObject({ code: 'port.taken', exitCode: 69 });
  expect(String(error)).toContain(String(port));
  await new Promise((resolve) => other.close(resolve));
});

test('an address that is not of this machine is a fault of the configuration', async () => {
  const { deps } = new HttpHouse();
  const away = listenHttp({ app: createHttpApp(deps), host: '192.0.2.1', port: 0, log: deps.log });
  await expect(away).rejects.toMatchObject({ code: 'config.invalid' });
});

test('port 0 picks a free one, and the url says which', async () => {
  const house = await new HttpHouse().start();
  expect(house.listener.port).toBeGreaterThan(0);
  expect(house.url).toBe(`http://127.0.0.1:${house.listener.port}`);
  await house.stop();
});

describe('closing', () => {
  test('answers what is in flight, then closes the kept connection, then refuses', async () => {
    const house = await new HttpHouse().start();
    const key = house.key(['publish']);
    const agent = new Agent({ keepAlive: true });
    const commit = Promise.withResolvers<void>();
    let entered = false;
    house.fake.beforeCommit = () => {
      entered = true;
      return commit.promise;
    };
    const answered = new Promise<number | undefined>((resolve, reject) => {
      const request = httpRequest(`${house.url}/v1/events`, {
        agent,
        method: 'POST',
        headers: { authorization: `Bearer ${key}` },
      });
      request.on('response', (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.on('error', reject);
      request.end('{"type":"x"}');
    });
    await expect.poll(() => entered).toBe(true);
    let closed = false;
    const closing = house.listener.close(60_000).then(() => (closed = true));
    expect(closed).toBe(false);
    commit.resolve();
    expect(await answered).toBe(202);
    // The agent would keep the connection; the listener does not wait for it.
    await closing;
    await expect(house.ask('GET', '/health')).rejects.toThrow('ECONNREFUSED');
    agent.destroy();
  });

  test('after the grace, connections are cut', async () => {
    const house = await new HttpHouse().start();
    let entered = false;
    house.fake.beforeCommit = () => {
      entered = true;
      return new Promise(() => undefined);
    };
    const key = house.key(['publish']);
    const asked = house.ask('POST', '/v1/events', { key, json: { type: 'x' } });
    const cut = asked.catch((error: unknown) => String(error));
    await expect.poll(() => entered).toBe(true);
    await house.listener.close(50);
    expect(await cut).toMatch(/socket hang up|ECONNRESET/);
  });

  test('closing twice is one closing', async () => {
    const house = await new HttpHouse().start();
    const first = house.listener.close(0);
    expect(house.listener.close(60_000)).toBe(first);
    await first;
  });
});

test('a request that never arrives whole is cut off with 408', async () => {
  const { deps } = new HttpHouse();
  const listener = await listenHttp({
    app: createHttpApp(deps),
    host: '127.0.0.1',
    port: 0,
    log: deps.log,
    headersTimeout: 50,
    requestTimeout: 50,
    slowCheck: 20,
  });
  const answer = await new Promise<string>((resolve, reject) => {
    let text = '';
    const socket = connect(listener.port, '127.0.0.1', () => {
      socket.write('GET /health HTTP/1.1\r\nhost: localh');
    });
    socket.on('data', (chunk) => (text += String(chunk)));
    socket.on('end', () => resolve(text));
    socket.on('error', reject);
  });
  expect(answer).toMatch(/^HTTP\/1.1 408 /);
  expect(answer).toContain('"code":"request.invalid"');
  await listener.close(0);
});

test('a caller that goes before its body is whole harms nobody', async () => {
  const house = await new HttpHouse().start();
  const key = house.key(['publish']);
  const request = httpRequest(`${house.url}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-length': '100' },
  });
  request.on('error', () => undefined);
  await new Promise((resolve) => request.write('{"type"', resolve));
  request.destroy();
  expect((await house.ask('POST', '/v1/events', { key, json: { type: 'x' } })).status).toBe(202);
  await house.stop();
  expect(house.lines).toEqual([]);
});
