import type { InlineProgram } from './inline-sandbox.ts';

/** One call of the effect that its event names (`pay` where it names none), with the event's data; then it ends. */
export const caller: InlineProgram = {
  key: (data) => (data as { id: string }).id,
  decide: (_state, { step, data }) => {
    if (step !== null) {
      return { state: null, decision: { ending: { as: 'completed', result: data } } };
    }
    const { effect = 'pay' } = data as { effect?: string };
    return { state: null, decision: { items: [{ step: 'only', effect, input: data }] } };
  },
};
