/**
 * The certificates that the listeners speak TLS with: read from files, or made by the server itself and renewed while
 * it runs.
 *
 * @module
 */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { HoldfastError } from '@holdfast/core';
import type { ServerInfo } from '@holdfast/core';
import type { Log } from '@holdfast/engine';
import { machineNames, ensureOwnCertificate, namesFor } from '../tls/own-certificate.ts';
import type { ListenerSettings, ServerSettings } from '../config/settings.ts';
import { systemClock } from '../threads/system-clock.ts';

/** PEM texts. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

type Listener = 'http' | 'mqtt';

/** How often it is looked whether the own certificate must be renewed, in milliseconds. */
const LOOK_MS = 12 * 3_600_000;

/** Sees to it that the files that listeners name are there. @throws HoldfastError `config.invalid`, `store.full` */
export async function prepareOwnCertificate(
  settings: Pick<ServerSettings, 'http' | 'mqtt'>,
  log: Pick<Log, 'info'>,
): Promise<boolean> {
  const tls = [settings.http.tls, settings.mqtt.tls].find((one) => one?.selfSigned === true);
  if (!tls) return false;
  const { cert, isNew } = await ensureOwnCertificate(tls, namesFor(settings), new Date());
  if (!isNew) return false;
  const { fingerprint256, validTo } = new X509Certificate(cert);
  log.info({ fingerprint: fingerprint256, validTo }, 'made a certificate of its own');
  return true;
}

export class Certificates {
  readonly #settings: Pick<ServerSettings, 'http' | 'mqtt'>;
  readonly #log: Log;
  #pairs: ReadonlyMap<Listener, Pair>;
  #cancel: (() => void) | null = null;

  private constructor(settings: Pick<ServerSettings, 'http' | 'mqtt'>, log: Log) {
    this.#settings = settings;
    this.#log = log;
    this.#pairs = pairsOf(settings);
  }

  /** @throws HoldfastError `config.invalid` for files that are no certificate */
  static async open(
    settings: Pick<ServerSettings, 'http' | 'mqtt'>,
    log: Log,
  ): Promise<Certificates> {
    await prepareOwnCertificate(settings, log);
    return new Certificates(settings, log);
  }

  /** Null for a plain listener. */
  of(listener: Listener): Pair | null {
    return this.#pairs.get(listener) ?? null;
  }

  /** SHA-256 of the certificate that the server made; null when it made none. */
  get ownFingerprint(): string | null {
    return this.list().find(({ selfSigned }) => selfSigned)?.fingerprint ?? null;
  }

  /** As `/info` tells of them. */
  list(): ServerInfo['certificates'] {
    return [...this.#pairs].map(([listener, { cert }]) => {
      const { fingerprint256, validToDate } = new X509Certificate(cert);
      return {
        listener,
        selfSigned: this.#settings[listener].tls?.selfSigned === true,
        fingerprint: fingerprint256,
        expiresAt: validToDate.toISOString(),
      };
    });
  }

  /** A pair that was taken up while the server runs. */
  renewed(listener: Listener, pair: Pair): void {
    this.#pairs = new Map([...this.#pairs, [listener, pair]]);
  }

  /** Renews the own certificate in time. @param take has a listener use another one from now on */
  keep(take: (listener: Listener, pair: Pair) => void): void {
    if (this.ownFingerprint === null) return;
    this.#cancel = systemClock.after(LOOK_MS, () => {
      this.#renew(take)
        .catch((error: unknown) =>
          this.#log.error({ err: error }, 'the certificate could not be renewed'),
        )
        .finally(() => {
          if (this.#cancel !== null) this.keep(take);
        });
    });
  }

  end(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  async #renew(take: (listener: Listener, pair: Pair) => void): Promise<void> {
    if (!(await prepareOwnCertificate(this.#settings, this.#log))) return;
    for (const [listener, pair] of pairsOf(this.#settings)) {
      if (this.#settings[listener].tls?.selfSigned !== true) continue;
      take(listener, pair);
      this.renewed(listener, pair);
    }
  }
}

function pairsOf(settings: Pick<ServerSettings, 'http' | 'mqtt'>): ReadonlyMap<Listener, Pair> {
  const pairs = new Map<Listener, Pair>();
  for (const listener of ['http', 'mqtt'] as const) {
    const pair = readPair(settings[listener]);
    if (pair !== null) pairs.set(listener, pair);
  }
  return pairs;
}

function readPair({ tls }: ListenerSettings): Pair | null {
  if (tls === null) return null;
  const pair = { cert: readFileSync(tls.cert, 'utf8'), key: readFileSync(tls.key, 'utf8') };
  try {
    void new X509Certificate(pair.cert);
  } catch (cause) {
    throw new HoldfastError('config.invalid', `${tls.cert} is not a certificate`, { cause });
  }
  return pair;
}

/** Names that `Host` may carry off loopback, besides those that are configured. */
export function ownHosts(
  { http }: Pick<ServerSettings, 'http'>,
  certificates: Certificates,
): readonly string[] {
  const cert = certificates.of('http')?.cert;
  const names = cert === undefined ? [] : certificateNames(cert);
  return [...http.allowedHosts, ...machineNames(), http.host, ...names];
}

function certificateNames(cert: string): readonly string[] {
  const { subjectAltName = '' } = new X509Certificate(cert);
  // A name with a wildcard says nothing of one host.
  return [...subjectAltName.matchAll(/DNS:([^,*\s"]+)(?=,|$)/g)].map(([, name = '']) => name);
}
