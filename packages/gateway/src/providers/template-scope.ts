/** What the holes of an effect's templates are filled from, for one attempt. */
import { EffectFault, unreachable, writeTenant } from '@holdfast/core';
import type { CallVariable, EffectCall, ProviderContext, TemplatePart } from '@holdfast/core';

/** The input does not fit the template: a definite refusal, since no try would fit better. */
export function templateFault(message: string): EffectFault {
  return new EffectFault({ kind: 'failed', error: { code: 'template', message } });
}

export class TemplateScope {
  readonly #call: EffectCall;
  readonly #context: ProviderContext;
  #input: unknown;
  #parsed = false;

  constructor(call: EffectCall, context: ProviderContext) {
    this.#call = call;
    this.#context = context;
  }

  /** The value of a hole; undefined where the input has none. */
  value(part: Exclude<TemplatePart, { kind: 'text' }>): unknown {
    switch (part.kind) {
      case 'field':
        return this.#field(part.path);
      case 'variable':
        return this.#variable(part.name);
      case 'reference':
        return this.#context.resolve(part.reference);
      default:
        return unreachable(part);
    }
  }

  /**
   * The value of a hole inside other text.
   *
   * @throws EffectFault `template` where it is missing, null, an object or a list.
   */
  text(part: Exclude<TemplatePart, { kind: 'text' }>): string {
    const value = this.value(part);
    switch (typeof value) {
      case 'string':
        return value;
      case 'number':
      case 'boolean':
        return String(value);
      default:
        throw templateFault(`${part.source} needs a string, number or boolean of the input`);
    }
  }

  #field(path: readonly string[]): unknown {
    if (!this.#parsed) {
      this.#input = JSON.parse(this.#call.input) as unknown;
      this.#parsed = true;
    }
    let value = this.#input;
    for (const name of path) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) {
        return undefined;
      }
      value = (value as Record<string, unknown>)[name];
    }
    return value;
  }

  #variable(name: CallVariable): string | undefined {
    switch (name) {
      case 'idempotencyKey':
        return this.#call.commandId;
      case 'tenant':
        return writeTenant(this.#call.tenant);
      case 'correlationId':
        return this.#call.correlationId ?? undefined;
      case 'saga':
        return this.#call.saga;
      case 'key':
        return this.#call.key;
      default:
        return unreachable(name);
    }
  }
}
