/** A process that owns an effect host, for tests to kill. Prints the host's pid once it runs the effect named. */
import { join } from 'node:path';
import type { Clock } from '@holdfast/core';
import { createEffectHostSupervisor } from './supervisor.ts';

const [, , entry = '', releases = '', effect = ''] = process.argv;
const clock: Clock = {
  now: () => Date.now() * 1000,
  monotonic: () => performance.now(),
  after: (delay, run) => {
    const timer = setTimeout(run, delay);
    return () => clearTimeout(timer);
  },
};
const release = 'e'.repeat(64);
const quiet = (): void => undefined;
const supervisor = createEffectHostSupervisor({
  entry,
  releaseDir: (digest) => join(releases, digest),
  clock,
  random: Math.random,
  log: {
    debug: quiet,
    // What the effect prints says that it runs.
    info: (_, message) => message.includes('looping') && tell(),
    warn: quiet,
    error: quiet,
  },
});

function tell(): void {
  process.stdout.write(`${supervisor.status()[0]?.pid}\n`);
}

function call(name: string) {
  const common = { attempt: 1, mode: 'call', tenant: '', app: 'a', saga: 's', key: 'k' } as const;
  const rest = { run: 1, step: 'x', input: 'null', timeout: 60_000 };
  return supervisor.execute(
    {
      ...common,
      ...rest,
      commandId: name,
      effect: name,
      release,
      correlationId: null,
      traceparent: null,
    },
    { config: {}, secrets: {} },
    new AbortController().signal,
  );
}

await call('echo');
void call(effect);
if (effect !== 'loop') tell();
