/** What an effect function is given besides its input: the SDK's `EffectContext`, as the host makes it. */
import type { FunctionValues } from '@holdfast/gateway';
import type { EffectContext } from '@holdfast/sdk';
import type { HostCall, HostLogLine } from './frames.ts';

type Level = HostLogLine['level'];

export class HostEffectContext implements EffectContext {
  readonly idempotencyKey: string;
  readonly attempt: number;
  readonly tenant: string;
  readonly correlationId: string | null;
  readonly traceparent: string | null;
  readonly config: EffectContext['config'];
  readonly secrets: EffectContext['secrets'];
  readonly log: EffectContext['log'];
  #controller: AbortController | null = null;
  #aborted = false;

  constructor(call: HostCall, values: HostValues, write: (line: HostLogLine) => void) {
    this.idempotencyKey = call.commandId;
    this.attempt = call.attempt;
    this.tenant = call.tenant;
    this.correlationId = call.correlationId;
    this.traceparent = call.traceparent;
    this.config = values.config;
    this.secrets = values.secrets;
    this.log = logOf(call.id, write);
  }

  /** Made when it is first asked for: most functions that are quick never do. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#aborted) this.#controller.abort(outOfTime());
    return this.#controller.signal;
  }

  abort(): void {
    this.#aborted = true;
    this.#controller?.abort(outOfTime());
  }
}

function outOfTime(): DOMException {
  return new DOMException('the effect has run out of time', 'TimeoutError');
}

function logOf(id: number, write: (line: HostLogLine) => void): EffectContext['log'] {
  const at = (level: Level) => (message: string, data?: unknown) =>
    write({ id, level, message: String(message), ...(data === undefined ? {} : { data }) });
  const levels = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  return Object.assign(at('info'), levels);
}

/** Values as effect functions read them: made once, for all calls that have the same. */
export interface HostValues {
  readonly config: EffectContext['config'];
  readonly secrets: EffectContext['secrets'];
}

export function hostValues({ config, secrets }: FunctionValues): HostValues {
  return { config: readerOf('config', config), secrets: readerOf('secret', secrets) };
}

/** An unknown name throws: `Bearer undefined` is worse than an error that names what is declared. */
function readerOf(scheme: string, values: Readonly<Record<string, string>>) {
  const get = (name: string): string => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value !== undefined) return value;
    const known = Object.keys(values).join(', ') || 'none';
    throw new RangeError(`${scheme}://${name} is not declared in the release; declared: ${known}`);
  };
  return { get };
}
