/** A promise of DESIGN that a simulated run broke. */
export class Violation extends Error {
  override readonly name = 'Violation';
  /** `I1` to `I9`, or `run` where the run itself went wrong. */
  readonly invariant: string;

  constructor(invariant: string, message: string) {
    super(`${invariant}: ${message}`);
    this.invariant = invariant;
  }
}
