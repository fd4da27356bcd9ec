/**
 * `holdfast dev`: builds and activates a project, again after every save; prints faults and goes on.
 *
 * One build at a time. A save during a build makes exactly one more build after it, of what is there then.
 */
import { resolve } from 'node:path';
import { HoldfastError } from '@holdfast/core';
import { clientOf, toldAgain } from '../cli/connect.ts';
import type { CliContext } from '../cli/context.ts';
import { untilInterrupted } from '../cli/interrupt.ts';
import { shortDigest } from '../cli/json-text.ts';
import { plainText } from '../cli/plain-text.ts';
import { errorDocument, reportError } from '../cli/report-error.ts';
import { findTarget } from '../cli/target.ts';
import { localClock, spanText } from '../cli/time-text.ts';
import { buildProject } from './build-project.ts';
import { findOrStartServer } from './dev-server.ts';
import type { DevServer } from './dev-server.ts';
import { SourceWatcher } from './dev-watch.ts';

export async function dev(
  context: CliContext,
  { project }: { readonly project: string },
): Promise<number> {
  const dir = resolve(context.around.cwd, project);
  return untilInterrupted(async (signal) => {
    const server = await findOrStartServer(context, signal).catch((error: unknown) => {
      if (signal.aborted) return null;
      throw error;
    });
    if (server === null) return 0;
    try {
      return await watchProject(context, dir, server, signal);
    } finally {
      if (server.started) context.out.note(context.out.paintError.dim('stopping the server'));
      await server.stop();
    }
  });
}

async function watchProject(
  context: CliContext,
  dir: string,
  server: DevServer,
  signal: AbortSignal,
): Promise<number> {
  const stopped = new Promise<null>((done) => {
    if (signal.aborted) done(null);
    signal.addEventListener('abort', () => done(null), { once: true });
  });
  const session: Session = { dir, server, active: null };
  const rounds = new Rounds(() => rebuild(context, session));
  const watcher = new SourceWatcher(dir, () => rounds.ask());
  try {
    announce(context, dir, server);
    rounds.ask();
    const lost = await Promise.race([stopped, server.lost]);
    if (lost !== null) throw lost;
    return 0;
  } finally {
    watcher.close();
    await rounds.idle;
  }
}

function announce({ out }: CliContext, dir: string, { target, started }: DevServer): void {
  if (out.json) {
    out.documentLine({
      event: 'watching',
      project: dir,
      url: target.url,
      dataDir: target.dataDir,
      started,
    });
    return;
  }
  const { bold, dim, name } = out.paint;
  out.line(`${bold('Holdfast dev')}  ${dir}`);
  out.facts([
    [
      'server',
      `${name(target.url)}  ${dim(started ? 'started for as long as this runs' : 'was running')}`,
    ],
    ['data', target.dataDir],
  ]);
  out.note(out.paintError.dim('Every save is built and activated. Ctrl-C stops.'));
}

/** Runs work one at a time; whatever is asked for meanwhile is one more time. */
class Rounds {
  readonly #work: () => Promise<void>;
  #running = false;
  #again = false;
  /** Resolves when nothing is under way. */
  idle: Promise<void> = Promise.resolve();

  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  ask(): void {
    if (this.#running) this.#again = true;
    else this.idle = this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    do {
      this.#again = false;
      await this.#work();
    } while (this.#again);
    this.#running = false;
  }
}

interface Session {
  readonly dir: string;
  readonly server: DevServer;
  /** Digest of what was activated last: a build that gives the same is told and not sent. */
  active: string | null;
}

/** Builds, registers, activates. Never throws: a fault is told, and the next save tries again. */
async function rebuild(context: CliContext, session: Session): Promise<void> {
  const { dir, server } = session;
  const { out } = context;
  const started = performance.now();
  try {
    const { bundle, digest, manifest } = await buildProject(context, dir);
    if (session.active === digest) {
      tell(context, 'unchanged', { digest });
      return;
    }
    // Another's server may have been started again, elsewhere, since we found it.
    const client = clientOf(server.started ? server.target : findTarget(context));
    await client.releases.register(bundle);
    const { app, previous } = await client.releases.activate(digest, {
      reason: 'holdfast dev',
      wait: '1s',
    });
    session.active = digest;
    tell(context, 'active', {
      app,
      digest,
      previous,
      millis: Math.round(performance.now() - started),
      sagas: manifest.sagas.map(({ name }) => name),
      effects: manifest.effects.map(({ name }) => name),
    });
  } catch (error) {
    const shown = toldAgain(error, server.target);
    if (out.json) {
      out.documentLine({ event: 'failed', error: errorDocument(shown) });
      return;
    }
    out.line(`${stamp(context)}${out.paint.bad('not activated')}`);
    reportError(withoutHint(shown), out);
  }
}

/** A person in front of an editor knows what to do about a fault in the source. */
function withoutHint(error: unknown): unknown {
  if (
    !(error instanceof HoldfastError) ||
    error.code !== 'release.invalid' ||
    error.faults.length === 0
  )
    return error;
  return new HoldfastError(error.code, error.message, { faults: error.faults });
}

interface Told {
  readonly digest: string;
  readonly app?: string;
  readonly previous?: string | null;
  readonly millis?: number;
  readonly sagas?: readonly string[];
  readonly effects?: readonly string[];
}

function tell(context: CliContext, event: 'active' | 'unchanged', told: Told): void {
  const { out } = context;
  if (out.json) {
    out.documentLine({ event, ...told });
    return;
  }
  if (event === 'unchanged') {
    out.line(`${stamp(context)}${out.paint.dim('saved, and the same as before')}`);
    return;
  }
  const { app = '', digest, millis = 0, sagas = [], effects = [] } = told;
  out.line(
    `${stamp(context)}${out.paint.good('active')}  ${out.paint.bold(plainText(app))} ${shortDigest(digest)}  ` +
      out.paint.dim(
        `${spanText(millis)}  ${sagas.length} ${sagas.length === 1 ? 'saga' : 'sagas'}, ${effects.length} ${effects.length === 1 ? 'effect' : 'effects'}`,
      ),
  );
}

function stamp({ out }: CliContext): string {
  return out.paint.dim(`${localClock(new Date().toISOString()).slice(0, 8)}  `);
}
