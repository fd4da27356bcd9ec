/** Must show 1, as a newcomer meets it: `npm start`, and then the commands it prints, pasted into a shell. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { callsOf, countByName, readCalls } from '../support/calls-file.ts';
import { Child, runToEnd } from '../support/child.ts';
import { eventually, within } from '../support/eventually.ts';
import { TempFolder } from '../support/temp-folder.ts';
import { missingTools } from '../support/tools.ts';

/** It may have to build first. */
const START_WITHIN_MS = 150_000;
const STOP_WITHIN_MS = 60_000;
const LAST_LINE = /wait=10s/;

const readySchema = z.strictObject({
  event: z.literal('ready'),
  http: z.string().regex(/^http:\/\/127\.0\.0\.1:\d+$/),
  mqtt: z.string().regex(/^mqtt:\/\/127\.0\.0\.1:\d+$/),
  pid: z.number(),
  adminKeyFile: z.string(),
  callsFile: z.string().endsWith('.jsonl'),
});

const sagaSchema = z.looseObject({ key: z.string(), status: z.string() });

/** A terminal with `npm start` in it. */
class Terminal {
  readonly #npm: Child;

  constructor(dataDir: string) {
    const flags = ['--data-dir', dataDir, '--http-port', '0', '--mqtt-port', '0'];
    this.#npm = new Child('npm', ['start', '--silent', '--', ...flags]);
  }

  /** @returns the commands it prints for pasting */
  async commands(): Promise<readonly string[]> {
    await eventually(
      'npm start prints what to paste',
      () => {
        if (this.#npm.end !== null) throw new Error(`npm start ended: ${this.#npm.stderr}`);
        return LAST_LINE.test(this.#npm.stdout) && this.#npm.stdout.endsWith('\n')
          ? true
          : undefined;
      },
      { within: START_WITHIN_MS, seen: () => this.#npm.stdout + this.#npm.stderr },
    );
    return this.#npm.stdout
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => /^(curl|mosquitto_pub) /.test(line));
  }

  get text(): string {
    return this.#npm.stdout;
  }

  /** Ctrl-C. @returns the exit code of `npm start` */
  async interrupt(): Promise<number | null> {
    this.#npm.signalGroup('SIGINT');
    return (await within('npm start ends after Ctrl-C', STOP_WITHIN_MS, this.#npm.ended)).code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Its server runs in a group of its own and ends with its launcher; give it that chance first.
    this.#npm.signalGroup('SIGTERM');
    await Promise.race([
      this.#npm.ended,
      new Promise((resolve) => setTimeout(resolve, STOP_WITHIN_MS)),
    ]);
    await this.#npm[Symbol.asyncDispose]();
  }
}

async function paste(command: string): Promise<string> {
  const { code, stdout, stderr } = await runToEnd('sh', ['-c', command]);
  if (code !== 0) throw new Error(`${command}\nended with ${code}: ${stdout}${stderr}`);
  return stdout;
}

/** The one command that holds all the words. */
function commandWith(commands: readonly string[], ...words: readonly string[]): string {
  const fitting = commands.filter((command) => words.every((word) => command.includes(word)));
  const [only] = fitting;
  if (only === undefined || fitting.length > 1) {
    throw new Error(`${fitting.length} commands hold ${words.join(', ')}:\n${commands.join('\n')}`);
  }
  return only;
}

describe('npm start', () => {
  test('prints commands that, pasted, bring an order by curl and one by mosquitto_pub to their end', async (context) => {
    const missing = missingTools('curl', 'mosquitto_pub');
    if (missing !== null) return context.skip(missing);
    using folder = new TempFolder('start');
    const dataDir = folder.at('data dir'); // With a space: what is printed must be quoted.
    await using terminal = new Terminal(dataDir);
    const commands = await terminal.commands();
    const calls = /^ +(\/.*\.jsonl)$/m.exec(terminal.text)?.[1] ?? '';

    await paste(commandWith(commands, 'curl', '/v1/events'));
    await paste(commandWith(commands, 'mosquitto_pub'));
    const watched = await until(commandWith(commands, '/v1/sagas/order/o-1 '), 'waiting');
    expect(watched.key).toBe('o-1');
    await eventually('the timeline of o-2 shows the wait', async () => {
      const timeline = await paste(commandWith(commands, 'o-2/timeline'));
      return timeline.includes('"status":"waiting"') && timeline.includes('kitchen.ready')
        ? true
        : undefined;
    });

    expect(await paste(commandWith(commands, 'o-1/waits'))).toContain('"state":"completed"');
    expect(await paste(commandWith(commands, 'o-2/waits'))).toContain('"state":"completed"');
    const ended = sagaSchema.parse(JSON.parse(await paste(commandWith(commands, 'wait=10s'))));
    expect(ended.status).toBe('completed');
    await until(
      commandWith(commands, '/v1/sagas/order/o-1 ').replaceAll('o-1', 'o-2'),
      'completed',
    );

    const made = readCalls(calls);
    const eachOnce = { 'kitchen.reserve': 1, 'payment.charge': 1, 'courier.dispatch': 1 };
    expect(countByName(callsOf(made, 'o-1'))).toEqual(eachOnce);
    expect(countByName(callsOf(made, 'o-2'))).toEqual(eachOnce);
    expect(made).toHaveLength(6);

    expect(await terminal.interrupt()).toBe(0);
    await using again = new Terminal(dataDir);
    const second = await again.commands();
    // Data stays; the first order is still what it was.
    const still = await until(commandWith(second, '/v1/sagas/order/o-1 '), 'completed');
    expect(still.key).toBe('o-1');
    expect(await again.interrupt()).toBe(0);
  });

  test('with --json its one line of standard output says that it is ready, and where the records are', async () => {
    using folder = new TempFolder('start');
    const flags = [
      '--data-dir',
      folder.at('data'),
      '--http-port',
      '0',
      '--mqtt-port',
      '0',
      '--json',
    ];
    await using npm = new Child('npm', ['start', '--silent', '--', ...flags]);
    const line = await within(
      'the ready line',
      START_WITHIN_MS,
      new Promise<string>((resolve) => npm.onLine(resolve)),
    );
    const ready = readySchema.parse(JSON.parse(line));
    expect(ready.adminKeyFile).toBe(folder.at('data', 'admin-token'));
    npm.signalGroup('SIGINT');
    const { code, stdout } = await within('npm start ends', STOP_WITHIN_MS, npm.ended);
    expect(code).toBe(0);
    expect(stdout).toBe(`${line}\n`);
  });
});

async function until(command: string, status: string): Promise<z.infer<typeof sagaSchema>> {
  return eventually(`${command} shows ${status}`, async () => {
    const answer = sagaSchema.safeParse(JSON.parse(await paste(command)));
    return answer.success && answer.data.status === status ? answer.data : undefined;
  });
}
