import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Fault, JsonText } from '@holdfast/core';

/** Checks JSON text against a JSON Schema (2020-12), as the release's zod schemas were written out at build. */
export class SchemaCheck {
  readonly #validate: ValidateFunction | null;

  /** @param schema null accepts anything */
  constructor(schema: Readonly<Record<string, unknown>> | null) {
    this.#validate = schema === null ? null : compiler().compile(schema);
  }

  /** The faults of the value, each with a JSON pointer; none when it fits. */
  faults(value: unknown): readonly Fault[] {
    if (this.#validate === null || this.#validate(value)) return [];
    return (this.#validate.errors ?? []).map(toFault);
  }

  faultsOfText(text: JsonText): readonly Fault[] {
    return this.#validate === null ? [] : this.faults(JSON.parse(text));
  }
}

let ajv: Ajv2020 | null = null;

function compiler(): Ajv2020 {
  // `strict: false`: zod writes keywords such as `format` that ajv leaves to plug-ins; they are annotations here.
  ajv ??= new Ajv2020({
    strict: false,
    allErrors: true,
    validateFormats: false,
    addUsedSchema: false,
  });
  return ajv;
}

function toFault(error: ErrorObject): Fault {
  const field =
    error.keyword === 'required'
      ? `${error.instancePath}/${String(error.params['missingProperty'])}`
      : error.instancePath;
  return { at: field === '' ? '/' : field, message: error.message ?? error.keyword };
}
