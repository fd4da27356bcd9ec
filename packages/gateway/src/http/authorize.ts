/**
 * Who asks, for which tenant, and whether the key allows it. One function, so that no route has its own idea of it.
 *
 * Invariants:
 * 1. The tenant comes from the key. Only an `admin` key may name another, in `x-tenant-id` (I5).
 * 2. What a route needs stands in its definition; nothing is granted by default.
 * 3. A key in `Authorization` counts before a cookie. A session's cookie counts only where the request comes from the
 *    console (`own-origin.ts`): what the browser adds by itself proves nothing.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http';
import { HoldfastError, isTenantId, readTenant } from '@holdfast/core';
import type { TenantId } from '@holdfast/core';
import type { KeyRing, Principal, Scope } from '../access/key-ring.ts';
import type { Sessions } from '../access/sessions.ts';
import { HttpError } from './answer.ts';
import { endedOf, keyEnded, REALM, SESSION_REFUSAL, sessionEnded } from './ended.ts';
import { checkConsole } from './own-origin.ts';
import { sessionsOffered } from './session-cookie.ts';

export interface Caller {
  readonly principal: Principal;
  /** The tenant the request is made for. */
  readonly tenant: TenantId;
  /** Whether `x-tenant-id` named it. */
  readonly tenantNamed: boolean;
  /**
   * For what goes on after an await: the key, or the session, may have ended meanwhile.
   *
   * @throws HttpError 401 `auth.refused`
   */
  readonly assertCurrent: () => void;
}

const BEARER = /^Bearer +([A-Za-z0-9\-._~+/]+=*) *$/i;

/** Who knows keys, and who knows sessions. */
export interface Authorities {
  readonly keyRing: Pick<KeyRing, 'authenticate' | 'hasJustEnded' | 'isCurrent'>;
  readonly sessions: Pick<Sessions, 'find' | 'hasJustEnded'>;
}

/**
 * @param scope `any`: whoever has a key or a session
 * @throws HttpError 401 `auth.missing`, `auth.refused`, with a challenge (RFC 6750 §3); 403 `auth.scope`, `auth.tenant`,
 *   `auth.origin`.
 */
export function authorize(
  incoming: Pick<IncomingMessage, 'method' | 'headers'>,
  authorities: Authorities,
  scope: Scope | 'any',
): Caller {
  const principal = authenticate(incoming, authorities);
  if (scope !== 'any' && !principal.scopes.has(scope)) {
    throw new HttpError('auth.scope', `this needs a key with the scope "${scope}"`, {
      headers: { 'www-authenticate': `${REALM}, error="insufficient_scope", scope="${scope}"` },
    });
  }
  const assertCurrent = (): void => {
    if (!authorities.keyRing.isCurrent(principal)) throw endedOf(principal);
  };
  const named = incoming.headers['x-tenant-id'];
  if (named === undefined)
    return { principal, tenant: principal.tenant, tenantNamed: false, assertCurrent };
  const tenant = namedTenant(String(named), principal);
  return { principal, tenant, tenantNamed: true, assertCurrent };
}

function authenticate(
  { method, headers }: Pick<IncomingMessage, 'method' | 'headers'>,
  { keyRing, sessions }: Authorities,
): Principal {
  const { authorization, cookie } = headers;
  if (authorization !== undefined) {
    const secret = BEARER.exec(authorization)?.[1];
    const principal = secret === undefined ? null : keyRing.authenticate(secret);
    if (principal !== null) return principal;
    if (secret !== undefined && keyRing.hasJustEnded(secret)) throw keyEnded();
    throw new HttpError('auth.refused', 'the key is unknown, expired or revoked', {
      headers: { 'www-authenticate': `${REALM}, error="invalid_token"` },
    });
  }
  const offered = cookie === undefined ? [] : sessionsOffered(cookie);
  if (offered.length === 0) {
    throw new HttpError('auth.missing', 'this needs a key', {
      hint: 'Send it as "Authorization: Bearer KEY".',
      headers: { 'www-authenticate': REALM },
    });
  }
  // Before the session is looked for: a request of another site must not keep it from its idle end.
  checkConsole(method, headers);
  for (const secret of offered) {
    const principal = sessions.find(secret);
    if (principal !== null) return principal;
  }
  if (offered.some((secret) => sessions.hasJustEnded(secret))) throw sessionEnded();
  throw new HttpError('auth.refused', SESSION_REFUSAL.message, SESSION_REFUSAL.options);
}

/** The header's value is percent-encoded where the name is not ASCII; `_` is the empty tenant. */
function namedTenant(written: string, principal: Principal): TenantId {
  const tenant = readTenant(decodeLoosely(written));
  if (!isTenantId(tenant)) {
    throw new HoldfastError('request.invalid', 'x-tenant-id does not name a tenant', {
      faults: [{ at: 'x-tenant-id', message: 'not a tenant name' }],
    });
  }
  if (tenant !== principal.tenant && !principal.scopes.has('admin')) {
    throw new HttpError('auth.tenant', 'the key belongs to another tenant', {
      hint: 'Leave x-tenant-id out, or use a key of that tenant or one with the scope "admin".',
    });
  }
  return tenant;
}

function decodeLoosely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A "%" that encodes nothing stands for itself.
    return text;
  }
}
