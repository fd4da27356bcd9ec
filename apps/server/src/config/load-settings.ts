/**
 * Settings from flags over environment over file over defaults (R3.2), checked as a whole: all faults in one report,
 * each naming its place (R3.3).
 *
 * @module
 */
import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { HoldfastError } from '@holdfast/core';
import type { Fault } from '@holdfast/core';
import type { z } from 'zod';
import { CONFIG_FILE_NAMES, readConfigFile } from './config-file.ts';
import { chooseDataDir, defaultDataDir } from './data-dir.ts';
import type { Surroundings } from './data-dir.ts';
import { nearest } from './nearest.ts';
import { findSetting } from './setting-catalogue.ts';
import type { Setting } from './setting-catalogue.ts';
import { SettingLayers, unknownVariables } from './setting-layers.ts';
import type { Origin } from './setting-layers.ts';
import { HIDDEN } from './setting-text.ts';
import { isLoopback, settingsSchema } from './settings.ts';
import type {
  BridgeServerSettings,
  ListenerSettings,
  ServerSettings,
  TlsSettings,
} from './settings.ts';

export interface LoadRequest {
  readonly around: Surroundings;
  readonly dataDir?: string | undefined;
  /** `--config FILE`; else `HOLDFAST_CONFIG_FILE`; else the data directory's own. */
  readonly configFile?: string | undefined;
  /** Further flags by setting name: `{ 'http.port': { flag: '--http-port', value: '0' } }`. */
  readonly flags?: Readonly<Record<string, { readonly flag: string; readonly value: string }>>;
}

export interface LoadedSettings {
  readonly settings: ServerSettings;
  /** Absolute path of the file that was read; null when there is none. */
  readonly file: string | null;
  /** Where the value of a setting, or of a member of `config`, is from. */
  readonly originOf: (...path: readonly string[]) => Origin;
  readonly warnings: readonly Fault[];
}

/** @throws HoldfastError `config.invalid` with every fault found. */
export function loadSettings(request: LoadRequest): LoadedSettings {
  const { around } = request;
  const layers = new SettingLayers();
  const dataDirNamed = request.dataDir ?? (around.env['HOLDFAST_DATA_DIR'] || undefined);
  const named = request.configFile ?? (around.env['HOLDFAST_CONFIG_FILE'] || undefined);
  const file =
    named === undefined
      ? findConfigFile(chooseDataDir(dataDirNamed, around), layers)
      : resolve(around.cwd, named);
  if (file !== null) addFile(layers, file, around, named !== undefined);
  layers.addEnv(around.env);
  addFlags(layers, request);

  const parsed = settingsSchema.safeParse(layers.toInput());
  for (const issue of parsed.error?.issues ?? []) layers.addFault(faultOf(issue, layers));
  const http = listenerOf('http', layers, around, file);
  const mqtt = listenerOf('mqtt', layers, around, file);
  const bridges = parsed.success ? bridgesOf(parsed.data, layers, around, file) : [];
  checkWorker(layers);
  if (!parsed.success || layers.faults.length > 0) throw faultReport(layers.faults);

  const { host: _host, dataDir: writtenDir, ...rest } = parsed.data;
  const dataDir =
    writtenDir === undefined
      ? defaultDataDir(around)
      : resolveFrom(writtenDir, layers.originOf(['dataDir']), around, file);
  const settings: ServerSettings = {
    ...rest,
    http: { ...placed(http, dataDir), allowedHosts: parsed.data.http.allowedHosts },
    mqtt: { ...parsed.data.mqtt, ...placed(mqtt, dataDir) },
    bridges,
    releases: parsed.data.releases.map((path) =>
      resolveFrom(path, layers.originOf(['releases']), around, file),
    ),
    dataDir,
  };
  return {
    settings,
    file,
    originOf: (...path) => layers.originOf(path),
    warnings: unknownVariables(around.env),
  };
}

