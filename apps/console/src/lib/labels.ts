/**
 * Names and complaints of schemas, for people who never see the code.
 *
 * @module
 */

/** `orderId` to `Order id`, `shelf_no` to `Shelf no`. */
export function plainLabel(name: string): string {
  const words = name
    .replaceAll(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replaceAll(/[._\-\s]+/g, ' ')
    .trim()
    .toLowerCase();
  return words === '' ? name : words[0]?.toUpperCase() + words.slice(1);
}

const COMPLAINTS: readonly (readonly [pattern: RegExp, plain: string])[] = [
  [/^must be > (.+)$/, 'must be more than $1'],
  [/^must be >= (.+)$/, 'must be at least $1'],
  [/^must be < (.+)$/, 'must be less than $1'],
  [/^must be <= (.+)$/, 'must be at most $1'],
  [/^must be integer$/, 'must be a whole number'],
  [/^must NOT have fewer than 1 (?:characters|items)$/, 'must not be empty'],
  [/^must NOT have fewer than (.+)$/, 'must have at least $1'],
  [/^must NOT have more than (.+)$/, 'must have at most $1'],
  [/^must have required property .+$/, 'is needed'],
  [/^must be equal to one of the allowed values$/, 'must be one of the choices'],
];

/** What the server says against a value, without signs; what it has no other words for stays. */
export function plainComplaint(message: string): string {
  for (const [pattern, plain] of COMPLAINTS) {
    if (pattern.test(message)) return message.replace(pattern, plain);
  }
  return message;
}
