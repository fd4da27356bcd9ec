import { join } from 'node:path';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { HoldfastError } from '@holdfast/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadSettings } from './load-settings.ts';
import type { LoadedSettings } from './load-settings.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'holdfast-bridges-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function load(text: string, name = 'holdfast.yaml'): LoadedSettings {
  const configFile = join(home, name);
  writeFileSync(configFile, text);
  return loadSettings({
    around: { env: {}, platform: 'linux', home, cwd: home },
    dataDir: join(home, 'data'),
    configFile,
  });
}

function faultsOf(text: string): string[] {
  try {
    load(text);
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    return error.faults.map(({ at, message }) => `${at} ${message}`);
  }
  throw new Error('expected faults');
}

test('a bridge needs no more than where the broker is', () => {
  const { settings, originOf } = load('bridges:\n  home:\n    url: mqtt://192.168.1.5:1883\n');
  expect(settings.bridges).toEqual([
    {
      name: 'home',
      url: 'mqtt://192.168.1.5:1883',
      username: null,
      passwordSecret: null,
      clientId: null,
      topics: null,
      qos: 1,
      tenant: '',
      keepalive: 60_000,
      tls: {},
    },
  ]);
  expect(originOf('bridges', 'home', 'url').at).toBe('holdfast.yaml:3:10');
});

test('all of it, in YAML and in TOML alike; files are relative to the file', () => {
  writeFileSync(join(home, 'ca.pem'), 'a certificate');
  const yaml = load(`
tenancy: { defaultTenant: flat }
bridges:
  home:
    url: mqtts://broker:8883
    username: holdfast
    password: secret://HOME_MQTT
    clientId: holdfast-1
    topics: ['zigbee2mqtt/+', home/#]
    qos: 2
    keepalive: 30s
    tls: { ca: ca.pem }
  shop: { url: 'wss://shop/mqtt', tenant: shop }
`);
  const toml = load(
    `
[tenancy]
defaultTenant = "flat"
[bridges.home]
url = "mqtts://broker:8883"
username = "holdfast"
password = "secret://HOME_MQTT"
clientId = "holdfast-1"
topics = ["zigbee2mqtt/+", "home/#"]
qos = 2
keepalive = "30s"
tls.ca = "ca.pem"
[bridges.shop]
url = "wss://shop/mqtt"
tenant = "shop"
`,
    'holdfast.toml',
  );
  expect(yaml.settings.bridges).toMatchObject([
    {
      name: 'home',
      username: 'holdfast',
      passwordSecret: 'HOME_MQTT',
      clientId: 'holdfast-1',
      topics: ['zigbee2mqtt/+', 'home/#'],
      qos: 2,
      tenant: 'flat',
      keepalive: 30_000,
      tls: { ca: join(home, 'ca.pem') },
    },
    { name: 'shop', tenant: 'shop' },
  ]);
  expect(toml.settings.bridges).toEqual(yaml.settings.bridges);
});

test('every fault is told with its place', () => {
  expect(
    faultsOf(`bridges:
  home:
    url: http://192.168.1.5
    password: hunter2
    topics: ['home/#/door', $SYS/#]
    qos: 0
    usrname: holdfast
  shed:
    username: holdfast
  'my house': { url: 'mqtt://10.0.0.1' }
  attic:
    url: mqtt://10.0.0.1
    tls: { cert: there-is-none.pem }
`),
  ).toEqual([
    expect.stringMatching(/^holdfast.yaml:3:10 bridges.home.url must be an mqtt:\/\//),
    expect.stringMatching(/^holdfast.yaml:4:15 bridges.home.password must name a secret/),
    expect.stringMatching(/^holdfast.yaml:5:13 bridges.home.topics.0 is no topic filter/),
    expect.stringMatching(/^holdfast.yaml:5:13 bridges.home.topics.1 is no topic filter/),
    expect.stringMatching(/^holdfast.yaml:6:10 bridges.home.qos/),
    'holdfast.yaml:7:14 there is no setting bridges.home.usrname',
    expect.stringMatching(/^holdfast.yaml:9:5 bridges.shed.url is needed/),
    expect.stringMatching(/^holdfast.yaml:10:15 bridges.my house is not a name for a bridge/),
  ]);
  expect(
    faultsOf('bridges:\n  attic:\n    url: mqtt://10.0.0.1\n    tls: { cert: none.pem }\n'),
  ).toEqual([
    expect.stringMatching(/^holdfast.yaml:4:18 cannot read bridges.attic.tls.cert/),
    expect.stringMatching(/^holdfast.yaml:4:10 bridges.attic.tls needs both cert and key/),
  ]);
});

test('a user name and a password have no place in the address, where logs would show them', () => {
  expect(faultsOf('bridges: { home: { url: "mqtt://me:hunter2@10.0.0.1" } }')).toEqual([
    expect.stringContaining('bridges.home.url must be an'),
  ]);
});