/** What a worker cannot do without. */
function checkWorker(layers: SettingLayers): void {
  if (layers.get('mode') !== 'effect') return;
  for (const [name, what] of [
    ['worker.url', 'where the server is'],
    ['worker.key', 'a key with the scope "work": holdfast keys create NAME --scope work'],
  ] as const) {
    const written = layers.get(name);
    if (typeof written === 'string' && written !== '') continue;
    layers.addFault({
      at: layers.originOf(['mode']).at,
      message: `mode "effect" needs ${name}: ${what}`,
    });
  }
  const url = layers.get('worker.url');
  if (typeof url === 'string' && url !== '' && !/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
    layers.addFault({
      at: layers.originOf(['worker', 'url']).at,
      message: `worker.url must be a URL such as "https://holdfast.example:7420", not ${JSON.stringify(url)}`,
    });
}

function findConfigFile(dataDir: string, layers: SettingLayers): string | null {
  const found = CONFIG_FILE_NAMES.map((name) => join(dataDir, name)).filter((path) =>
    existsSync(path),
  );
  if (found.length > 1) {
    layers.addFault({
      at: dataDir,
      message: `holds more than one configuration file (${found.map((path) => relative(dataDir, path)).join(', ')}); keep one`,
    });
  }
  return found[0] ?? null;
}

function addFile(layers: SettingLayers, file: string, around: Surroundings, named: boolean): void {
  const fromHere = relative(around.cwd, file);
  const shown = fromHere === '' || fromHere.startsWith('..') ? file : fromHere;
  const read = readConfigFile(file, shown);
  layers.addFile(read.settings);
  for (const fault of read.faults) layers.addFault(fault);
  if (!named && layers.get('dataDir') !== undefined) {
    layers.addFault({
      at: layers.originOf(['dataDir']).at,
      message:
        'dataDir may not stand in the file of a data directory; name it by --data-dir or HOLDFAST_DATA_DIR',
    });
  }
}

function addFlags(layers: SettingLayers, { dataDir, flags }: LoadRequest): void {
  const all = {
    ...flags,
    ...(dataDir === undefined ? {} : { dataDir: { flag: '--data-dir', value: dataDir } }),
  };
  for (const [name, { flag, value }] of Object.entries(all)) {
    const setting = findSetting(name);
    if (setting === undefined) throw new Error(`${flag} sets ${name}, which is no setting`);
    layers.addFlag(setting, value, flag);
  }
}

/** Paths of the file are relative to the file; others to the working directory. */
function resolveFrom(
  path: string,
  origin: Origin,
  around: Surroundings,
  file: string | null,
): string {
  return resolve(origin.kind === 'file' && file !== null ? dirname(file) : around.cwd, path);
}

function bridgesOf(
  { bridges, tenancy }: z.output<typeof settingsSchema>,
  layers: SettingLayers,
  around: Surroundings,
  file: string | null,
): readonly BridgeServerSettings[] {
  return Object.entries(bridges).map(([name, bridge]) => {
    const { username, password, clientId, topics, tenant, tls, ...rest } = bridge;
    const files: { ca?: string; cert?: string; key?: string } = {};
    for (const part of ['ca', 'cert', 'key'] as const) {
      const written = tls[part];
      if (written === undefined) continue;
      const place = ['bridges', name, 'tls', part];
      const origin = layers.originOf(place);
      files[part] = readablePath(written, place.join('.'), origin, layers, around, file);
    }
    if ((tls.cert === undefined) !== (tls.key === undefined)) {
      const { at } = layers.originOf(['bridges', name, 'tls']);
      layers.addFault({ at, message: `bridges.${name}.tls needs both cert and key, or neither` });
    }
    return {
      ...rest,
      name,
      username: username ?? null,
      passwordSecret: password?.replace('secret://', '') ?? null,
      clientId: clientId ?? null,
      topics: topics ?? null,
      tenant: tenant ?? tenancy.defaultTenant,
      tls: files,
    };
  });
}

/** @returns the absolute path; one that cannot be read is a fault */
function readablePath(
  written: string,
  name: string,
  origin: Origin,
  layers: SettingLayers,
  around: Surroundings,
  file: string | null,
): string {
  const path = resolveFrom(written, origin, around, file);
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    layers.addFault({
      at: origin.at,
      message: `cannot read ${name}: ${error instanceof Error ? error.message : String(error)}`,
    });
  }
  return path;
}

/** Resolves one listener's defaults and holds it to the rule that off loopback needs TLS, or `plain` on purpose. */
function listenerOf(
  name: 'http' | 'mqtt',
  layers: SettingLayers,
  around: Surroundings,
  file: string | null,
): ListenerSettings {
  const defaults = {
    host: String(findSetting('host')?.default),
    port: Number(findSetting(`${name}.port`)?.default),
  };
  const hostName = layers.get(`${name}.host`) === undefined ? 'host' : `${name}.host`;
  const written = layers.get(hostName);
  const host = typeof written === 'string' ? written : defaults.host;
  const port = Number(layers.get(`${name}.port`) ?? defaults.port);
  const plain = layers.get(`${name}.plain`) === true;
  const tls = tlsOf(name, layers, around, file);
  if (tls === null && !plain && !isLoopback(host)) {
    layers.addFault({
      at: layers.originOf(hostName.split('.')).at,
      message: `${name} would listen on ${host} without TLS, where keys can be read on the way; set ${name}.tls.cert and ${name}.tls.key, or ${name}.tls.selfSigned: true, or say ${name}.plain: true on purpose`,
    });
  }
  return { host, port, plain, tls };
}

