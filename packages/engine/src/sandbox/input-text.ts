import type { JsonText, ProgramInput } from '@holdfast/core';

/**
 * What `ProgramTable.decide` takes: `ProgramInput` as one JSON text. State and event data are JSON already and are put
 * in as they are: nobody parses them on the way.
 */
export function inputText(input: ProgramInput): JsonText {
  const { event } = input;
  return (
    `{"saga":${JSON.stringify(input.saga)},"tenant":${JSON.stringify(input.tenant)}` +
    `,"key":${JSON.stringify(input.key)},"run":${input.run},"state":${input.state ?? 'null'}` +
    `,"event":{"kind":"${event.kind}","type":${JSON.stringify(event.type)},"id":${JSON.stringify(event.id)}` +
    `,"step":${event.step === null ? 'null' : JSON.stringify(event.step)},"data":${event.data}}` +
    `,"now":${input.now},"seed":"${input.seed}"}`
  );
}
