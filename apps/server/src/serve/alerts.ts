/**
 * Alerts as this server has them: settings with their secrets, and the record's file.
 *
 * @module
 */
import { readFileSync, renameSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { ALERT_KINDS, unreachable } from '@holdfast/core';
import type { Log } from '@holdfast/engine';
import {
  AlertDesk,
  type AlertDeskDeps,
  type AlertRecordKeeper,
  type AlertSettings,
  type AlertTargetSettings,
  type Kept,
  type PingSettings,
  type Probes,
  WellCheck,
} from '@holdfast/gateway';
import type { AlertTargetServerSettings, ServerSettings } from '../config/settings.ts';
import { replacePrivateFile } from '../secrets/private-file.ts';
import { secretOf } from '../secrets/secret-of.ts';
import type { SecretStore } from '../secrets/secret-store.ts';
import type { EngineClient } from '../threads/engine-client.ts';
import type { ReaderClient } from '../threads/read-model-client.ts';
import { systemClock } from '../threads/system-clock.ts';

/** RFC 6409, and RFC 8314 §7.3 for TLS from the first byte. */
const SUBMISSION_PORT = 587;
const SUBMISSIONS_PORT = 465;
const RECORD_FILE = 'alerts.json';
const SECRET_SCHEME = 'secret://';

type Secrets = Pick<SecretStore, 'get'>;

export interface AlertParts extends Pick<AlertDeskDeps, 'bridges' | 'listenerUrl' | 'log'> {
  readonly engine: EngineClient;
  readonly readModel: ReaderClient;
  readonly probes: Probes;
  readonly secrets: Secrets;
}

/** Looks for nothing before it is started. */
export function createAlerts(
  { alerts, dataDir }: Pick<ServerSettings, 'alerts' | 'dataDir'>,
  { engine, readModel, probes, secrets, bridges, listenerUrl, log }: AlertParts,
): AlertDesk {
  const well = new WellCheck({ engine, readModel, probes, clock: systemClock });
  return new AlertDesk(alertSettingsOf(alerts, secrets), {
    engine,
    readModel,
    bridges,
    diskFree: async () => {
      const { bavail, bsize } = await statfs(dataDir);
      return bavail * bsize;
    },
    onCommitted: (listener) => engine.onCommitted(listener),
    look: () => well.look(),
    keeper: recordFile(join(dataDir, RECORD_FILE), log),
    listenerUrl,
    random: Math.random,
    clock: systemClock,
    log,
  });
}

/** @throws Error for a file of certificates that cannot be read */
export function alertSettingsOf(
  { consoleUrl, window, reminder, limits, targets, ping }: ServerSettings['alerts'],
  secrets: Secrets,
): AlertSettings {
  return {
    consoleUrl: consoleUrl?.replace(/\/+$/, '') ?? null,
    window,
    reminder,
    limits,
    targets: targets.map((target) => targetOf(target, secrets)),
    ping: pingOf(ping, secrets),
  };
}

function pingOf(
  { url, stopUrl, ...how }: ServerSettings['alerts']['ping'],
  secrets: Secrets,
): PingSettings | null {
  if (url === undefined) return null;
  const stop = stopUrl === undefined ? null : keptOf(stopUrl, secrets);
  return { ...how, url: keptOf(url, secrets), stopUrl: stop };
}

function targetOf(target: AlertTargetServerSettings, secrets: Secrets): AlertTargetSettings {
  const { name, type, kinds = ALERT_KINDS, severity, tenants = null } = target;
  const choice = { name, kinds, severity, tenants };
  const url = keptOf(target.url ?? '', secrets);
  const optional = (written: string | undefined): Kept | null =>
    written === undefined ? null : keptOf(written, secrets);
  switch (type) {
    case 'webhook': {
      const secret = optional(target.secret);
      return { ...choice, type, url, secret, token: optional(target.token) };
    }
    case 'ntfy':
      return { ...choice, type, url, token: optional(target.token) };
    case 'smtp': {
      const { host = '', secure = false, starttls = 'required', from = '', to = [], ca } = target;
      const password = optional(target.password);
      const { username } = target;
      return {
        ...choice,
        type,
        host,
        port: target.port ?? (secure ? SUBMISSIONS_PORT : SUBMISSION_PORT),
        secure,
        starttls,
        auth: username === undefined || password === null ? null : { user: username, password },
        ca: ca === undefined ? null : readFileSync(ca, 'utf8'),
        from,
        to,
      };
    }
    default:
      return unreachable(type);
  }
}

/** What is written, or the present value of the secret that it names. */
function keptOf(written: string, secrets: Secrets): Kept {
  if (!written.startsWith(SECRET_SCHEME)) return () => written;
  const name = written.slice(SECRET_SCHEME.length);
  return () => secretOf(name, secrets);
}

/** A file that cannot be read as JSON is moved aside: alerts that are told once more are better than a server that stands. */
function recordFile(path: string, log: Log): AlertRecordKeeper {
  return {
    read: async () => {
      let text: string;
      try {
        text = readFileSync(path, 'utf8');
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
        throw error;
      }
      try {
        return JSON.parse(text) as unknown;
      } catch (error) {
        renameSync(path, `${path}.unreadable`);
        log.warn({ file: `${path}.unreadable`, err: error }, 'the record of alerts was no JSON');
        return null;
      }
    },
    write: (record) => replacePrivateFile(path, `${JSON.stringify(record)}\n`),
  };
}
