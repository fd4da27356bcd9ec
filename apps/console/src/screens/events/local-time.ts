/** Milliseconds to what `<input type="datetime-local">` takes, in the person's zone: `2026-03-01T13:05`. */
export function localInput(millis: number): string {
  const at = new Date(millis);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** The reverse, as RFC 3339 in UTC; undefined for what is no time. */
export function localTime(typed: string): string | undefined {
  const millis = Date.parse(typed);
  return Number.isNaN(millis) ? undefined : new Date(millis).toISOString();
}
