/** `holdfast sagas restart`. */
import type { RestartAnswerResource } from '@holdfast/core';
import { answerTo, canAsk, neededReason } from '../cli/confirm.ts';
import { ask } from '../cli/connect.ts';
import type { CliContext } from '../cli/context.ts';
import { operand } from '../cli/context.ts';
import { shortDigest } from '../cli/json-text.ts';
import { plainText } from '../cli/plain-text.ts';
import { UsageError } from '../cli/usage-error.ts';

interface RestartOptions {
  readonly reason?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export async function restartSaga(
  context: CliContext,
  { reason, dryRun = false, yes = false }: RestartOptions,
  operands: readonly string[],
): Promise<number> {
  const [saga, key] = [operand(operands, 0), operand(operands, 1)];
  if (!dryRun) neededReason(reason);
  const plan = await ask(context, 'Looking at its last run', (client) =>
    client.sagas.restart(saga, key, { dryRun: true }),
  );
  const { out } = context;
  if (dryRun) {
    if (out.json) out.document(plan);
    else printPlan(context, plan);
    return 0;
  }
  if (plan.effects.length > 0 && !yes) await mayRepeat(context, plan);
  const done = await ask(context, 'Restarting', (client) =>
    client.sagas.restart(saga, key, {
      repeatEffects: plan.effects.length > 0,
      ...(reason === undefined ? {} : { reason }),
    }),
  );
  if (out.json) out.document(done);
  else
    out.line(
      `${out.paint.bold(plainText(`${saga} ${key}`))}  run ${done.run} began, with new keys`,
    );
  return 0;
}

/** @throws UsageError when nobody says that it may */
async function mayRepeat(context: CliContext, plan: RestartAnswerResource): Promise<void> {
  const count = plan.effects.length;
  const said = `run ${plan.run} may repeat ${count} outside ${count === 1 ? 'effect' : 'effects'}`;
  if (!canAsk(context)) throw new UsageError(said, 'look at them with --dry-run, then say --yes');
  printPlan(context, plan);
  const answer = await answerTo(context, `${said}. Restart? [y/N] `);
  if (!/^y(es)?$/i.test(answer)) throw new UsageError('given up; nothing was done');
}

function printPlan({ out }: CliContext, { saga, key, run, effects }: RestartAnswerResource): void {
  out.line(`${out.paint.bold(plainText(`${saga} ${key}`))}  would begin run ${run}`);
  if (effects.length === 0) {
    out.line('its last run did nothing outside');
    return;
  }
  out.line('its last run did, and the new one may do again:');
  out.table(effects, [
    { title: 'EFFECT', value: ({ effect }) => effect, paint: out.paint.name },
    { title: 'STEP', value: ({ step }) => step, flexible: true },
    {
      title: 'OUTCOME',
      value: ({ outcome, undone }) => `${outcome}${undone ? ', undone' : ''}`,
    },
    { title: 'COMMAND', value: ({ commandId }) => shortDigest(commandId), paint: out.paint.dim },
  ]);
}
