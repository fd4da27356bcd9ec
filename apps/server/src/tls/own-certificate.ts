/**
 * The certificate that the server makes itself (`tls.selfSigned`), kept in the data directory.
 *
 * Invariants:
 * 1. The key is made once and stays: who pins it need not know of renewals. Only its owner may read it.
 * 2. The key is on disk before the certificate is; a certificate that is not of this key is made again.
 * 3. A certificate that would soon end, or lacks a name that the machine has by now, is replaced by one for the same key.
 *
 * @module
 */
import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import { dirname } from 'node:path';
import { isIP } from 'node:net';
import { HoldfastError } from '@holdfast/core';
import type { ServerSettings, TlsSettings } from '../config/settings.ts';
import { createPrivateFile, replacePrivateFile } from '../secrets/private-file.ts';

export interface OwnCertificate {
  /** PEM texts. */
  readonly cert: string;
  readonly key: string;
  /** Whether this call made it. */
  readonly isNew: boolean;
}

const DAY_MS = 86_400_000;
/** The longest that Apple's systems take (https://support.apple.com/103769). */
const LIFE_DAYS = 825;
const RENEW_DAYS = 60;
/** Clocks of devices at home run behind. */
const BACKDATED_DAYS = 1;
const DNS_NAME = /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9])?$/;

/**
 * Sees to it that there is one for all these names.
 *
 * @throws HoldfastError `config.invalid` when the key file holds none; `store.full`
 */
export async function ensureOwnCertificate(
  files: Pick<TlsSettings, 'cert' | 'key'>,
  names: readonly string[],
  now: Date,
): Promise<OwnCertificate> {
  mkdirSync(dirname(files.key), { recursive: true, mode: 0o700 });
  const key = ownKey(files.key);
  const known = existsSync(files.cert) ? readFileSync(files.cert, 'utf8') : null;
  if (known !== null && isGood(known, key, names, now)) return { cert: known, key, isNew: false };
  // It takes a part of a second to load, and is needed once in two years.
  const { makeCertificate } = await import('./make-certificate.ts');
  const cert = makeCertificate({
    key: createPrivateKey(key),
    names,
    from: new Date(now.getTime() - BACKDATED_DAYS * DAY_MS),
    to: new Date(now.getTime() + (LIFE_DAYS - BACKDATED_DAYS) * DAY_MS),
  });
  await replacePrivateFile(files.cert, cert);
  return { cert, key, isNew: true };
}

function ownKey(file: string): string {
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    createPrivateFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  }
  // A copy, as of a backup, may have come with wider rights.
  if (process.platform !== 'win32') chmodSync(file, 0o600);
  const text = readFileSync(file, 'utf8');
  try {
    if (createPrivateKey(text).asymmetricKeyType === 'ec') return text;
  } catch (cause) {
    throw noKey(file, cause);
  }
  throw noKey(file);
}

function noKey(file: string, cause?: unknown): HoldfastError {
  return new HoldfastError('config.invalid', `${file} holds no key that the server made`, {
    cause,
    hint: 'Move the file away and start again: a new one is made, with another fingerprint.',
  });
}

function isGood(cert: string, key: string, names: readonly string[], now: Date): boolean {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(cert);
  } catch {
    return false;
  }
  const end = certificate.validToDate.getTime();
  return (
    certificate.checkPrivateKey(createPrivateKey(key)) &&
    certificate.validFromDate.getTime() <= now.getTime() &&
    end - now.getTime() > RENEW_DAYS * DAY_MS &&
    names.every((name) =>
      isIP(name) === 0
        ? certificate.checkHost(name) !== undefined
        : certificate.checkIP(name) !== undefined,
    )
  );
}

/** What this machine is called, in its own network too (mDNS). */
export function machineNames(): readonly string[] {
  const name = hostname().toLowerCase().replace(/\.$/, '');
  const [first = ''] = name.split('.');
  return [...new Set([name, first, `${first}.local`])].filter((one) => DNS_NAME.test(one));
}

/**
 * All that clients may know the server by. Of IPv6 only what a listener is bound to: many of a machine's addresses
 * change every day, and each change would be a new certificate.
 */
export function namesFor({ http, mqtt }: Pick<ServerSettings, 'http' | 'mqtt'>): readonly string[] {
  const addresses = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address);
  const bound = [http.host, mqtt.host].map((host) => host.replaceAll(/[[\]]/g, '').toLowerCase());
  const named = [...bound, ...http.allowedHosts.map((host) => host.toLowerCase())].filter(
    (one) => (isIP(one) !== 0 || DNS_NAME.test(one)) && one !== '0.0.0.0' && one !== '::',
  );
  return [...new Set(['localhost', '127.0.0.1', '::1', ...machineNames(), ...addresses, ...named])];
}
