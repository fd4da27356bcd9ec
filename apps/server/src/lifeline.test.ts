import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { watchLifeline } from './lifeline.ts';

const MODULE = JSON.stringify(join(import.meta.dirname, 'lifeline.ts'));

/** A process that has nothing else to live for than a timer far away, and says when it lost its launcher. */
const SERVER = `
  const { watchLifeline } = await import(${MODULE});
  watchLifeline(process.env, () => { console.log('lost'); process.exit(7); });
  console.log('watching', process.env.HOLDFAST_LIFELINE_FD);
  setTimeout(() => {}, 3_600_000);
`;

test('the end of the pipe is the loss of the launcher, and the variable is not passed on', async () => {
  const server = spawn(process.execPath, ['--input-type=module', '-e', SERVER], {
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
    env: { ...process.env, HOLDFAST_LIFELINE_FD: '3' },
  });
  let output = '';
  server.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (text.includes('watching')) server.stdio[3]?.destroy();
  });
  await once(server, 'close');
  expect(output).toBe('watching undefined\nlost\n');
  expect(server.exitCode).toBe(7);
});

test('watching keeps no process alive', async () => {
  const script = `
    const { watchLifeline } = await import(${MODULE});
    watchLifeline(process.env, () => process.exit(7));
  `;
  const server = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
    env: { ...process.env, HOLDFAST_LIFELINE_FD: '3' },
  });
  await once(server, 'exit');
  server.stdio[3]?.destroy();
  expect(server.exitCode).toBe(0);
});

test('without a launcher nothing is watched; nonsense is refused', () => {
  const lost = (): void => expect.unreachable();
  watchLifeline({}, lost);
  expect(() => watchLifeline({ HOLDFAST_LIFELINE_FD: 'x' }, lost)).toThrow(RangeError);
  expect(() => watchLifeline({ HOLDFAST_LIFELINE_FD: '1' }, lost)).toThrow(RangeError);
});
