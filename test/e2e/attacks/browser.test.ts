/** The same attacks in a real browser, whose rules about cookies, origins and policies are what the defence stands on. */
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { TestBrowser } from '../../support/browser.ts';
import { HoldfastServer } from '../../support/holdfast-server.ts';
import { missingTools } from '../../support/tools.ts';

const missing = missingTools('chromium');

let server: HoldfastServer;
let browser: TestBrowser;
let evil: Server;
/** Another program's page on another port of this host: to the browser the same site. */
let evilUrl: string;

beforeAll(async () => {
  if (missing !== null) return;
  server = await HoldfastServer.start({ restaurant: false });
  browser = await TestBrowser.start();
  evil = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end('<!doctype html><title>evil</title>');
  });
  await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve));
  evilUrl = `http://127.0.0.1:${(evil.address() as AddressInfo).port}`;
});
afterAll(async () => {
  if (missing !== null) return;
  evil.close();
  evil.closeAllConnections();
  await browser[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});
beforeEach((context) => {
  if (missing !== null) context.skip(missing);
});

async function signedIn(): Promise<Page> {
  const { url } = z
    .object({ url: z.string() })
    .parse((await server.api.post('/v1/session/links', {})).json);
  const page = await browser.page();
  await page.goto(url);
  await page.waitForURL((at) => at.pathname === '/');
  return page;
}

const keyNames = async (): Promise<string[]> =>
  z
    .object({ items: z.array(z.looseObject({ name: z.string() })) })
    .parse((await server.api.get('/v1/keys')).json)
    .items.map(({ name }) => name);

test('a link signs in, stays in no address and no history, and the page breaks no rule of the policy', async () => {
  const { url } = z
    .object({ url: z.string() })
    .parse((await server.api.post('/v1/session/links', {})).json);
  const page = await browser.page();
  const broken: string[] = [];
  page.on('console', (message) => {
    if (/Content.Security.Policy/i.test(message.text())) broken.push(message.text());
  });
  await page.goto(url);
  await page.waitForURL((at) => at.pathname === '/');
  expect(page.url()).not.toContain('hl_');
  expect(await page.evaluate('document.cookie')).toBe('');
  expect(
    await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])'),
  ).not.toMatch(/h[sl]_/);
  await page.goBack().catch(() => null);
  expect(page.url()).not.toContain('hl_');
  expect(broken).toEqual([]);
  // The same link in another browser.
  const thief = await browser.page();
  const refused = thief.waitForResponse(
    (response) => response.url().endsWith('/v1/session') && response.request().method() === 'POST',
  );
  await thief.goto(url);
  expect((await refused).status()).toBe(401);
  expect(await thief.context().cookies()).toEqual([]);
});

test('a page on another port of this host, with the cookie at hand, does and reads nothing', async () => {
  const page = await signedIn();
  await page.goto(evilUrl);
  const tried = await page.evaluate(
    async ([target = '']) => {
      const body = JSON.stringify({ name: 'planted', scopes: ['admin'] });
      const how = [
        { method: 'POST', body, credentials: 'include', mode: 'no-cors' },
        { method: 'POST', body, credentials: 'include' },
        {
          method: 'POST',
          body,
          credentials: 'include',
          headers: { 'x-holdfast-console': '1', 'content-type': 'application/json' },
        },
        { method: 'GET', credentials: 'include' },
      ] as const;
      const results = [];
      for (const one of how) {
        const read = await fetch(`${target}/v1/keys`, one).then(
          (response) => response.text(),
          () => '',
        );
        results.push(read);
      }
      return results;
    },
    [server.ready.http],
  );
  expect(tried).toEqual(['', '', '', '']);
  expect(await keyNames()).not.toContain('planted');
});

test('a form that a foreign page submits does nothing, though the browser sends the cookie along', async () => {
  const page = await signedIn();
  await page.goto(evilUrl);
  const answered = page.waitForResponse((response) => response.url().endsWith('/v1/keys'));
  // Makes JSON of name=value, which is what a form can send.
  await page.evaluate(`
    const form = document.createElement('form');
    form.method = 'post';
    form.enctype = 'text/plain';
    form.action = ${JSON.stringify(`${server.ready.http}/v1/keys`)};
    const field = document.createElement('input');
    field.name = '{"name":"planted","scopes":["admin"],"expiresIn":"1h","types":["';
    field.value = '"]}';
    form.append(field);
    document.body.append(form);
    form.submit();
  `);
  const response = await answered;
  expect((await response.request().allHeaders())['cookie']).toContain('holdfast_session=');
  expect(response.status()).toBe(403);
  expect(await keyNames()).not.toContain('planted');
});

test('no page may frame the console', async () => {
  const page = await signedIn();
  await page.goto(evilUrl);
  await page.evaluate(`
    new Promise((resolve) => {
      const frame = document.createElement('iframe');
      frame.src = ${JSON.stringify(`${server.ready.http}/`)};
      frame.addEventListener('load', () => resolve(null));
      document.body.append(frame);
    })
  `);
  const [, frame] = page.frames();
  expect(frame).toBeDefined();
  expect(await frame?.title()).not.toContain('Holdfast');
});

/** What became of a WebSocket that a page opens: refused, or the first answer to a CONNECT without a password. */
const OPEN_WEBSOCKET = (target: string): string => `new Promise((resolve) => {
  const socket = new WebSocket(${JSON.stringify(target)}, 'mqtt');
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => socket.send(new Uint8Array(
    [0x10, 13, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 60, 0, 1, 0x61]));
  const answer = [];
  socket.onmessage = ({ data }) => {
    answer.push(...new Uint8Array(data));
    if (answer.length >= 4) resolve(['answered', ...answer]);
  };
  socket.onclose = () => resolve(['refused']);
})`;

test('a foreign page opens no WebSocket, and to one of our own the cookie is no key', async () => {
  const page = await signedIn();
  const target = `${server.ready.http.replace('http', 'ws')}/mqtt`;
  const [kind, packet, , , code] = await page.evaluate<(string | number)[]>(OPEN_WEBSOCKET(target));
  // CONNACK with a refusal: a user name and password are wanted (MQTT 3.1.1 §3.2.2.3).
  expect([kind, packet]).toEqual(['answered', 0x20]);
  expect([4, 5]).toContain(code);
  await page.goto(evilUrl);
  expect(await page.evaluate(OPEN_WEBSOCKET(target))).toEqual(['refused']);
});
