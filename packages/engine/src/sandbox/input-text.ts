import type { JsonText, ProgramInput } from '@holdfast/core';

/**
 * What `ProgramTable.decide` takes: `ProgramInput` as one JSON text. State and event data are JSON already and are put
 * in as they are: nobody parses them on the way. The state stands last, so that its length tells where.
 */
export function inputText(input: ProgramInput): JsonText {
  const { event, state } = input;
  return (
    `{"saga":${JSON.stringify(input.saga)},"tenant":${JSON.stringify(input.tenant)}` +
    `,"key":${JSON.stringify(input.key)},"run":${input.run}` +
    `,"event":{"kind":"${event.kind}","type":${JSON.stringify(event.type)},"id":${JSON.stringify(event.id)}` +
    `,"step":${event.step === null ? 'null' : JSON.stringify(event.step)},"data":${event.data}}` +
    `,"now":${input.now},"seed":"${input.seed}"${input.trace === true ? ',"trace":true' : ''}` +
    (state === null ? ',"state":null}' : `,"stateLength":${state.length},"state":${state}}`)
  );
}
