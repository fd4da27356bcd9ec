/** How the console's files are served: which page for which path, what a browser may keep, in which coding. */
import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HttpHouse } from '../support/http-house.ts';
import { rawRequest } from '../support/raw-request.ts';
import type { RawAnswer } from '../support/raw-request.ts';
import { TempFolder } from '../support/temp-folder.ts';

const folder = new TempFolder('console');
const house = new HttpHouse({ consoleFolder: folder.at('console') });
const INDEX = '<!doctype html><title>one</title>';
const SCRIPT = `run('${'x'.repeat(5000)}')`;

beforeAll(async () => {
  mkdirSync(folder.at('console', 'assets'), { recursive: true });
  writeFileSync(folder.at('console', 'index.html'), INDEX);
  writeFileSync(folder.at('console', 'favicon.svg'), '<svg/>');
  writeFileSync(folder.at('console', 'assets', 'app-1.js'), SCRIPT);
  writeFileSync(folder.at('console', 'assets', 'made-1.css'), 'a{}');
  writeFileSync(folder.at('console', 'assets', 'made-1.css.br'), 'made by the build');
  writeFileSync(folder.at('console', 'assets', 'font-1.woff2'), 'font');
  await house.start();
});
afterAll(async () => {
  await house.stop();
  folder[Symbol.dispose]();
});

const HTML = { accept: 'text/html,application/xhtml+xml' };
const get = (path: string, headers: Record<string, string> = {}): Promise<RawAnswer> =>
  rawRequest(house.url, path, { headers });

describe('pages', () => {
  test.each(['/', '/login', '/docs', '/sagas/order/o%2F1?tab=state', '/w/token', '/v1x'])(
    '%s is the console for a browser that navigates there',
    async (path) => {
      const answer = await get(path, HTML);
      expect(answer.status).toBe(200);
      expect(answer.text).toBe(INDEX);
      expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(answer.headers['cache-control']).toBe('no-cache');
    },
  );

  test('with the policy that allows nothing inline and nothing from elsewhere', async () => {
    const { headers } = await get('/', HTML);
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'cross-origin-opener-policy': 'same-origin',
    });
    expect(headers['permissions-policy']).toContain('camera=()');
  });

  test.each([
    ['/', { accept: '*/*' }],
    ['/login', {}],
    ['/v1/nothing', HTML],
    ['/v1', HTML],
    ['/admin/nothing', HTML],
    ['/assets/none.js', HTML],
  ])('%s is no page for who asks with %j', async (path, headers) => {
    const answer = await get(path, headers);
    expect(answer.status).toBe(404);
    expect(answer.code).toBe('not_found');
  });

  test('the API is not hidden by them', async () => {
    expect((await get('/health', HTML)).text).toContain('"status":"ok"');
    expect((await get('/v1/keys', HTML)).code).toBe('auth.missing');
    const other = await rawRequest(house.url, '/health', { method: 'POST', headers: HTML });
    expect(other.status).toBe(405);
  });
});

describe('files', () => {
  test('an asset is kept for ever, all else is asked for again', async () => {
    const asset = await get('/assets/app-1.js');
    expect(asset.text).toBe(SCRIPT);
    expect(asset.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'accept-encoding',
    });
    const icon = await get('/favicon.svg');
    expect(icon.headers).toMatchObject({
      'content-type': 'image/svg+xml',
      'cache-control': 'no-cache',
    });
  });

  test('in the best coding that is taken', async () => {
    const ask = (coding: string): Promise<RawAnswer> =>
      get('/assets/app-1.js', { 'accept-encoding': coding });
    const br = await ask('gzip, deflate, br');
    expect(br.headers['content-encoding']).toBe('br');
    expect(brotliDecompressSync(br.bytes).toString()).toBe(SCRIPT);
    const gzip = await ask('br;q=0, gzip');
    expect(gzip.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(gzip.bytes).toString()).toBe(SCRIPT);
    expect(gzip.bytes.length).toBeLessThan(SCRIPT.length / 10);
    const plain = await ask('identity');
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.headers['content-length']).toBe(String(SCRIPT.length));
    // Each is another representation (RFC 9110 §8.8.3).
    expect(new Set([br, gzip, plain].map(({ headers }) => headers.etag)).size).toBe(3);
  });

  test('as the build has compressed it, where it has; what is packed already stays', async () => {
    const made = await get('/assets/made-1.css', { 'accept-encoding': 'br' });
    expect(made.text).toBe('made by the build');
    expect(made.headers['content-encoding']).toBe('br');
    expect((await get('/assets/made-1.css.br')).status).toBe(404);
    const font = await get('/assets/font-1.woff2', { 'accept-encoding': 'br' });
    expect(font.headers['content-encoding']).toBeUndefined();
    expect(font.text).toBe('font');
  });

  test('304 for who has it, and HEAD without a body', async () => {
    const { headers } = await get('/', HTML);
    const again = await get('/', { ...HTML, 'if-none-match': `"other", ${headers.etag}` });
    expect([again.status, again.text]).toEqual([304, '']);
    expect(again.headers.etag).toBe(headers.etag);
    const head = await rawRequest(house.url, '/', { method: 'HEAD', headers: HTML });
    expect([head.status, head.text]).toEqual([200, '']);
    expect(head.headers['content-length']).toBe(String(INDEX.length));
  });
});

test('a new build is taken up without a restart; without one a page says how to build it', async () => {
  const own = await new HttpHouse({ consoleFolder: folder.at('other') }).start();
  try {
    const missing = await rawRequest(own.url, '/', { headers: HTML });
    expect(missing.status).toBe(503);
    expect(missing.text).toContain('npm run build');
    expect(missing.text).not.toMatch(/<script|<style|style=/);
    expect(missing.headers['content-security-policy']).toMatch(/^default-src 'none'/);
    mkdirSync(folder.at('other', 'assets'), { recursive: true });
    for (const build of ['first', 'second']) {
      const index = folder.at('other', 'index.html');
      writeFileSync(index, build);
      utimesSync(index, 0, build.length * 1000);
      writeFileSync(folder.at('other', 'assets', `${build}.js`), build);
      expect((await rawRequest(own.url, '/', { headers: HTML })).text).toBe(build);
      expect((await rawRequest(own.url, `/assets/${build}.js`)).text).toBe(build);
    }
    rmSync(folder.at('other'), { recursive: true });
    expect((await rawRequest(own.url, '/', { headers: HTML })).status).toBe(503);
  } finally {
    await own.stop();
  }
});

test('a server without a console says nothing of one', async () => {
  const bare = await new HttpHouse().start();
  const answer = await rawRequest(bare.url, '/', { headers: HTML });
  expect(answer.code).toBe('not_found');
  await bare.stop();
});
