/** Runs the calls of one release's effect functions, side by side, inside the effect host. */
import type { JsonText } from '@holdfast/core';
import type { FunctionValues } from '@holdfast/gateway';
import { classifyThrown } from './classify-thrown.ts';
import { HostEffectContext, hostValues } from './effect-context.ts';
import { answerLine, FROM_HOST, line } from './frames.ts';
import type { HostCall, HostError, HostLogLine } from './frames.ts';

/** What `effects.mjs` exports under each effect's name, as the SDK's `effectTable` makes it. */
export interface EffectFunctions {
  run(input: unknown, context: HostEffectContext): unknown;
  /** Gives the output of an earlier try that took effect; throws `NotDone` where none did. */
  check?(input: unknown, context: HostEffectContext): unknown;
}

/** Largest output, in bytes of JSON. */
const MAX_OUTPUT_BYTES = 1024 * 1024;
/** Largest log line, in characters of JSON. */
const MAX_LOG_LENGTH = 16 * 1024;
/** Most log lines in a second; the rest is counted and dropped. */
const MAX_LOG_LINES_PER_SECOND = 200;

export class CallRunner {
  readonly #effects: Readonly<Record<string, EffectFunctions>>;
  readonly #write: (text: string) => void;
  readonly #running = new Map<number, HostEffectContext>();
  #values = hostValues({ config: {}, secrets: {} });
  #logWindow = 0;
  #logged = 0;

  constructor(effects: Readonly<Record<string, EffectFunctions>>, write: (text: string) => void) {
    this.#effects = effects;
    this.#write = write;
  }

  /** Values for the calls that follow. */
  setValues(values: FunctionValues): void {
    this.#values = hostValues(values);
  }

  abort(id: number): void {
    this.#running.get(id)?.abort();
  }

  async run(call: HostCall): Promise<void> {
    const effect = Object.hasOwn(this.#effects, call.effect)
      ? this.#effects[call.effect]
      : undefined;
    if (effect === undefined) {
      this.#missing(call, `the release exports no effect function ${call.effect}`);
      return;
    }
    if (call.mode === 'check' && effect.check === undefined) {
      this.#missing(call, `effect ${call.effect} has no check function`);
      return;
    }
    const context = new HostEffectContext(call, this.#values, this.#log);
    this.#running.set(call.id, context);
    try {
      const output =
        call.mode === 'check'
          ? await effect.check?.(call.input, context)
          : await effect.run(call.input, context);
      this.#answer(call.id, output);
    } catch (thrown) {
      const { kind, error } = classifyThrown(thrown, call.mode);
      this.#fault(kind, call.id, error);
    } finally {
      this.#running.delete(call.id);
    }
  }

  /** Nothing was called. */
  #missing({ id, mode }: HostCall, message: string): void {
    const kind = mode === 'check' ? FROM_HOST.inDoubt : FROM_HOST.notDone;
    this.#fault(kind, id, { code: 'effect.unknown', message });
  }

  /** The function has done its work: an output that cannot be kept leaves in doubt what came of it. */
  #answer(id: number, output: unknown): void {
    let json: JsonText;
    try {
      // undefined, and what JSON leaves out, is null.
      const text: string | undefined = JSON.stringify(output);
      json = text ?? 'null';
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const message = `the output is not JSON: ${reason}`;
      this.#fault(FROM_HOST.inDoubt, id, { code: 'output.invalid', message });
      return;
    }
    if (json.length > MAX_OUTPUT_BYTES || Buffer.byteLength(json) > MAX_OUTPUT_BYTES) {
      const message = `the output is larger than ${MAX_OUTPUT_BYTES} bytes`;
      this.#fault(FROM_HOST.inDoubt, id, { code: 'output.too_large', message });
      return;
    }
    this.#write(answerLine(FROM_HOST.succeeded, id, json));
  }

  #fault(kind: string, id: number, error: HostError): void {
    this.#write(answerLine(kind, id, JSON.stringify(error)));
  }

  readonly #log = (entry: HostLogLine): void => {
    const window = Math.floor(performance.now() / 1000);
    if (window !== this.#logWindow) {
      const dropped = this.#logged - MAX_LOG_LINES_PER_SECOND;
      this.#logWindow = window;
      this.#logged = 0;
      if (dropped > 0) this.#logDropped(entry.id, dropped);
    }
    if (++this.#logged > MAX_LOG_LINES_PER_SECOND) return;
    this.#write(line(FROM_HOST.log, logJson(entry)));
  };

  #logDropped(id: number, dropped: number): void {
    const message = `${dropped} log lines dropped: more than ${MAX_LOG_LINES_PER_SECOND} in a second`;
    this.#write(line(FROM_HOST.log, JSON.stringify({ id, level: 'warn', message })));
  }
}

function logJson(entry: HostLogLine): JsonText {
  const bare = { ...entry, message: entry.message.slice(0, MAX_LOG_LENGTH / 4), data: undefined };
  try {
    const json = JSON.stringify(entry);
    return json.length <= MAX_LOG_LENGTH ? json : JSON.stringify(bare);
  } catch {
    // Data that JSON cannot carry is left out, the message stays.
    return JSON.stringify(bare);
  }
}
