/**
 * `holdfast release activate|rollback` and `holdfast deploy`: the swap, and what becomes of the instances in flight, with
 * `--dry-run` to see that alone.
 */
import type { Activated, Rehearsal, ReleaseResource, Stay } from '@holdfast/core';
import { HoldfastError } from '@holdfast/core';
import type { ActivateOptions, Client } from '@holdfast/sdk/client';
import { ask } from '../cli/connect.ts';
import type { CliContext } from '../cli/context.ts';
import { operand } from '../cli/context.ts';
import { shortDigest } from '../cli/json-text.ts';
import { plainText } from '../cli/plain-text.ts';
import type { Column } from '../cli/table.ts';
import { spanText } from '../cli/time-text.ts';
import { buildProject } from './build-project.ts';
import { contentFacts, findRelease } from './release.ts';

/** Stays that are listed unless `--all` asks for the rest. */
const SHOWN = 20;
/** Between two looks at a rehearsal that goes on. */
const LOOK = '1s';
const PAGE = 500;

export interface SwapFlags {
  readonly reason?: string;
  readonly expectActive?: string;
  readonly dryRun?: boolean;
  readonly all?: boolean;
}

export async function activate(
  context: CliContext,
  flags: SwapFlags,
  operands: readonly string[],
): Promise<number> {
  const written = operand(operands, 0);
  const activated = await swap(context, 'Activating', async (client) =>
    client.releases.activate(
      (await findRelease(client, written)).digest,
      await optionsOf(client, flags),
    ),
  );
  return tell(context, activated, flags);
}

export async function rollback(
  context: CliContext,
  flags: SwapFlags,
  operands: readonly string[],
): Promise<number> {
  const app = operand(operands, 0);
  const back = await swap(context, 'Rolling back', async (client) =>
    client.releases.rollback(app, await optionsOf(client, flags)),
  );
  return tell(context, back, flags, 'active again');
}

export async function deploy(
  context: CliContext,
  flags: SwapFlags,
  operands: readonly string[],
): Promise<number> {
  const started = performance.now();
  const { bundle, manifest } = await buildProject(context, operands[0] ?? '.');
  let isNew: boolean | null = null;
  const activated = await swap(context, 'Deploying', async (client) => {
    const options = await optionsOf(client, flags);
    if (flags.dryRun === true) {
      refuseOther(await client.releases.list(), manifest.app, options);
      return client.releases.rehearse(bundle, { wait: LOOK });
    }
    const registered = await client.releases.register(bundle);
    ({ isNew } = registered);
    return client.releases.activate(registered.digest, options);
  });
  if (context.out.json) return tell(context, activated, flags, 'active', { isNew });
  const code = tell(context, activated, flags);
  context.out.facts([...contentFacts(manifest), ['took', spanText(performance.now() - started)]]);
  return code;
}

/** For a bundle that the server need not know, it is not the server that can compare. */
function refuseOther(
  releases: readonly ReleaseResource[],
  app: string,
  { expectActive }: ActivateOptions,
): void {
  if (expectActive === undefined) return;
  const active = releases.find((each) => each.app === app && each.active)?.digest ?? null;
  if (active === expectActive) return;
  throw new HoldfastError('conflict', `the active release of ${app} is ${active ?? 'none'}`, {
    hint: 'see: holdfast release list',
  });
}

async function optionsOf(
  client: Client,
  { reason, expectActive, dryRun }: SwapFlags,
): Promise<ActivateOptions> {
  return {
    wait: LOOK,
    ...(reason === undefined ? {} : { reason }),
    ...(dryRun === undefined ? {} : { dryRun }),
    ...(expectActive === undefined ? {} : { expectActive: await named(client, expectActive) }),
  };
}

async function named(client: Client, written: string): Promise<string | null> {
  return written === 'none' ? null : (await findRelease(client, written)).digest;
}

