/**
 * Offers events to the engine, and again those it refuses because it is overloaded: in the order they came, and before
 * anything newer, so that a client's events are journaled in the order it sent them (I9). What waits is bounded by what
 * each connection may have held.
 */
import { HoldfastError } from '@holdfast/core';
import type { EngineApi, IngestAnswer, IngestRequest } from '@holdfast/engine';

/** Pause before an overloaded engine is asked again, in milliseconds. */
const PAUSE_MS = 20;
/** Most events offered in one go after a pause. */
const MAX_BATCH = 128;

interface Offer {
  readonly no: number;
  readonly request: IngestRequest;
  readonly answered: (answer: IngestAnswer) => void;
  /** Nothing of it was written, and nothing will be. */
  readonly refused: () => void;
}

export class OfferLine {
  readonly #engine: Pick<EngineApi, 'ingest'>;
  readonly #onFailure: (error: Error) => void;
  /** Refused or not yet offered, by number. */
  #waiting: Offer[] = [];
  #under = 0;
  #last = 0;
  #timer: NodeJS.Timeout | null = null;

  /** @param onFailure told of each event that the engine refused for good */
  constructor(engine: Pick<EngineApi, 'ingest'>, onFailure: (error: Error) => void) {
    this.#engine = engine;
    this.#onFailure = onFailure;
  }

  /** Events that wait for the engine to be less busy. */
  get waiting(): number {
    return this.#waiting.length;
  }

  offer(
    request: IngestRequest,
    answered: (answer: IngestAnswer) => void,
    refused: () => void = () => undefined,
  ): void {
    this.#last += 1;
    const offer = { no: this.#last, request, answered, refused };
    if (this.#waiting.length > 0) this.#waiting.push(offer);
    else this.#send(offer);
  }

  /** Gives up what waits; nobody is told. */
  clear(): void {
    this.#waiting = [];
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #send(offer: Offer): void {
    this.#under += 1;
    this.#engine.ingest(offer.request).then(
      (answer) => {
        this.#under -= 1;
        offer.answered(answer);
        this.#goOn();
      },
      (error: unknown) => {
        this.#under -= 1;
        if (error instanceof HoldfastError && error.code === 'overloaded') this.#putBack(offer);
        else {
          offer.refused();
          this.#onFailure(error instanceof Error ? error : new Error(String(error)));
        }
      },
    );
  }

  #putBack(offer: Offer): void {
    this.#waiting.push(offer);
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#offerAgain();
    }, PAUSE_MS);
  }

  /** Once what was offered is answered without a refusal, the rest need not wait for the pause. */
  #goOn(): void {
    if (this.#under === 0 && this.#waiting.length > 0 && this.#timer === null) this.#offerAgain();
  }

  #offerAgain(): void {
    this.#waiting.sort((a, b) => a.no - b.no);
    for (const offer of this.#waiting.splice(0, MAX_BATCH)) this.#send(offer);
  }
}
