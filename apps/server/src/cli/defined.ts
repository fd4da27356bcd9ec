/** The same record without members that are undefined, as filters want it. */
export function defined<T extends object>(
  record: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const result: { [K in keyof T]?: Exclude<T[K], undefined> } = {};
  for (const key in record) {
    const value = record[key];
    if (isGiven(value)) result[key] = value;
  }
  return result;
}

function isGiven<V>(value: V): value is Exclude<V, undefined> {
  return value !== undefined;
}
