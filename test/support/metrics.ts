/** Reads the text format of Prometheus, as far as tests look at it. */

export class Scrape {
  readonly text: string;
  readonly #values = new Map<string, number>();

  constructor(text: string) {
    this.text = text;
    for (const line of text.split('\n')) {
      if (line === '' || line.startsWith('#')) continue;
      const end = line.lastIndexOf(' ');
      this.#values.set(line.slice(0, end), Number(line.slice(end + 1)));
    }
  }

  /** Names of the families, in order. */
  get families(): readonly string[] {
    return Array.from(this.text.matchAll(/^# TYPE (\S+) /gm), ([, name = '']) => name);
  }

  /** The value of one sample, written as it stands there; undefined when there is none. */
  value(sample: string): number | undefined {
    return this.#values.get(sample);
  }

  /** Sum of all samples of a name, whatever their labels. */
  sum(name: string): number {
    let sum = 0;
    for (const [sample, value] of this.#values)
      if (sample === name || sample.startsWith(`${name}{`)) sum += value;
    return sum;
  }
}
