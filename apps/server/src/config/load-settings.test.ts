import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HoldfastError } from '@holdfast/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { configValue } from './config-value.ts';
import { loadSettings } from './load-settings.ts';
import type { LoadedSettings, LoadRequest } from './load-settings.ts';

let home: string;
let dataDir: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'holdfast-config-'));
  dataDir = join(home, 'data');
  mkdirSync(dataDir);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

type Env = Record<string, string>;

function load(env: Env = {}, request: Partial<LoadRequest> = {}): LoadedSettings {
  return loadSettings({ around: { env, platform: 'linux', home, cwd: home }, dataDir, ...request });
}

function write(name: string, text: string): string {
  const path = join(home, name);
  writeFileSync(path, text);
  return path;
}

/** Faults as `at message` lines; fails when loading succeeds. */
function faults(env: Env = {}, request: Partial<LoadRequest> = {}): string[] {
  try {
    load(env, request);
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    expect(error.code).toBe('config.invalid');
    expect(error.exitCode).toBe(78);
    return error.faults.map(({ at, message }) => `${at} ${message}`);
  }
  throw new Error('expected faults');
}

describe('precedence', () => {
  test('with nothing said, the defaults count', () => {
    const { settings, file, originOf } = load();
    expect(file).toBeNull();
    expect(settings).toMatchObject({
      mode: 'combined',
      dataDir,
      http: { host: '127.0.0.1', port: 7420, plain: false, tls: null },
      mqtt: { host: '127.0.0.1', port: 1883, plain: false, tls: null },
      tenancy: { defaultTenant: '' },
      limits: { maxEventBytes: 1_048_576 },
      scheduler: { recheck: 30_000, maxJump: 3_600_000, bootGrace: 600_000 },
      drain: { timeout: 30_000 },
      config: {},
    });
    expect(originOf('http', 'port')).toEqual({ kind: 'default', at: 'default' });
  });

  test('flags win over environment, environment over file, file over defaults', () => {
    write(
      'data/holdfast.yaml',
      'http:\n  port: 1001\nmqtt: { port: 1002 }\nlog: { level: debug }\n',
    );
    const { settings, originOf } = load(
      { HOLDFAST_HTTP_PORT: '2001', HOLDFAST_MQTT_PORT: '2002' },
      { flags: { 'http.port': { flag: '--http-port', value: '3001' } } },
    );
    expect([settings.http.port, settings.mqtt.port, settings.log.level]).toEqual([
      3001,
      2002,
      'debug',
    ]);
    expect(originOf('http', 'port')).toEqual({ kind: 'flag', at: '--http-port' });
    expect(originOf('mqtt', 'port')).toEqual({ kind: 'env', at: 'HOLDFAST_MQTT_PORT' });
    expect(originOf('log', 'level')).toEqual({ kind: 'file', at: 'data/holdfast.yaml:4:15' });
  });

  test('a variable may name a file that holds the value', () => {
    const secret = write('port', '2005\n');
    const { settings, originOf } = load({ HOLDFAST_HTTP_PORT_FILE: secret });
    expect(settings.http.port).toBe(2005);
    expect(originOf('http', 'port').at).toBe('HOLDFAST_HTTP_PORT_FILE');
    expect(faults({ HOLDFAST_HTTP_PORT_FILE: secret, HOLDFAST_HTTP_PORT: '1' })).toEqual([
      'HOLDFAST_HTTP_PORT_FILE HOLDFAST_HTTP_PORT is set as well; unset one of the two',
    ]);
    expect(faults({ HOLDFAST_HTTP_PORT_FILE: join(home, 'none') })[0]).toContain(
      'HOLDFAST_HTTP_PORT_FILE cannot read',
    );
  });

  test('a list is one in the file, and separated by commas in a variable', () => {
    write('data/holdfast.yaml', 'http:\n  allowedHosts: [a.example, b.example]\n');
    expect(load().settings.http.allowedHosts).toEqual(['a.example', 'b.example']);
    const { settings } = load({ HOLDFAST_HTTP_ALLOWED_HOSTS: 'c.example, d.example' });
    expect(settings.http.allowedHosts).toEqual(['c.example', 'd.example']);
    write('data/holdfast.yaml', 'http:\n  allowedHosts: a.example\n');
    expect(faults()[0]).toContain('http.allowedHosts must be a list of texts, not "a.example"');
  });

  test('an empty variable counts as not set', () => {
    expect(load({ HOLDFAST_HTTP_PORT: '' }).settings.http.port).toBe(7420);
  });

  test.each([
    ['holdfast.toml', 'host = "::1"\n[http]\nport = 8001\n[limits]\nmaxEventBytes = "2 MiB"\n'],
    [
      'holdfast.json',
      '{ "host": "::1", "http": { "port": 8001 }, "limits": { "maxEventBytes": 2097152 } }',
    ],
    ['holdfast.yml', 'host: "::1"\nhttp:\n  port: 8001\nlimits:\n  maxEventBytes: 2 MiB\n'],
  ])('%s says the same as any other format', (name, text) => {
    write(`data/${name}`, text);
    const { settings } = load();
    expect(settings.http).toMatchObject({ host: '::1', port: 8001 });
    expect(settings.limits.maxEventBytes).toBe(2 * 1024 * 1024);
  });

  test('--config names another file, whose dataDir is relative to it', () => {
    mkdirSync(join(home, 'etc'));
    const file = write('etc/holdfast.yaml', 'dataDir: ../elsewhere\n');
    expect(load({}, { dataDir: undefined, configFile: file }).settings.dataDir).toBe(
      join(home, 'elsewhere'),
    );
    expect(load({ HOLDFAST_CONFIG_FILE: file }, { dataDir: undefined }).settings.dataDir).toBe(
      join(home, 'elsewhere'),
    );
    expect(load({}, { configFile: file }).settings.dataDir).toBe(dataDir);
  });

  test('without a word the data directory is the platform one', () => {
    const around = { env: {}, home: '/home/me', cwd: '/' };
    expect(loadSettings({ around: { ...around, platform: 'linux' } }).settings.dataDir).toBe(
      '/home/me/.local/share/holdfast',
    );
    expect(
      loadSettings({ around: { ...around, platform: 'linux', env: { XDG_DATA_HOME: '/x' } } })
        .settings.dataDir,
    ).toBe('/x/holdfast');
    expect(loadSettings({ around: { ...around, platform: 'darwin' } }).settings.dataDir).toBe(
      '/home/me/Library/Application Support/Holdfast',
    );
  });
});

