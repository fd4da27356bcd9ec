/**
 * Log injection, and tricks on the terminal of who looks: whatever strangers wrote, a line of the log is one line, and no
 * control character of theirs reaches a terminal, by the log, by a table, by a document, by an error or by a completion.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { CLI } from '../../support/checkout.ts';
import { runToEnd } from '../../support/child.ts';
import type { Ended } from '../../support/child.ts';
import { TERMINAL_TRICKS, UNSAFE_ON_A_TERMINAL } from '../../support/hostile-text.ts';
import { StrangeHouse } from '../../support/strange-house.ts';

const FORGED = '{"level":50,"time":1,"msg":"forged"}';
const WORDS = [
  ...Object.values(TERMINAL_TRICKS),
  `\n${FORGED}\n12:00:00.000 error forged`,
  `"}${FORGED}`,
].join(' ');
/** What the tricks look like where they are shown as what they are. */
const SHOWN = String.raw`\u001b[2J`;

let house: StrangeHouse;
beforeAll(async () => {
  house = await StrangeHouse.open(WORDS, {
    HOLDFAST_LOG_LEVEL: 'trace',
    HOLDFAST_LOG_FORMAT: 'json',
  });
});
afterAll(() => house[Symbol.asyncDispose]());

const line = z.looseObject({ level: z.number(), time: z.number(), msg: z.string() });

describe('the log', () => {
  test('as JSON: each line is one that we wrote, and whole', () => {
    // The head may have been dropped by who reads it here.
    const lines = house.server.log.split('\n').slice(1, -1);
    expect(lines.length).toBeGreaterThan(20);
    expect(house.server.log).not.toMatch(UNSAFE_ON_A_TERMINAL);
    for (const text of lines) expect(line.parse(JSON.parse(text)).msg).not.toBe('forged');
    // The words are there, so that the lines above say something: from a device, from a saga, from an effect.
    for (const mark of ['MQTT connection refused', 'MQTT subscription refused', 'worker joined'])
      expect(house.server.log).toContain(mark);
    expect(house.server.log).toContain(String.raw`\u001b[2J`);
  });

  test('as text: each line begins with its time, and shows what would act', async () => {
    await using other = await StrangeHouse.open(WORDS, {
      HOLDFAST_LOG_LEVEL: 'trace',
      HOLDFAST_LOG_FORMAT: 'text',
    });
    const { log } = other.server;
    const lines = log.split('\n').slice(1, -1);
    expect(lines.length).toBeGreaterThan(20);
    expect(log).not.toMatch(UNSAFE_ON_A_TERMINAL);
    for (const text of lines)
      expect(text).toMatch(
        /^(?:\d\d:\d\d:\d\d\.\d{3} (?:trace|debug|info|warn|error|fatal) | {2})/,
      );
    expect(log).not.toMatch(/^12:00:00\.000 error forged/m);
    expect(log).toContain(SHOWN);
  });

  test('huge names make no huge lines', async () => {
    const huge = 'y'.repeat(60_000);
    expect(await house.device.subscribe(`$SYS/${huge}`)).toBe(128);
    await house.device.publish(`${huge}/x`, huge, { qos: 1 });
    await house.server.api.post('/v1/events', {
      type: 'stranger.came',
      data: { id: huge, how: 'x' },
    });
    const longest = Math.max(...house.server.log.split('\n').map((text) => text.length));
    expect(longest).toBeGreaterThan(0);
    expect(longest).toBeLessThan(32 * 1024);
  });
});

/** Two at a time: each is a process of its own. */
async function eachOf<T>(all: readonly T[], look: (one: T) => Promise<void>): Promise<void> {
  for (let i = 0; i < all.length; i += 2) await Promise.all(all.slice(i, i + 2).map(look));
}

