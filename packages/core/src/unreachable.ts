/** Marks a branch that the types exclude; the compiler proves it, and a wrong runtime value is named. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
