/** `holdfast drain` and `holdfast reload`. */
import type { ChangedSetting } from '@holdfast/core';
import { ask } from '../cli/connect.ts';
import type { CliContext } from '../cli/context.ts';
import { shortDigest } from '../cli/json-text.ts';

/** Some effects had no answer when the time was up (EX_TEMPFAIL). */
const NOT_DRAINED = 75;

export async function drain(
  context: CliContext,
  options: { readonly timeout?: string; readonly reason?: string },
): Promise<number> {
  const drained = await ask(context, 'Draining', (client) => client.drain(options));
  const { out } = context;
  if (out.json) out.document(drained);
  else if (drained.drained) out.line(`${out.paint.good('drained')}  nothing is in flight`);
  else {
    out.line(
      `${out.paint.warn('not drained')}  ${drained.inFlight} effects in flight; stopped now, the next start finds them in doubt`,
    );
  }
  return drained.drained ? 0 : NOT_DRAINED;
}

export async function reload(
  context: CliContext,
  { reason }: { readonly reason?: string },
): Promise<number> {
  const reloaded = await ask(context, 'Reading the configuration again', (client) =>
    client.reload(reason),
  );
  const { out } = context;
  if (out.json) {
    out.document(reloaded);
    return 0;
  }
  const { applied, afterRestart, deployed } = reloaded;
  if (applied.length + afterRestart.length + deployed.length === 0) {
    out.line('nothing has changed');
    return 0;
  }
  for (const change of applied) out.line(`${out.paint.good('applied')}  ${changeText(change)}`);
  for (const { app, digest, from } of deployed)
    out.line(
      `${out.paint.good('deployed')}  ${out.paint.bold(app)} ${shortDigest(digest)}  ${from}`,
    );
  for (const change of afterRestart)
    out.line(`${out.paint.warn('needs a restart')}  ${changeText(change)}`);
  return 0;
}

function changeText({ name, from, to }: ChangedSetting): string {
  return from === undefined || to === undefined ? name : `${name}  ${from} → ${to}`;
}
