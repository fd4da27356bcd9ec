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

/** Made once: one of them costs as much as a hundred of its answers. */
const CLOCK = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
});
const DAY = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const DAY_MS = 86_400_000;

/** In the person's zone: `13:05:09.123`; a day or more ago `1 Mar, 13:05:09`. Times in milliseconds. */
export function receivedText(at: number, now: number): string {
  if (Number.isNaN(at)) return '';
  return Math.abs(now - at) < DAY_MS ? CLOCK.format(at) : DAY.format(at);
}
