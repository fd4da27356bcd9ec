import type { Palette } from './palette.ts';

const GOOD = ['completed', 'succeeded', 'applied', 'settled', 'ok', 'ready', 'active'];
const BAD = ['failed', 'blocked', 'quarantined', 'failing', 'revoked'];
const WARN = [
  'compensating',
  'compensated',
  'cancelled',
  'retrying',
  'unknown',
  'held',
  'expired',
  'unrouted',
  'parked',
  'doubtful',
];

/** A status word in the colour that tells at a glance whether anyone needs to look. */
export function paintStatus(status: string, paint: Palette, text: string = status): string {
  if (GOOD.includes(status)) return paint.good(text);
  if (BAD.includes(status)) return paint.bad(text);
  if (WARN.includes(status)) return paint.warn(text);
  return text;
}
