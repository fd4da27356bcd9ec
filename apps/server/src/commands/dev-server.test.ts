/** A start that is given up, with a stand-in for the server: a script that tells what becomes of it. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CliContext } from '../cli/context.ts';
import { Output } from '../cli/output.ts';
import { findOrStartServer } from './dev-server.ts';

const silent = { write: () => undefined };
const [, entry] = process.argv;
let folder: string;
let story: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-dev-server-'));
  story = join(folder, 'story');
});
afterEach(() => {
  process.argv[1] = entry ?? '';
  rmSync(folder, { recursive: true, force: true });
});

function context(): CliContext {
  return {
    out: new Output({ stdout: silent, stderr: silent, json: true, env: {} }),
    around: { env: {}, platform: process.platform, home: folder, cwd: folder },
    globals: { dataDir: folder },
    stdin: new PassThrough(),
  };
}

/** @param onTerm what it does at its first SIGTERM; a second one ends it at once, as it does the server */
function serverIs(onTerm: string): void {
  const script = join(folder, 'server.mjs');
  writeFileSync(
    script,
    `import { appendFileSync } from 'node:fs';
    const tell = (word) => appendFileSync(${JSON.stringify(story)}, word + ' ');
    process.once('SIGTERM', () => { tell('told'); process.once('SIGTERM', () => process.exit(1)); ${onTerm} });
    setInterval(() => undefined, 1000);
    tell('started');`,
  );
  process.argv[1] = script;
}

const END_IN_ORDER = `setTimeout(() => { tell('ended'); process.exit(0); }, 300);`;

async function giveUpOnceStarted(): Promise<void> {
  const stop = new AbortController();
  const server = findOrStartServer(context(), stop.signal);
  server.catch(() => undefined);
  await expect.poll(() => existsSync(story)).toBe(true);
  stop.abort();
  await expect(server).rejects.toThrow(/aborted|before it was ready/);
}

test('a server that is given up while it starts ends in its own order', async () => {
  serverIs(END_IN_ORDER);
  await giveUpOnceStarted();
  expect(readFileSync(story, 'utf8')).toBe('started told ended ');
});

test('one that becomes ready in that moment too, and is told once', async () => {
  serverIs(`console.log('{"event":"ready"}'); ${END_IN_ORDER}`);
  await giveUpOnceStarted();
  expect(readFileSync(story, 'utf8')).toBe('started told ended ');
});

test('a start that was given up before it began starts nothing', async () => {
  serverIs(END_IN_ORDER);
  await expect(findOrStartServer(context(), AbortSignal.abort())).rejects.toThrow('abort');
  expect(existsSync(story)).toBe(false);
});
