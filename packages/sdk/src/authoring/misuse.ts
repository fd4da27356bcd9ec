import type { z } from 'zod';

/** Refuses a definition at once, naming what is wrong. */
export function misuse(what: string, faults: readonly string[]): TypeError {
  return new TypeError(`${what}: ${faults.join('; ')}`);
}

const NAME = /^[a-zA-Z][a-zA-Z0-9._-]{0,127}$/;

/** @throws TypeError when a definition may not be called so. */
export function checkName(what: string, name: string): void {
  if (typeof name === 'string' && NAME.test(name)) return;
  throw misuse(what, [
    'a name starts with a letter, then letters, digits, ".", "_" and "-", at most 128',
  ]);
}

/** The options as the schema reads them. @throws TypeError naming each fault. */
export function checkOptions<S extends z.ZodType>(
  what: string,
  schema: S,
  options: unknown,
): z.output<S> {
  const read = schema.safeParse(options);
  if (read.success) return read.data;
  throw misuse(
    what,
    read.error.issues.map(({ path, message }) =>
      path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`,
    ),
  );
}
