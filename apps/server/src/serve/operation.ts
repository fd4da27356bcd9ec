/**
 * What an admin may have a running server do: drain, and read its configuration again (R10.5, R10.6).
 *
 * Reload takes up all of a new configuration or, where that has a fault, nothing of it. What cannot change while the
 * process runs is named, and is in force from the next start on.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { HoldfastError } from '@holdfast/core';
import type { ChangedSetting, Drained, Reloaded, SettingsResource } from '@holdfast/core';
import type { Actor, Log } from '@holdfast/engine';
import type { AlertDesk, AlertSettings, HttpListener, Operation } from '@holdfast/gateway';
import type { LoadedSettings } from '../config/load-settings.ts';
import { SETTINGS } from '../config/setting-catalogue.ts';
import { HIDDEN, settingText, settingValue } from '../config/setting-text.ts';
import { shownSettings } from '../config/shown-settings.ts';
import type { ServerSettings } from '../config/settings.ts';
import type { SecretStore } from '../secrets/secret-store.ts';
import type { EngineClient } from '../threads/engine-client.ts';
import type { Certificates } from './certificates.ts';
import { alertSettingsOf } from './alerts.ts';
import { deployConfigured } from './configured-releases.ts';

export interface OperationDeps {
  readonly settings: ServerSettings;
  readonly engine: EngineClient;
  /** Null until it listens. */
  readonly http: () => HttpListener | null;
  readonly certificates: Certificates;
  /** Values for `config://NAME`. */
  readonly config: Map<string, string>;
  readonly state: { accepting: boolean };
  readonly alerts: Pick<AlertDesk, 'adjust' | 'farewell'>;
  readonly secrets: Pick<SecretStore, 'get'>;
  readonly log: Log;
  /** Reads the configuration as at start. @throws HoldfastError `config.invalid` with every fault */
  readonly reread: () => LoadedSettings;
  /** Of this thread's log. */
  readonly setLogLevel: (level: ServerSettings['log']['level']) => void;
}

/** Takes a setting's new value into force. */
type Apply = (deps: OperationDeps, next: ServerSettings) => Promise<void> | void;

/** What may change while the server runs, besides members of `config`. */
const LIVE: Readonly<Record<string, Apply>> = {
  'log.level': async ({ engine, setLogLevel }, { log: { level } }) => {
    setLogLevel(level);
    await engine.setLogLevel(level);
  },
  'relay.concurrency': ({ engine }, { relay }) =>
    engine.adjust({ relayInFlight: relay.concurrency }),
  // Read when they are needed.
  'drain.timeout': () => undefined,
  releases: () => undefined,
};