describe('the command line', () => {
  function run(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Ended> {
    const [verb = '', ...rest] = args;
    const all = [
      CLI,
      verb,
      ...rest.slice(0, 1),
      '--data-dir',
      house.server.dataDir,
      ...rest.slice(1),
    ];
    return runToEnd(process.execPath, all, { env });
  }

  function looks(): Readonly<Record<string, readonly string[]>> {
    return {
      'sagas list': ['sagas', 'list'],
      'a blocked instance': ['sagas', 'show', 'stranger', house.keyOf('throw'), '--state'],
      'one in doubt': ['sagas', 'show', 'stranger', house.keyOf('lose')],
      'one that waits': ['sagas', 'show', 'stranger', house.keyOf('ask')],
      'one that was refused': ['sagas', 'show', 'stranger', house.keyOf('refuse')],
      'one that gave up, at a version': [
        'sagas',
        'show',
        'stranger',
        house.keyOf('give up'),
        '--at',
        '1',
      ],
      'events list': ['events', 'list', '--limit', '200'],
      'an event': ['events', 'show', String(house.seq)],
      'quarantine list': ['quarantine', 'list'],
      'an entry of quarantine': ['quarantine', 'show', '1'],
      'effects list': ['effects', 'list'],
      'waits list': ['waits', 'list'],
      'schedules list': ['schedules', 'list'],
      'keys list': ['keys', 'list'],
      'audit list': ['audit', 'list', '--limit', '200'],
      status: ['status'],
    };
  }
  /** Nothing of a stranger's is there, or only its first character. */
  const QUIET = new Set(['quarantine list', 'schedules list', 'status']);

  test('tables, stories and errors show what would act, and let nothing through', async () => {
    await eachOf(Object.entries(looks()), async ([what, args]) => {
      const { stdout, stderr, code } = await run(args);
      expect([what, code]).toEqual([what, 0]);
      expect(stdout + stderr, what).not.toMatch(UNSAFE_ON_A_TERMINAL);
      expect(stdout, what).not.toMatch(/^forged line/m);
      if (!QUIET.has(what)) expect(stdout, what).toContain(SHOWN);
    });
  });

  test('with colours there are ours alone', async () => {
    for (const args of [['sagas', 'show', 'stranger', house.keyOf('throw')]]) {
      const { stdout, stderr } = await run(args, { FORCE_COLOR: '1', NO_COLOR: '' });
      expect(stdout).toMatch(/\u001b\[\d+m/);
      const bare = (stdout + stderr).replaceAll(/\u001b\[\d+(?:;\d+)*m/g, '');
      expect(bare).not.toMatch(UNSAFE_ON_A_TERMINAL);
      expect(stdout).not.toContain('\u001b[41m');
    }
  });

  test('documents hold it escaped, and say the same', async () => {
    const documents = [
      ['events', 'show', String(house.seq)],
      ['sagas', 'show', 'stranger', house.keyOf('throw')],
      ['audit', 'list', '--limit', '200'],
    ];
    await eachOf(documents, async (args) => {
      const { stdout, code } = await run([...args, '--json']);
      expect(code).toBe(0);
      expect(stdout).not.toMatch(UNSAFE_ON_A_TERMINAL);
      expect(JSON.stringify(JSON.parse(stdout))).toContain(JSON.stringify(WORDS).slice(1, -1));
    });
  });

  test('errors that repeat what was typed, or what the server says of it, do not act on it', async () => {
    const mistakes: readonly (readonly string[])[] = [
      ['sagas', 'show', 'stranger', `no${WORDS}`],
      ['sagas', 'show', 'stranger', `no${WORDS}`, '--json'],
      ['sagas', 'show', `no${WORDS}`, 'x'],
      ['events', 'show', WORDS],
      ['events', WORDS],
      ['sagas', 'list', '--search', WORDS],
      ['events', 'list', '--from', WORDS, '--json'],
      ['release', 'show', WORDS],
      ['keys', 'create', WORDS, '--scope', WORDS],
    ];
    await eachOf(mistakes, async (args) => {
      const { stdout, stderr, code } = await run(args);
      expect([args[0], code === 0]).toEqual([args[0], false]);
      expect(stdout + stderr).not.toMatch(UNSAFE_ON_A_TERMINAL);
    });
  });

  test('what is offered to be pasted is one word, and no option', async () => {
    const key = `--url=http://evil.example;touch x$(id)'"`;
    await house.server.api.publish({
      type: 'stranger.came',
      data: { id: key, how: 'throw', note: 'n' },
    });
    await house.server.api.waitForStatus('stranger', key, 'blocked');
    const { stdout } = await run(['sagas', 'show', 'stranger', '--', key]);
    expect(stdout).toContain(
      `holdfast sagas redrive -- stranger '--url=http://evil.example;touch x$(id)'\\''"'`,
    );
    await eachOf(['bash', 'zsh', 'fish', 'powershell'], async (shell) => {
      const words =
        shell === 'bash'
          ? [`holdfast sagas show --data-dir ${house.server.dataDir} stranger `]
          : ['sagas', 'show', '--data-dir', house.server.dataDir, 'stranger', '='];
      const offered = await runToEnd(process.execPath, [CLI, '__complete', shell, '--', ...words]);
      const lines = offered.stdout.split('\n');
      expect(lines[0]).toBe(':values');
      expect(offered.stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
      for (const one of lines.slice(1)) expect(one).not.toMatch(/^--url/);
      expect(lines.slice(1).some((one) => one.includes('forged'))).toBe(false);
    });
  });
});
