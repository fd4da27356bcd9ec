import { readFileSync } from 'node:fs';
import type { BridgeSettings } from '@holdfast/gateway';
import type { BridgeServerSettings } from '../config/settings.ts';
import { secretOf } from '../secrets/secret-of.ts';
import type { SecretStore } from '../secrets/secret-store.ts';

/** A bridge as the gateway runs it: files read, and its password looked up for each try to connect. */
export function bridgeOf(
  { passwordSecret, keepalive, tls, ...bridge }: BridgeServerSettings,
  secrets: Pick<SecretStore, 'get'>,
): BridgeSettings {
  const { ca, cert, key } = tls;
  return {
    ...bridge,
    password: () => (passwordSecret === null ? null : secretOf(passwordSecret, secrets)),
    keepalive: Math.ceil(keepalive / 1000),
    tls: {
      ...(ca === undefined ? {} : { ca: readFileSync(ca, 'utf8') }),
      ...(cert === undefined ? {} : { cert: readFileSync(cert, 'utf8') }),
      ...(key === undefined ? {} : { key: readFileSync(key, 'utf8') }),
    },
  };
}
