import type { Fault } from '@holdfast/core';
import type { EventToPublish } from '@holdfast/sdk/client';

const DATA = '/data';

function isOfData({ at }: Fault): boolean {
  return at === DATA || at.startsWith(`${DATA}/`);
}

/** The server's faults that are about the data, with pointers into it. */
export function dataFaults(faults: readonly Fault[]): readonly Fault[] {
  return faults.filter(isOfData).map(({ at, message }) => ({ at: at.slice(DATA.length), message }));
}

/** Those about the envelope. */
export function otherFaults(faults: readonly Fault[]): readonly Fault[] {
  return faults.filter((fault) => !isOfData(fault));
}

/**
 * The id that an event is sent with. An event whose fate is unknown, since the answer was lost, keeps its id when the
 * button is pressed again: it is recorded once. An event that was changed is another, and so is one after a success.
 */
export class SendId {
  #content: string | null = null;
  #id = '';

  of(event: EventToPublish): string {
    const content = JSON.stringify(event);
    if (content !== this.#content) {
      this.#content = content;
      this.#id = randomId();
    }
    return this.#id;
  }

  sent(): void {
    this.#content = null;
  }
}

/** `crypto.randomUUID` is missing in pages that came over plain HTTP from another machine. */
function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
