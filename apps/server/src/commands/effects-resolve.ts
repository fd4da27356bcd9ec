/** `holdfast effects resolve`. */
import type { AttentionActBody, ResolveEffectBody } from '@holdfast/core';
import { ask } from '../cli/connect.ts';
import type { CliContext } from '../cli/context.ts';
import { readPayload } from '../cli/payload.ts';
import { plainText } from '../cli/plain-text.ts';
import { UsageError } from '../cli/usage-error.ts';
import { commandIdOf, findEffect } from './effects.ts';

export interface ResolutionOptions {
  readonly succeeded?: boolean;
  readonly output?: string;
  readonly failed?: boolean;
  readonly retry?: boolean;
}

interface ResolveOptions extends ResolutionOptions {
  readonly reason?: string;
}

export async function resolveEffect(
  context: CliContext,
  options: ResolveOptions,
  operands: readonly string[],
): Promise<number> {
  const written = commandIdOf(operands);
  const how = await bodyOf(context, options);
  const resolved = await ask(context, 'Settling the effect', async (client) => {
    const { commandId } = await findEffect(client, written);
    return client.effects.resolve(commandId, how);
  });
  const { out } = context;
  if (out.json) {
    out.document(resolved);
    return 0;
  }
  const { effect, saga, key, state, outcome } = resolved;
  const became = how.as === 'retry' ? 'is called again with the same key' : (outcome ?? state);
  out.line(`${out.paint.bold(plainText(effect))} of ${plainText(`${saga} ${key}`)}  ${became}`);
  return 0;
}

async function bodyOf(context: CliContext, options: ResolveOptions): Promise<ResolveEffectBody> {
  const { reason } = options;
  const resolution = await resolutionOf(context, options);
  if (resolution.as !== 'failed')
    return { ...resolution, ...(reason === undefined ? {} : { reason }) };
  if (reason === undefined) throw new UsageError('--failed needs --reason: its saga is told');
  return { as: 'failed', reason };
}

/**
 * What was found out about an effect.
 *
 * @throws UsageError unless exactly one of the three is said, with what it needs
 */
export async function resolutionOf(
  context: CliContext,
  options: ResolutionOptions,
): Promise<NonNullable<AttentionActBody['resolve']>> {
  const { succeeded = false, failed = false, retry = false, output } = options;
  if ([succeeded, failed, retry].filter(Boolean).length !== 1)
    throw new UsageError('say what became of it: --succeeded, --failed or --retry');
  if (output !== undefined && !succeeded) throw new UsageError('--output goes with --succeeded');
  if (!succeeded) return { as: failed ? 'failed' : 'retry' };
  if (output === undefined)
    throw new UsageError(
      '--succeeded needs --output: what the call answered, as JSON',
      'where it answered nothing: --output null',
    );
  return { as: 'succeeded', output: await readPayload(output, context) };
}