export class ServerOperation implements Operation {
  readonly #deps: OperationDeps;
  #settings: ServerSettings;
  /** Of what is in force; of the file as it was last read. */
  #loaded: Pick<LoadedSettings, 'file' | 'originOf'>;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(deps: OperationDeps) {
    this.#deps = deps;
    this.#settings = deps.settings;
    this.#loaded = deps.reread();
  }

  /** In force now. */
  get settings(): ServerSettings {
    return this.#settings;
  }

  /** The configuration in force, as the API shows it: members of `config` are named and never shown. */
  readonly shown = (): SettingsResource => {
    const { file, originOf } = this.#loaded;
    const items = shownSettings({ settings: this.#settings, originOf });
    return {
      file,
      items: items.map(({ name, value, written, origin }) => {
        const isHidden = name.startsWith('config.');
        return {
          name,
          value: isHidden ? HIDDEN : asJson(value),
          written: isHidden ? HIDDEN : written,
          origin: { kind: origin.kind, at: origin.at },
        };
      }),
    };
  };

  readonly drain = async (timeout: number | null, actor: Actor): Promise<Drained> => {
    const { engine, state, log } = this.#deps;
    const before = { accepting: state.accepting };
    // Not ready before anything else changes (R10.2).
    state.accepting = false;
    // Whoever watches from outside hears no more that all is well.
    const told = this.#deps.alerts.farewell('draining');
    await engine.recordAct('server.drained', { before, after: { accepting: false } }, actor);
    log.info({ by: actor.by }, 'draining; reads are answered until the server is stopped');
    const { inFlight } = await engine.drain(timeout ?? this.#settings.drain.timeout);
    log.info({ inFlight }, 'drained');
    await told;
    return { drained: inFlight === 0, inFlight };
  };

  /** One after the other: each starts from what the one before has left. */
  readonly reload = (actor: Actor): Promise<Reloaded> => {
    const turn = this.#turn.then(() => this.#reload(actor));
    this.#turn = turn.catch(() => undefined);
    return turn;
  };

  async #reload(actor: Actor): Promise<Reloaded> {
    const { engine, log, reread } = this.#deps;
    const loaded = reread();
    const { settings: next } = loaded;
    // Before anything is in force: a certificate or a release with a fault refuses the whole.
    const tls = this.#renewedTls(next);
    const alerts = this.#changedAlerts(next);
    const deployed = await deployConfigured(engine, next.releases, actor);
    if (tls !== null) {
      this.#deps.http()?.renewTls(tls);
      this.#deps.certificates.renewed('http', tls);
    }
    const applied = this.#applyConfig(next);
    if (alerts !== null) this.#deps.alerts.adjust(alerts.settings);
    applied.push(...(alerts?.changed ?? []));
    const afterRestart: ChangedSetting[] = [];
    for (const change of changesBetween(this.#settings, next)) {
      const apply = LIVE[change.name];
      if (apply === undefined) {
        afterRestart.push(change);
        continue;
      }
      await apply(this.#deps, next);
      applied.push(change);
    }
    this.#loaded = loaded;
    this.#settings = {
      ...this.#settings,
      config: next.config,
      alerts: next.alerts,
      log: { ...this.#settings.log, level: next.log.level },
      relay: { ...this.#settings.relay, concurrency: next.relay.concurrency },
      drain: next.drain,
      releases: next.releases,
    };
    const reloaded: Reloaded = { applied, afterRestart, deployed: [...deployed] };
    const names = {
      applied: applied.map(({ name }) => name),
      afterRestart: afterRestart.map(({ name }) => name),
      deployed: deployed.map(({ digest }) => digest),
    };
    const changed = [...applied, ...afterRestart];
    const act = {
      ...names,
      before: textsOf(changed, ({ from }) => from),
      after: textsOf(changed, ({ to }) => to),
    };
    await engine.recordAct('server.reloaded', act, actor);
    log.info({ by: actor.by, ...names }, 'configuration read again');
    return reloaded;
  }

  /** The same files may hold a renewed certificate; null for other files. @throws HoldfastError `config.invalid` */
  #renewedTls({ http: { tls } }: ServerSettings): { cert: string; key: string } | null {
    const before = this.#settings.http.tls;
    if (tls === null || tls.selfSigned || before?.cert !== tls.cert || before.key !== tls.key)
      return null;
    try {
      const pair = { cert: readFileSync(tls.cert, 'utf8'), key: readFileSync(tls.key, 'utf8') };
      createSecureContext(pair);
      return pair;
    } catch (cause) {
      throw new HoldfastError(
        'config.invalid',
        `${tls.cert} and ${tls.key} are not a certificate and its key`,
        { cause, hint: 'The certificate in force stays until they are.' },
      );
    }
  }

  /**
   * Null where nothing of them is another. Named alone: an address may be all that its receiver asks for.
   *
   * @throws HoldfastError `config.invalid`
   */
  #changedAlerts({ alerts }: ServerSettings): {
    readonly settings: AlertSettings;
    readonly changed: readonly ChangedSetting[];
  } | null {
    const before = this.#settings.alerts;
    const changed = SETTINGS.filter(({ name }) => isOfAlerts(name)).filter(
      ({ name }) => textAt(before, name) !== textAt(alerts, name),
    );
    if (changed.length === 0) return null;
    try {
      return {
        settings: alertSettingsOf(alerts, this.#deps.secrets),
        changed: changed.map(({ name }) => ({ name })),
      };
    } catch (cause) {
      throw new HoldfastError('config.invalid', 'the settings of alerts cannot be taken up', {
        cause,
      });
    }
  }

  /** Values of `config` are named and never shown: some are meant for few eyes. */
  #applyConfig(next: ServerSettings): ChangedSetting[] {
    const { config } = this.#deps;
    const before = this.#settings.config;
    const names = new Set([...Object.keys(before), ...Object.keys(next.config)]);
    const changed = [...names].filter((name) => before[name] !== next.config[name]);
    for (const name of changed) {
      const value = next.config[name];
      if (value === undefined) config.delete(name);
      else config.set(name, value);
    }
    return changed.map((name) => ({ name: `config.${name}` }));
  }
}

/** What JSON makes of a setting's value. */
function asJson(value: unknown): SettingsResource['items'][number]['value'] {
  return value === undefined
    ? null
    : (JSON.parse(JSON.stringify(value)) as SettingsResource['items'][number]['value']);
}

/** Of settings whose values may be shown. */
function textsOf(
  changes: readonly ChangedSetting[],
  text: (change: ChangedSetting) => string | undefined,
): Record<string, string> {
  return Object.fromEntries(
    changes.flatMap((change) => {
      const value = text(change);
      return value === undefined ? [] : [[change.name, value]];
    }),
  );
}

function isOfAlerts(name: string): boolean {
  return name.startsWith('alerts.');
}

/** All of a setting of alerts, what is secret included, to be compared and never shown. */
function textAt(alerts: ServerSettings['alerts'], name: string): string {
  let value: unknown = { alerts };
  for (const step of name.split('.'))
    value = typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined;
  return JSON.stringify(value) ?? '';
}

function changesBetween(before: ServerSettings, next: ServerSettings): readonly ChangedSetting[] {
  return SETTINGS.filter(({ type, name }) => type !== 'map' && !isOfAlerts(name)).flatMap(
    (setting) => {
      const from = settingText(setting, settingValue(before, setting));
      const to = settingText(setting, settingValue(next, setting));
      return from === to ? [] : [{ name: setting.name, from, to }];
    },
  );
}