describe('faults', () => {
  test('all of them in one report, each with its place', () => {
    write(
      'data/holdfast.yaml',
      [
        'htp:',
        '  port: 1',
        'http:',
        '  prot: 80',
        '  port: 70000',
        'scheduler:',
        '  recheck: soon',
        'log:',
        '  level: inof',
        'sandbox: 4',
        '',
      ].join('\n'),
    );
    expect(
      faults(
        { HOLDFAST_MQTT_PORT: 'abc', HOLDFAST_HTTP_PLAIN: 'maybe' },
        { flags: { mode: { flag: '--mode', value: 'sagas' } } },
      ).toSorted(),
    ).toEqual(
      [
        '--mode mode must be one of combined, saga, effect, not "sagas"; did you mean saga?',
        'HOLDFAST_HTTP_PLAIN http.plain must be true or false, not "maybe"',
        'HOLDFAST_MQTT_PORT mqtt.port must be a whole number from 0 to 65535, not "abc"',
        'data/holdfast.yaml:10:10 sandbox must hold settings (threads, wallLimit, memoryLimit)',
        'data/holdfast.yaml:1:1 there is no setting htp; did you mean http?',
        'data/holdfast.yaml:4:3 there is no setting http.prot; did you mean http.port?',
        'data/holdfast.yaml:5:9 http.port must be a whole number from 0 to 65535, not 70000',
        'data/holdfast.yaml:7:12 scheduler.recheck is not a duration: "soon"; write for example "250ms", "1s", "15m", "1h30m"',
        'data/holdfast.yaml:9:10 log.level must be one of trace, debug, info, warn, error, silent, not "inof"; did you mean info?',
      ].toSorted(),
    );
  });

  test.each([
    ['holdfast.yaml', 'http:\n  port: [1\n', /^data\/holdfast.yaml:3:1 /],
    ['holdfast.yaml', 'host: a\nhost: b\n', /^data\/holdfast.yaml:2:1 Map keys must be unique/],
    ['holdfast.toml', 'a = \n', /^data\/holdfast.toml:1:\d+ /],
    ['holdfast.json', '{ "http": { "port": } ', /^data\/holdfast.json:\d+:\d+ /],
    ['holdfast.yaml', '- a\n', /^data\/holdfast.yaml:1:1 the file must hold settings \(mode, /],
    [
      'holdfast.yaml',
      'config: { a: 1 }\n',
      /^data\/holdfast.yaml:1:14 config.a must be text: put the value in quotes/,
    ],
    [
      'holdfast.yaml',
      'dataDir: /x\n',
      /^data\/holdfast.yaml:1:10 dataDir may not stand in the file of a data directory/,
    ],
  ])('%s that says %j is refused with its place', (name, text, expected) => {
    write(`data/${name}`, text);
    expect(faults()[0]).toMatch(expected);
  });

  test('an empty file, and one of comments alone, say nothing', () => {
    write('data/holdfast.yaml', '# host: 0.0.0.0\nhttp:\n');
    expect(load().settings.http.port).toBe(7420);
  });

  test('two files in one data directory are not chosen between', () => {
    write('data/holdfast.yaml', '');
    write('data/holdfast.toml', '');
    expect(faults()[0]).toContain(
      'holds more than one configuration file (holdfast.yaml, holdfast.toml)',
    );
  });

  test('a file that is named must be there', () => {
    expect(() => load({}, { configFile: 'none.yaml' })).toThrow(
      'cannot read the configuration file none.yaml',
    );
    expect(() => load({}, { configFile: 'none.ini' })).toThrow(
      'must end in .yaml, .yml, .toml or .json',
    );
  });

  test('a variable that looks like ours is warned about, not refused', () => {
    expect(
      load({
        HOLDFAST_HTP_PORT: '1',
        HOLDFAST_SERVICE_HOST: 'x',
        HOLDFAST_SECRET_A: 'x',
        HOLDFAST_URL: 'x',
      }).warnings,
    ).toEqual([
      {
        at: 'HOLDFAST_HTP_PORT',
        message: 'no setting has this name; did you mean HOLDFAST_HTTP_PORT? Ignored',
      },
      { at: 'HOLDFAST_SERVICE_HOST', message: 'no setting has this name; ignored' },
    ]);
  });
});

describe('listeners off loopback', () => {
  const off = (name: string, host: string): string =>
    `${name} would listen on ${host} without TLS, where keys can be read on the way; set ${name}.tls.cert and ${name}.tls.key, or ${name}.tls.selfSigned: true, or say ${name}.plain: true on purpose`;

  test('are refused without TLS, each by name', () => {
    expect(faults({ HOLDFAST_HOST: '0.0.0.0' })).toEqual([
      `HOLDFAST_HOST ${off('http', '0.0.0.0')}`,
      `HOLDFAST_HOST ${off('mqtt', '0.0.0.0')}`,
    ]);
    write('data/holdfast.yaml', 'mqtt:\n  host: 192.168.1.5\n');
    expect(faults()).toEqual([`data/holdfast.yaml:2:9 ${off('mqtt', '192.168.1.5')}`]);
  });

  test('listen plainly where that listener says so, and no other', () => {
    write(
      'data/holdfast.yaml',
      'host: 192.168.1.5\nmqtt:\n  plain: true\nhttp:\n  host: 127.0.0.1\n',
    );
    const { settings } = load();
    expect(settings.mqtt).toMatchObject({
      host: '192.168.1.5',
      port: 1883,
      plain: true,
      tls: null,
    });
    expect(settings.http.host).toBe('127.0.0.1');
  });

  test('listen with TLS from files that can be read, relative to the file that names them', () => {
    write('data/cert.pem', '');
    write('data/key.pem', '');
    write('data/holdfast.yaml', 'http:\n  host: "::"\n  tls: { cert: cert.pem, key: key.pem }\n');
    expect(load().settings.http.tls).toEqual({
      cert: join(dataDir, 'cert.pem'),
      key: join(dataDir, 'key.pem'),
      selfSigned: false,
    });
    rmSync(join(dataDir, 'key.pem'));
    expect(faults()[0]).toMatch(/^data\/holdfast.yaml:3:31 cannot read http.tls.key: ENOENT/);
    write('data/holdfast.yaml', 'http:\n  tls: { cert: cert.pem }\n');
    expect(faults()).toEqual(['data/holdfast.yaml:2:16 http.tls needs both cert and key']);
  });

  test('listen with a certificate that the server makes, which is in the data directory', () => {
    write('data/holdfast.yaml', 'host: 0.0.0.0\nmqtt:\n  tls: { selfSigned: true }\n');
    const { settings } = load({ HOLDFAST_HTTP_TLS_SELF_SIGNED: 'true' });
    for (const { tls } of [settings.http, settings.mqtt]) {
      expect(tls).toEqual({
        cert: join(dataDir, 'tls', 'certificate.pem'),
        key: join(dataDir, 'tls', 'key.pem'),
        selfSigned: true,
      });
    }
    write('data/cert.pem', '');
    write('data/key.pem', '');
    write(
      'data/holdfast.yaml',
      'http:\n  tls: { cert: cert.pem, key: key.pem, selfSigned: true }\n',
    );
    expect(faults()).toEqual([
      'data/holdfast.yaml:2:52 http.tls has a certificate of its own: leave out selfSigned, or cert and key',
    ]);
  });
});

describe('config values', () => {
  test('a variable overrides one value, whether the file has it or only a release', () => {
    write('data/holdfast.yaml', 'config:\n  kitchen_url: http://a\n  other: kept\n');
    const { settings, originOf } = load({
      HOLDFAST_CONFIG_KITCHEN_URL: 'http://b',
      HOLDFAST_CONFIG_NEW_ONE: 'c',
    });
    const values = new Map(Object.entries(settings.config));
    expect(configValue(values, 'kitchen_url')).toBe('http://b');
    expect(settings.config).toEqual({ kitchen_url: 'http://b', other: 'kept', NEW_ONE: 'c' });
    expect(configValue(values, 'new_one')).toBe('c');
    expect(configValue(values, 'other')).toBe('kept');
    expect(configValue(values, 'unknown')).toBeUndefined();
    expect(configValue(values, 'toString')).toBeUndefined();
    expect(originOf('config', 'kitchen_url')).toEqual({
      kind: 'env',
      at: 'HOLDFAST_CONFIG_KITCHEN_URL',
    });
  });
});

describe('a worker', () => {
  test('a key that is none is not shown', () => {
    const file = write('worker.yaml', 'worker:\n  key: 271828182845\n');
    const [fault] = faults({}, { configFile: file });
    expect(fault).toContain('worker.key must be text, not [secret]');
    expect(fault).not.toContain('2718');
  });

  const joining = { HOLDFAST_MODE: 'effect', HOLDFAST_WORKER_URL: 'http://127.0.0.1:7420' };

  test('needs to know its server and its key', () => {
    expect(faults({ HOLDFAST_MODE: 'effect' })).toEqual([
      'HOLDFAST_MODE mode "effect" needs worker.url: where the server is',
      'HOLDFAST_MODE mode "effect" needs worker.key: a key with the scope "work": holdfast keys create NAME --scope work',
    ]);
    expect(
      faults({ ...joining, HOLDFAST_WORKER_URL: 'server:7420', HOLDFAST_WORKER_KEY: 'k' }),
    ).toEqual([
      'HOLDFAST_WORKER_URL worker.url must be a URL such as "https://holdfast.example:7420", not "server:7420"',
    ]);
  });

  test('takes its key from a file, and ranges of tenants that are ranges', () => {
    const file = write('key', 'hf_secret\n');
    const env = {
      ...joining,
      HOLDFAST_WORKER_KEY_FILE: file,
      HOLDFAST_WORKER_TENANTS: 'a..n, shop-7',
    };
    expect(load(env).settings.worker).toMatchObject({
      key: 'hf_secret',
      tenants: ['a..n', 'shop-7'],
      group: 'default',
      ackWait: 30_000,
    });
    expect(faults({ ...env, HOLDFAST_WORKER_TENANTS: 'n..a' })[0]).toContain('is empty');
  });
});
