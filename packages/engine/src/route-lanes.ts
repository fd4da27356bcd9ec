import type { RouteAnswer } from './sandbox-port.ts';

interface Waiting {
  answer: RouteAnswer | null;
  readonly deliver: (answer: RouteAnswer) => void;
}

/**
 * Sandbox threads answer in any order; events must reach their mailboxes in the order they arrived. One lane per saga:
 * an answer waits until those before it are in.
 */
export class RouteLanes {
  readonly #lanes = new Map<string, Waiting[]>();

  follow(
    saga: string,
    answer: Promise<RouteAnswer>,
    deliver: (answer: RouteAnswer) => void,
    failed: (error: unknown) => void,
  ): void {
    const mine = this.#lane(saga);
    const waiting: Waiting = { answer: null, deliver };
    mine.push(waiting);
    answer
      .then((answered) => {
        waiting.answer = answered;
        if (mine[0] === waiting) release(mine);
      })
      .catch(failed);
  }

  /** Delivers an answer that needs no sandbox: at once when none before it is still to come. */
  followKnown(saga: string, answer: RouteAnswer, deliver: (answer: RouteAnswer) => void): void {
    const lane = this.#lane(saga);
    if (lane.length === 0) deliver(answer);
    else lane.push({ answer, deliver });
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
  for (const { answer, deliver } of lane) {
    if (answer === null) break;
    count += 1;
    deliver(answer);
  }
  lane.splice(0, count);
}
