interface Waiting {
  /** Null until the answer is there. */
  deliver: (() => void) | null;
}

/**
 * Sandbox threads answer in any order; events must reach their mailboxes in the order they arrived. One lane per saga:
 * an answer waits until those before it are in, and so does whatever needs none, an outcome for one: whose mailbox the
 * events before it go to is not known yet.
 */
export class RouteLanes {
  readonly #lanes = new Map<string, Waiting[]>();

  follow<T>(
    saga: string,
    answer: Promise<T>,
    deliver: (answer: T) => void,
    failed: (error: unknown) => void,
  ): void {
    const mine = this.#lane(saga);
    const waiting: Waiting = { deliver: null };
    mine.push(waiting);
    answer
      .then((answered) => {
        waiting.deliver = () => deliver(answered);
        if (mine[0] === waiting) release(mine);
      })
      .catch(failed);
  }

  /** Delivers what needs no sandbox: at once when nothing before it is still to come. */
  followKnown(saga: string, deliver: () => void): void {
    const lane = this.#lane(saga);
    if (lane.length === 0) deliver();
    else lane.push({ deliver });
  }

  #lane(saga: string): Waiting[] {
    let lane = this.#lanes.get(saga);
    if (lane === undefined) {
      lane = [];
      this.#lanes.set(saga, lane);
    }
    return lane;
  }
}

function release(lane: Waiting[]): void {
  let count = 0;
  for (const { deliver } of lane) {
    if (deliver === null) break;
    count += 1;
    deliver();
  }
  lane.splice(0, count);
}
