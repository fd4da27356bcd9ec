/**
 * The noisy drill (Must show 7): one saga that always throws, one that loops and one that allocates, each with so many
 * events a second, beside a healthy one. The healthy one goes on as it did alone; what the others were sent is on disk and
 * waits; memory returns; and a release in which they are mended takes up what waited.
 */
import { join } from 'node:path';
import { load, residentMb } from '../bench/bench-support.ts';
import type { LoadResult } from '../bench/load/percentiles.ts';
import { eventually } from '../support/eventually.ts';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { Project } from '../support/project.ts';

const LOAD = join(import.meta.dirname, 'noisy/load.ts');
const NOISY = ['thrower', 'looper', 'allocator'] as const;
/** Of its throughput alone. */
const LEAST_SHARE = 0.9;
/** What the server may hold more, once all is quiet again. */
const MOST_MB_MORE = 60;
const SETTLE_WITHIN_MS = 600_000;
const QUIET_MS = 30_000;

export interface NoisyDrillOptions {
  readonly seconds: number;
  /** Events a second, of the healthy saga and of each noisy one. */
  readonly perSecond: number;
  readonly say?: (line: string) => void;
}

export interface NoisyReport {
  readonly alone: LoadResult;
  readonly beside: LoadResult;
  readonly noise: LoadResult;
  readonly residentMb: { readonly before: number; readonly during: number; readonly after: number };
  /** Noisy instances by saga once the noise has ended: how many were decided, and are blocked. */
  readonly blocked: Readonly<Record<string, number>>;
  /** Noisy instances that a mended release brought to their end. */
  readonly mended: number;
  /** What is wrong whatever the machine. */
  readonly faults: readonly string[];
}

/** Of the full drill: with what depends on time. */
export function noisyDrillFaults(report: NoisyReport): readonly string[] {
  const faults = [...report.faults];
  const share = report.beside.perSecond / report.alone.perSecond;
  if (share < LEAST_SHARE)
    faults.push(`the healthy saga kept ${share.toFixed(2)} of its throughput`);
  const { before, after } = report.residentMb;
  if (after - before > MOST_MB_MORE) faults.push(`memory went from ${before} to ${after} MB`);
  return faults;
}

export async function runNoisyDrill(options: NoisyDrillOptions): Promise<NoisyReport> {
  const { seconds, perSecond, say = () => undefined } = options;
  await using server = await HoldfastServer.start({
    restaurant: false,
    env: { HOLDFAST_LOG_LEVEL: 'error' },
  });
  using project = new Project('test/drills/noisy/release');
  await project.deploy(server);
  const run = (how: 'wait' | 'send', types: readonly string[], lasting = seconds) =>
    load(LOAD, server.ready.http, server.adminKey, lasting, perSecond, how, ...types);
  await run('wait', ['healthy'], Math.min(3, seconds));
  say('the healthy saga alone');
  const alone = await run('wait', ['healthy']);
  // Not earlier: a server that has just started has yet to compile and cache what any load needs.
  const before = residentMb(server.pid);
  say(`beside ${NOISY.join(', ')}`);
  let during = 0;
  const watching = setInterval(() => (during = Math.max(during, residentMb(server.pid))), 200);
  const [beside, noise] = await Promise.all([run('wait', ['healthy']), run('send', NOISY)]);
  clearInterval(watching);
  const blocked = await countBlocked(server);
  const sent = noise.done / NOISY.length;
  say(`deploying the mended release; blocked so far: ${JSON.stringify(blocked)}`);
  const mended = await mend(server, project, sent);
  say('all are at their end; waiting for quiet');
  await new Promise((resolve) => setTimeout(resolve, Math.min(QUIET_MS, seconds * 1000)));
  const after = residentMb(server.pid);
  const faults: string[] = [];
  for (const [who, result] of Object.entries({ alone, beside, noise }))
    if (result.errors > 0)
      faults.push(`${who}: ${result.errors} events were not taken or not completed`);
  if (mended !== noise.done)
    faults.push(`${mended} of ${noise.done} noisy instances came to their end`);
  return { alone, beside, noise, residentMb: { before, during, after }, blocked, mended, faults };
}

async function countBlocked(server: HoldfastServer): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const saga of NOISY)
    counts[saga] = (await server.api.sagas(`?saga=${saga}&status=blocked`)).length;
  return counts;
}

/** Deploys sagas that end at once, has what was blocked go on, and waits for every end. */
async function mend(server: HoldfastServer, project: Project, each: number): Promise<number> {
  project.replace('src/index.ts', "throw new TypeError('never any good');", 'return 1;');
  project.replace('src/index.ts', 'for (;;) if (id', 'if (id');
  project.replace('src/index.ts', 'for (;;) {', '{');
  await project.deploy(server);
  const { api } = server;
  const ended = new Map<string, number>();
  await eventually(
    'every noisy instance is at its end',
    async () => {
      for (const saga of NOISY) {
        for (const { key } of await api.sagas(`?saga=${saga}&status=blocked`)) {
          const answer = await api.send(
            'POST',
            `/v1/sagas/${saga}/${encodeURIComponent(key)}/redrive`,
            '{"reason":"mended"}',
          );
          // One that has gone on meanwhile is no concern.
          if (answer.status >= 400 && answer.status !== 409) throw new Error(answer.text);
        }
        ended.set(saga, (await api.sagas(`?saga=${saga}&status=completed`)).length);
      }
      return [...ended.values()].every((count) => count >= each) ? true : undefined;
    },
    { within: SETTLE_WITHIN_MS, every: 250, seen: () => Object.fromEntries(ended) },
  );
  return [...ended.values()].reduce((sum, count) => sum + count, 0);
}
