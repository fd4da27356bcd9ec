const STEPS = [
  ['TiB', 1024 ** 4],
  ['GiB', 1024 ** 3],
  ['MiB', 1024 ** 2],
  ['KiB', 1024],
] as const;

/** A size with three digits, for people: `12.3 GiB`, `940 MiB`, `512 B`. */
export function sizeText(bytes: number): string {
  const step = STEPS.find(([, size]) => bytes >= size);
  if (step === undefined) return `${bytes} B`;
  const [unit, size] = step;
  const count = bytes / size;
  return `${count < 100 ? Number(count.toPrecision(3)) : Math.round(count)} ${unit}`;
}