/** Its place in the data directory, which is not known before all is read. */
const OWN_CERTIFICATE: TlsSettings = {
  cert: join('tls', 'certificate.pem'),
  key: join('tls', 'key.pem'),
  selfSigned: true,
};

function placed<T extends ListenerSettings>(listener: T, dataDir: string): T {
  const { tls } = listener;
  if (tls === null || !tls.selfSigned) return listener;
  return {
    ...listener,
    tls: { ...tls, cert: join(dataDir, tls.cert), key: join(dataDir, tls.key) },
  };
}

function tlsOf(
  name: string,
  layers: SettingLayers,
  around: Surroundings,
  file: string | null,
): ListenerSettings['tls'] {
  const [cert, key] = (['cert', 'key'] as const).map((part) => {
    const written = layers.get(`${name}.tls.${part}`);
    if (typeof written !== 'string' || written === '') return null;
    const origin = layers.originOf([name, 'tls', part]);
    const path = readablePath(written, `${name}.tls.${part}`, origin, layers, around, file);
    return { path, origin };
  });
  const selfSigned = layers.get(`${name}.tls.selfSigned`) === true;
  if (cert && key && !selfSigned) return { cert: cert.path, key: key.path, selfSigned };
  if (selfSigned) {
    if (cert === null && key === null) return OWN_CERTIFICATE;
    layers.addFault({
      at: layers.originOf([name, 'tls', 'selfSigned']).at,
      message: `${name}.tls has a certificate of its own: leave out selfSigned, or cert and key`,
    });
    return null;
  }
  const lone = cert ?? key;
  if (lone) layers.addFault({ at: lone.origin.at, message: `${name}.tls needs both cert and key` });
  return null;
}

const EXAMPLES: Readonly<Partial<Record<Setting['type'], string>>> = {
  duration: 'a duration such as "250ms", "30s" or "15m"',
  bytes: 'a size such as "512 KiB" or "1 MiB"',
  boolean: 'true or false',
  path: 'a path',
  text: 'text',
  list: 'a list of texts',
};

function expectation({ type, values, min, max }: Setting): string {
  if (values !== null)
    return values.length === 1 ? JSON.stringify(values[0]) : `one of ${values.join(', ')}`;
  if (type === 'integer')
    return `a whole number from ${min ?? 0} to ${max ?? Number.MAX_SAFE_INTEGER}`;
  return EXAMPLES[type] ?? 'a value';
}

function faultOf(issue: z.core.$ZodIssue, layers: SettingLayers): Fault {
  const name = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const { at } = layers.originOf([...issue.path, key]);
    return { at, message: `there is no setting ${name === '' ? '' : `${name}.`}${key}` };
  }
  if (issue.code === 'invalid_key') {
    const { at } = layers.originOf(issue.path);
    return { at, message: `${name} ${issue.issues[0]?.message ?? issue.message}` };
  }
  const setting = findSetting(name);
  const at = layers.originOf(issue.path).at;
  // The schema's own messages are phrased to follow the name.
  if (setting === undefined || issue.code === 'custom')
    return { at, message: `${name} ${issue.message}` };
  const value = layers.get(name);
  const shown = setting.secret ? HIDDEN : JSON.stringify(value);
  const meant =
    setting.values !== null && typeof value === 'string' ? nearest(value, setting.values) : null;
  const hint = meant === null ? '' : `; did you mean ${meant}?`;
  return {
    at,
    message: `${name} must be ${expectation(setting)}, not ${shown}${hint}`,
  };
}

function faultReport(faults: readonly Fault[]): HoldfastError {
  const count = faults.length === 1 ? 'one fault' : `${faults.length} faults`;
  return new HoldfastError('config.invalid', `the configuration has ${count}`, {
    operation: 'read the configuration',
    hint: 'correct each place named, then check with: holdfast config validate',
    faults,
  });
}
