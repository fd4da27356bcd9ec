/** `--watch`, on a terminal, in a pipe and as documents, against a real server that changes, goes away and comes back. */
import { spawn } from 'node:child_process';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { CLI, cleanEnv } from '../support/checkout.ts';
import { Child, runToEnd } from '../support/child.ts';
import { eventually } from '../support/eventually.ts';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { order } from '../support/orders.ts';
import { missingTools } from '../support/tools.ts';

let server: HoldfastServer;
beforeAll(async () => {
  server = await HoldfastServer.start();
});
afterAll(() => server[Symbol.asyncDispose]());

const line = (...args: readonly string[]): readonly string[] => [
  CLI,
  ...args,
  '--watch',
  '--data-dir',
  server.dataDir,
];
const place = async (orderId: string): Promise<void> => {
  await server.api.publish({ type: 'order.placed', data: order({ orderId }) });
  await server.api.waitForStatus('order', orderId, 'waiting');
};
const page = z.object({ items: z.array(z.looseObject({ key: z.string(), state: z.string() })) });

test('as documents: one a line for each change, none without, and a clean end', async () => {
  await place('json-1');
  await using child = new Child(process.execPath, line('waits', 'list', '--json'));
  const seen: z.infer<typeof page>[] = [];
  child.onLine((text) => seen.push(page.parse(JSON.parse(text))));
  await eventually('the first view', () => seen[0]);
  await place('json-2');
  const has = (key: string, state: string): true | undefined =>
    seen.at(-1)?.items.some((wait) => wait.key === key && wait.state === state) === true
      ? true
      : undefined;
  await eventually('the new wait', () => has('json-2', 'open'));
  await server.cliJson('waits', 'complete', 'order', 'json-2', 'kitchen.ready');
  await eventually('that it is completed', () => has('json-2', 'completed'));
  child.signal('SIGINT');
  expect(await child.ended).toMatchObject({ code: 0, stderr: '' });
  const texts = seen.map((one) => JSON.stringify(one));
  expect(texts.filter((text, i) => text === texts[i - 1])).toEqual([]);
});

/** Hands requests on to the server, and knows which there were. */
class Between implements AsyncDisposable {
  readonly asked: string[] = [];
  readonly #server = createServer((incoming, outgoing) => {
    const { method, url = '/', headers } = incoming;
    this.asked.push(url);
    const { hostname, port } = new URL(server.ready.http);
    const onward = request({ method, path: url, headers, hostname, port }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

test('it follows what changes, coalesced, and not each event', async () => {
  await using between = new Between();
  const url = await between.listen();
  const args = [CLI, 'waits', 'list', '--watch', '--json', '--url', url, '--key', server.adminKey];
  await using child = new Child(process.execPath, args);
  await eventually('the stream of changes', () =>
    between.asked.includes('/v1/changes') ? true : undefined,
  );
  await place('followed-1');
  await eventually('the wait', () => (child.stdout.includes('followed-1') ? true : undefined));
  child.signal('SIGINT');
  expect(await child.ended).toMatchObject({ code: 0, stderr: '' });
  expect(new Set(between.asked.map((path) => path.split('?')[0]))).toEqual(
    new Set(['/v1/waits', '/v1/changes']),
  );
});

test('in a pipe: views are appended, and a server that goes away and comes back elsewhere is waited for', async () => {
  const own = await HoldfastServer.start();
  try {
    const args = [CLI, 'sagas', 'list', '--watch', '--data-dir', own.dataDir];
    await using child = new Child(process.execPath, args);
    await eventually('the empty list', () =>
      child.stderr.includes('no instances') ? true : undefined,
    );
    await own.stop();
    await eventually('that it is away', () =>
      /no server runs on .*tried again/.test(child.stderr) ? true : undefined,
    );
    await own.restart();
    await own.api.publish({ type: 'order.placed', data: order({ orderId: 'back-1' }) });
    await eventually('the order', () => (child.stdout.includes('back-1') ? true : undefined));
    expect(child.stderr).toContain('answers again');
    expect(child.stdout).not.toContain('\u001b');
    child.signal('SIGTERM');
    expect(await child.ended).toMatchObject({ code: 0 });
  } finally {
    await own[Symbol.asyncDispose]();
  }
});

test('on a terminal: drawn in place, narrow too, and the terminal is given back on Ctrl-C', async (context) => {
  const missing = missingTools('script');
  if (missing !== null) return context.skip(missing);
  await place('tty-1');
  const command = [process.execPath, ...line('sagas', 'list', '--key-prefix', 'tty-')]
    .map((word) => `'${word}'`)
    .join(' ');
  const child = spawn('script', ['-qfc', `stty rows 12 cols 50; exec ${command}`, '/dev/null'], {
    env: cleanEnv({ TERM: 'xterm-256color' }),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  let screen = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (screen += text));
  try {
    await eventually('the first view', () => (screen.includes('tty-1') ? true : undefined));
    await place('tty-2');
    await eventually('the second', () => (/tty-2 .*waiting/.test(screen) ? true : undefined));
    child.stdin.write('\u0003');
    expect(await ended).toBe(0);
  } finally {
    child.kill('SIGKILL');
  }
  const [before, ...views] = screen.split('\u001b[?1049h');
  expect(before).not.toContain('tty-1');
  expect(views).toHaveLength(1);
  const [drawn = '', left = ''] = (views[0] ?? '').split('\u001b[?7h\u001b[?25h\u001b[?1049l');
  // Never cleared as a whole, which would flicker.
  expect(drawn).not.toContain('\u001b[2J');
  expect(drawn.split('\u001b[H').length).toBeGreaterThan(2);
  expect(left).toMatch(/^SAGA.*\r\n.*tty-2.*\r\n.*tty-1/);
  expect(left).not.toContain('\u001b');
});

test('what is wrong at first is said as without it', async () => {
  const missing = await runToEnd(process.execPath, line('sagas', 'show', 'order', 'nobody'));
  expect(missing).toMatchObject({ code: 1, stdout: '' });
  const clash = await server.cli('sagas', 'show', 'order', 'x', '--watch', '--at', '1');
  expect(clash).toMatchObject({ code: 2, stdout: '' });
  expect(clash.stderr).toContain('--at');
});
