import type { EffectCall, EffectProvider, EffectResult } from '@holdfast/core';

/** Answers an effect's input at once, through the same lease, started attempt and outcome as any other. */
export class EchoProvider implements EffectProvider {
  readonly name = 'echo';

  execute(call: EffectCall): Promise<EffectResult> {
    return Promise.resolve({ kind: 'succeeded', output: call.input });
  }
}
