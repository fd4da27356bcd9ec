/**
 * Takes secrets out of texts that are kept or shown: errors of attempts, log lines. A target may say back what it was
 * sent, and says it in its own way: as it is, in JSON, in a URL, in base64.
 *
 * It is the last line of defence, not the first: a text that spells a secret in yet another way passes.
 *
 * @module
 */

/** Shorter values are left: striking them would tell more than it hides. */
const MIN_LENGTH = 4;
/** Least part of a secret that is struck from the end of a text that was cut there. */
const MIN_CUT_LENGTH = 6;
const STRUCK = '[secret]';
/** RFC 7617, RFC 6750: credentials by their looks, for those that were put together from several values. */
const CREDENTIALS = /\b(Basic|Bearer)(\s+)[A-Za-z0-9+/._~-]{8,}=*/gi;
/** Secrets whose spellings are remembered. */
const MAX_REMEMBERED = 1024;

const spellings = new Map<string, readonly string[]>();

/** The text without any of the secrets. */
export function strikeSecrets(text: string, secrets: Iterable<string>): string {
  let struck = text.replace(CREDENTIALS, `$1$2${STRUCK}`);
  const isCut = text.endsWith('…');
  for (const secret of secrets) {
    if (secret.length < MIN_LENGTH) continue;
    for (const spelling of spellingsOf(secret)) {
      if (struck.includes(spelling)) struck = struck.replaceAll(spelling, STRUCK);
      if (isCut) struck = withoutCutEnd(struck, spelling);
    }
  }
  return struck;
}

function spellingsOf(secret: string): readonly string[] {
  const known = spellings.get(secret);
  if (known !== undefined) return known;
  const bytes = Buffer.from(secret);
  const made = new Set([
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret.toWellFormed()),
    bytes.toString('base64'),
    bytes.toString('base64url'),
  ]);
  const all = [...made].toSorted((one, other) => other.length - one.length);
  if (spellings.size >= MAX_REMEMBERED) spellings.clear();
  spellings.set(secret, all);
  return all;
}

/** A text that was cut inside a secret ends with the first part of it. */
function withoutCutEnd(text: string, secret: string): string {
  const body = text.slice(0, -1);
  for (let length = Math.min(secret.length, body.length) - 1; length >= MIN_CUT_LENGTH; length--) {
    if (body.endsWith(secret.slice(0, length))) return `${body.slice(0, -length)}${STRUCK}…`;
  }
  return text;
}
