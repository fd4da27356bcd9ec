import type { Json, JsonObject, SearchValues } from '@holdfast/core';
import { MAX_SEARCH_FIELDS, MAX_SEARCH_VALUE_LENGTH, SEARCH_FIELD_NAME } from '@holdfast/core';
import { MAX_NAME_LENGTH } from './limits.ts';

/** What a program returned is not what it must be. `message` begins with the field. */
export class Nonsense extends Error {
  override readonly name = 'Nonsense';
}

/**
 * Reads the fields of one JSON object, each at most once, and knows where it stands when one is wrong. `end` refuses
 * what nobody asked for. Every method throws `Nonsense`.
 */
export class FieldReader {
  readonly #fields: JsonObject;
  readonly #place: string;
  readonly #index: number;
  readonly #read: string[] = [];

  /** @param place the field it stands in, `''` at the top @param index its place in a list, or -1 */
  constructor(place: string, index: number, json: Json) {
    this.#place = place;
    this.#index = index;
    if (!isObject(json)) {
      throw new Nonsense(`${this.#here() || 'decision'}: expected an object, got ${kindOf(json)}`);
    }
    this.#fields = json;
  }

  /** A step id or a name: 1 to `MAX_NAME_LENGTH` UTF-16 units. */
  name(field: string): string {
    const text = this.text(field);
    if (text === '') this.fail(field, 'is empty');
    if (text.length > MAX_NAME_LENGTH) this.fail(field, `is longer than ${MAX_NAME_LENGTH}`);
    if (!text.isWellFormed()) this.fail(field, 'holds half of a surrogate pair');
    return text;
  }

  text(field: string): string {
    const value = this.#take(field);
    if (typeof value !== 'string') this.#expected('a string', field, value);
    return value;
  }

  /** Microseconds UTC, never negative. */
  time(field: string): number {
    const value = this.#take(field);
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
      this.#expected('a time in whole microseconds', field, value);
    }
    return value;
  }

  boolean(field: string): boolean {
    const value = this.#take(field);
    if (typeof value !== 'boolean') this.#expected('true or false', field, value);
    return value;
  }

  oneOf<T extends string>(field: string, choices: readonly T[]): T {
    const value = this.#take(field);
    const choice = choices.find((each) => each === value);
    if (choice === undefined) this.#expected(`one of ${choices.join(', ')}`, field, value);
    return choice;
  }

  /** Any JSON, which must be there. */
  json(field: string): Json {
    const value = this.#take(field);
    if (value === undefined) this.fail(field, 'is missing');
    return value;
  }

  has(field: string): boolean {
    return Object.hasOwn(this.#fields, field);
  }

  /** Whether the field is there with something in it. A null is taken as read. */
  holds(field: string): boolean {
    if (this.#fields[field] === null) this.#take(field);
    return this.has(field) && this.#fields[field] !== null;
  }

  /** Empty when the field is missing. */
  list<T>(field: string, read: (each: FieldReader) => T): readonly T[] {
    const values = this.#items(field);
    const place = this.#at(field);
    return values.map((value, index) => {
      const reader = new FieldReader(place, index, value);
      const made = read(reader);
      reader.end();
      return made;
    });
  }

  /** A list of names; empty when the field is missing. */
  names(field: string): readonly string[] {
    return this.#items(field).map((value, index) => {
      if (typeof value === 'string' && value !== '') return value;
      throw new Nonsense(`${this.#at(field)}[${index}]: expected a name, got ${kindOf(value)}`);
    });
  }

  /** Search fields: their names, how many, and how long a value may be are the host's to hold. */
  searchValues(field: string): SearchValues {
    const value = this.#take(field);
    if (value === undefined || !isObject(value)) this.#expected('an object', field, value);
    const entries = Object.entries(value);
    if (entries.length > MAX_SEARCH_FIELDS)
      this.fail(field, `has ${entries.length} fields, more than ${MAX_SEARCH_FIELDS}`);
    return Object.fromEntries(
      entries.map(([name, text]) => {
        const at = `${field}.${name}`;
        if (!SEARCH_FIELD_NAME.test(name)) this.fail(at, 'is not a name of a search field');
        if (typeof text !== 'string') this.#expected('a string', at, text);
        if (text === '') this.fail(at, 'is empty');
        if (text.length > MAX_SEARCH_VALUE_LENGTH)
          this.fail(at, `is longer than ${MAX_SEARCH_VALUE_LENGTH}`);
        if (!text.isWellFormed()) this.fail(at, 'holds half of a surrogate pair');
        return [name, text];
      }),
    );
  }

  object<T>(field: string, read: (fields: FieldReader) => T): T {
    const reader = new FieldReader(this.#at(field), -1, this.json(field));
    const made = read(reader);
    reader.end();
    return made;
  }

  end(): void {
    const keys = Object.keys(this.#fields);
    if (keys.length === this.#read.length) return;
    const unknown = keys.find((key) => !this.#read.includes(key));
    if (unknown !== undefined)
      this.fail(unknown, 'is not a field of a decision that this version knows');
  }

  fail(field: string, message: string): never {
    throw new Nonsense(`${this.#at(field)}: ${message}`);
  }

  #items(field: string): readonly Json[] {
    if (!this.has(field)) return [];
    const value = this.#take(field);
    if (value === undefined || !isList(value)) this.#expected('a list', field, value);
    return value;
  }

  #take(field: string): Json | undefined {
    if (!Object.hasOwn(this.#fields, field)) return undefined;
    this.#read.push(field);
    return this.#fields[field];
  }

  #expected(what: string, field: string, value: Json | undefined): never {
    this.fail(field, value === undefined ? 'is missing' : `expected ${what}, got ${kindOf(value)}`);
  }

  #at(field: string): string {
    const here = this.#here();
    return here === '' ? field : `${here}.${field}`;
  }

  #here(): string {
    return this.#index < 0 ? this.#place : `${this.#place}[${this.#index}]`;
  }
}

function isObject(json: Json): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}

function kindOf(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  const text = JSON.stringify(value);
  return text.length > 60 ? `a ${typeof value}` : text;
}
