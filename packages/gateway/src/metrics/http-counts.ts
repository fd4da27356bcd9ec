import type { Route } from '../http/route.ts';
import { AnswerCounts } from './answer-counts.ts';

/** What the HTTP surface counts of itself, since its start. */
export class HttpCounts {
  readonly intake = new AnswerCounts();
  readonly #requests = new Map<Route, Map<number, number>>();

  answered(route: Route, status: number): void {
    let counts = this.#requests.get(route);
    if (counts === undefined) {
      counts = new Map();
      this.#requests.set(route, counts);
    }
    counts.set(status, (counts.get(status) ?? 0) + 1);
  }

  get requests(): readonly {
    readonly route: Route;
    readonly status: number;
    readonly n: number;
  }[] {
    return Array.from(this.#requests).flatMap(([route, counts]) =>
      Array.from(counts, ([status, n]) => ({ route, status, n })),
    );
  }
}