/** Acts, then follows the rehearsal to its end and gathers all that stay. */
async function swap(
  context: CliContext,
  what: string,
  act: (client: Client) => Promise<Activated>,
): Promise<Activated> {
  let shown = what;
  return ask(
    context,
    () => shown,
    async (client) => {
      const activated = await act(client);
      const { digest } = activated;
      let report = activated.rehearsal;
      while (report.state === 'running') {
        shown = progressOf(report);
        report = await client.releases.rehearsal(digest, { wait: LOOK });
      }
      const stays = [...report.stays];
      for (let { next } = report; next !== null;) {
        const page = await client.releases.rehearsal(digest, { after: next, limit: PAGE });
        stays.push(...page.stays);
        ({ next } = page);
      }
      return { ...activated, rehearsal: { ...report, stays, next: null } };
    },
  );
}

function progressOf({ examined, inFlight }: Rehearsal): string {
  return inFlight === null
    ? 'Counting the instances in flight'
    : `Rehearsing instances in flight: ${examined} of ${inFlight}`;
}

/** @returns the exit code */
function tell(
  context: CliContext,
  activated: Activated,
  flags: SwapFlags,
  verb = 'active',
  more: object = {},
): number {
  const { out } = context;
  const { app, digest, previous, dryRun, rehearsal } = activated;
  const code = rehearsal.state === 'failed' ? 1 : 0;
  if (out.json) {
    out.document({ ...activated, ...more });
    return code;
  }
  const head = dryRun ? out.paint.warn('dry run') : out.paint.good(verb);
  out.line(`${head}  ${out.paint.bold(plainText(app))} ${shortDigest(digest)}`);
  sayRehearsal(context, rehearsal, flags.all === true);
  if (dryRun) out.note(out.paintError.dim('nothing was changed'));
  else if (previous !== null && previous !== digest) {
    out.note(
      out.paintError.dim(
        `before: ${shortDigest(previous)}. Back: holdfast release rollback ${app}`,
      ),
    );
  }
  return code;
}

function sayRehearsal({ out }: CliContext, rehearsal: Rehearsal, all: boolean): void {
  const { state, dryRun, moved, stayed, ended, error, stays } = rehearsal;
  if (state === 'failed') out.note(out.paintError.bad(`the rehearsal failed: ${error ?? ''}`));
  if (state === 'superseded') out.note('another activation came in between; it goes on from here');
  if (state === 'stopped') out.note('the server is ending; its next start goes on');
  if (moved + stayed + ended === 0) return;
  out.facts([
    [dryRun ? 'would move' : 'moved', String(moved)],
    [dryRun ? 'would stay' : 'stay', String(stayed)],
    ...(ended === 0 ? [] : [['ended meanwhile', String(ended)] as const]),
  ]);
  if (stays.length === 0) return;
  const { paint } = out;
  const columns: readonly Column<Stay>[] = [
    { title: 'STAYS', value: instanceOf, paint: paint.name },
    { title: 'ON', value: ({ release }) => shortDigest(release) },
    { title: 'STEP', value: ({ step }) => step },
    { title: 'HISTORY', value: ({ history }) => history, flexible: true },
    { title: 'THE NEW RELEASE', value: whyStays, flexible: true },
  ];
  out.table(all ? stays : stays.slice(0, SHOWN), columns);
  const unshown = stayed - (all ? stays.length : Math.min(SHOWN, stays.length));
  if (unshown > 0) {
    const how = all ? '' : '; list them: --all';
    out.note(out.paintError.dim(`and ${unshown} more${how}`));
  }
}

function instanceOf({ tenant, saga, key }: Stay): string {
  return `${tenant === '' ? '' : `${tenant}: `}${saga}/${key}`;
}

function whyStays({ reason, asks }: Stay): string {
  switch (reason) {
    case 'differs':
      return asks ?? 'decides otherwise';
    case 'pinned':
      return "is not asked: its saga says pin: 'always'";
    case 'no_saga':
      return 'has no such saga';
    case 'busy':
      return 'was not asked: it kept deciding. Activate again';
    case 'stuck':
      return 'was not asked: the program took the sandbox down before';
  }
}
