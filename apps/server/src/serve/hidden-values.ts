import { strikeSecrets } from '@holdfast/gateway';

/** Shorter values are also numbers and words that log lines are made of. */
const MIN_LENGTH = 8;

/** What no log line may hold: told by who knows it, once that has started. */
export class HiddenValues {
  #values: () => Iterable<string> = () => [];

  hide(values: () => Iterable<string>): void {
    this.#values = values;
  }

  strike(line: string): string {
    const long: string[] = [];
    for (const value of this.#values()) if (value.length >= MIN_LENGTH) long.push(value);
    return long.length === 0 ? line : strikeSecrets(line, long);
  }
}
