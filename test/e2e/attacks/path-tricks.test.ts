/** Ways out of the console's folder: nothing but its own files is ever answered with. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HttpHouse } from '../../support/http-house.ts';
import { rawBytes, rawRequest } from '../../support/raw-request.ts';
import { TempFolder } from '../../support/temp-folder.ts';

const folder = new TempFolder('console');
const house = new HttpHouse({ consoleFolder: folder.at('console') });
const SECRET = 'what nobody may read';

beforeAll(async () => {
  mkdirSync(folder.at('console', 'assets', 'deep'), { recursive: true });
  mkdirSync(folder.at('outside'));
  writeFileSync(folder.at('console', 'index.html'), '<!doctype html><title>console</title>');
  writeFileSync(folder.at('console', 'assets', 'app-abc.js'), 'run()');
  writeFileSync(folder.at('console', 'assets', 'deep', 'x.js'), 'deep()');
  writeFileSync(folder.at('secret.txt'), SECRET);
  writeFileSync(folder.at('outside', 'secret.txt'), SECRET);
  symlinkSync(folder.at('secret.txt'), folder.at('console', 'assets', 'link.txt'));
  symlinkSync(folder.at('outside'), folder.at('console', 'assets', 'linked'));
  symlinkSync(folder.at('secret.txt'), folder.at('console', 'assets', 'app-abc.js.br'));
  await house.start();
});
afterAll(async () => {
  await house.stop();
  folder[Symbol.dispose]();
});

const HTML = { accept: 'text/html' };

test('what is there is answered with, so that the rest says something', async () => {
  expect((await rawRequest(house.url, '/assets/app-abc.js')).text).toBe('run()');
  expect((await rawRequest(house.url, '/assets/deep/x.js')).text).toBe('deep()');
  expect((await rawRequest(house.url, '/sagas/order/o%2F1', { headers: HTML })).status).toBe(200);
});

describe.each([
  '/../secret.txt',
  '/assets/../../secret.txt',
  '/assets/../../../../../../../../etc/passwd',
  '/assets/..%2f..%2fsecret.txt',
  '/assets/%2e%2e/%2e%2e/secret.txt',
  '/assets/%2e%2e%2f%2e%2e%2fsecret.txt',
  '/assets/%252e%252e/secret.txt',
  '/assets/..%5c..%5csecret.txt',
  '/assets/..\\..\\secret.txt',
  '\\..\\secret.txt',
  '/assets/.%00./secret.txt',
  '/assets/app-abc.js%00.txt',
  '/assets/app-abc.js%2500',
  '/assets/....//....//secret.txt',
  '/assets/..;/..;/secret.txt',
  '/assets/%c0%ae%c0%ae/secret.txt',
  '/assets/%uff0e%uff0e/secret.txt',
  '/assets//app-abc.js/../../../secret.txt',
  '//secret.txt',
  '//etc/passwd',
  '/assets/link.txt',
  '/assets/linked/secret.txt',
  '/assets/',
  '/assets',
  '/assets/deep',
  '/assets/app-abc.js/',
  '/assets/APP-ABC.JS',
  '/assets/app-abc.js.br',
  '/assets/app%2Dabc.js',
  '/.git/config',
  '/console/index.html',
  'file:///etc/passwd',
])('%j', (path) => {
  test.each([
    ['as a script would ask', {}],
    ['as a navigation', HTML],
  ])('%s gets no file', async (_, headers) => {
    const raw = await rawBytes(
      house.url,
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${
        'accept' in headers ? 'Accept: text/html\r\n' : ''
      }\r\n`,
    );
    const status = Number(/^HTTP\/1\.1 (\d+)/.exec(raw)?.[1]);
    expect(raw).not.toContain(SECRET);
    expect(raw).not.toContain('root:');
    // A page that the console's own router may yet refuse; never a file by another name.
    const page = raw.includes('<title>console</title>');
    expect(page ? 200 : status).toBe(status);
    if (!page) expect([400, 404]).toContain(status);
    if (path.startsWith('/assets/') || !('accept' in headers)) expect(page).toBe(false);
  });
});

test('a link in the place of a file that was listed is not followed', async () => {
  writeFileSync(folder.at('console', 'assets', 'late.js'), 'late()');
  const own = await new HttpHouse({ consoleFolder: folder.at('console') }).start();
  try {
    expect((await rawRequest(own.url, '/', { headers: HTML })).status).toBe(200);
    const { rmSync } = await import('node:fs');
    rmSync(folder.at('console', 'assets', 'late.js'));
    symlinkSync(folder.at('secret.txt'), folder.at('console', 'assets', 'late.js'));
    const answer = await rawRequest(own.url, '/assets/late.js');
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain(SECRET);
  } finally {
    await own.stop();
  }
});

test('a prepared coding that is a link is not followed either', async () => {
  const headers = { 'accept-encoding': 'br' };
  const answer = await rawRequest(house.url, '/assets/app-abc.js', { headers });
  expect(answer.bytes.toString('utf8')).not.toContain(SECRET);
  expect(answer.headers['content-encoding']).toBe('br');
});

test('nothing of another media type is run: no sniffing, strict policy, on files and on refusals', async () => {
  for (const [path, headers] of [
    ['/', HTML],
    ['/assets/app-abc.js', {}],
    ['/assets/none.js', {}],
    ['/v1/none', HTML],
  ] as const) {
    const answer = await rawRequest(house.url, path, { headers });
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.headers['referrer-policy']).toBe('no-referrer');
    expect(answer.headers['content-security-policy']).toMatch(/^default-src 'none';/);
    expect(answer.headers['content-security-policy']).not.toContain('unsafe');
    expect(answer.headers['content-security-policy']).toContain("frame-ancestors 'none'");
  }
});

test.each(['POST', 'PUT', 'DELETE', 'PATCH'])('%s changes no file', async (method) => {
  const answer = await rawRequest(house.url, '/assets/app-abc.js', { method, headers: HTML });
  expect(answer.status).toBe(404);
  expect((await rawRequest(house.url, '/assets/app-abc.js')).text).toBe('run()');
});
