/** Signing in to the console: sessions in a cookie, and the links that open one. */
import { z } from 'zod';
import { scopeSchema } from './requests.ts';

/** Name of the cookie that carries a session. */
export const SESSION_COOKIE = 'holdfast_session';

/**
 * Header that a request with the cookie must carry unless it is a GET or HEAD: a page of another site cannot send it
 * without being asked first (CORS preflight), and nobody is ever allowed.
 */
export const CONSOLE_HEADER = 'x-holdfast-console';

const time = z.string();
const MAX_SECRET = 512;
const secret = z.string().min(1).max(MAX_SECRET);

/** A key, or the token of a one-time link. */
export const signInBodySchema = z.union([
  z.strictObject({ key: secret }),
  z.strictObject({ link: secret }),
]);

/** Who is signed in, and what that allows. */
export const sessionSchema = z.object({
  keyId: z.string(),
  /** Of the key. */
  name: z.string(),
  tenant: z.string(),
  /** `admin` is expanded to all. */
  scopes: z.array(scopeSchema),
  /** When it ends at the latest; null for a key that does not expire. */
  expiresAt: time.nullable(),
  by: z.enum(['key', 'session']),
});

export const loginLinkSchema = z.object({
  /** Opens the console, signed in, once. */
  url: z.string(),
  expiresAt: time,
});

export type SignInBody = z.infer<typeof signInBodySchema>;
export type SessionResource = z.infer<typeof sessionSchema>;
export type LoginLink = z.infer<typeof loginLinkSchema>;
