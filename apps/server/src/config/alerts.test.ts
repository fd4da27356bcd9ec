import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HoldfastError } from '@holdfast/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { alertSettingsOf } from '../serve/alerts.ts';
import { loadSettings } from './load-settings.ts';
import type { LoadedSettings } from './load-settings.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'holdfast-alerts-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function load(
  text: string,
  name = 'holdfast.yaml',
  env: Readonly<Record<string, string>> = {},
): LoadedSettings {
  const configFile = join(home, name);
  writeFileSync(configFile, text);
  return loadSettings({
    around: { env, platform: 'linux', home, cwd: home },
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

const SECRETS = new Map([
  ['HOOK', 'https://hook.example/x'],
  ['MAIL', 'pass'],
]);
const settingsOf = (text: string, name?: string, env?: Readonly<Record<string, string>>) =>
  alertSettingsOf(load(text, name, env).settings.alerts, SECRETS);

test('nobody is told where nothing is said; the limits have defaults', () => {
  expect(settingsOf('')).toEqual({
    consoleUrl: null,
    window: 30_000,
    reminder: 4 * 3_600_000,
    limits: {
      diskFree: 1024 ** 3,
      scheduleLag: 300_000,
      bridgeAway: 300_000,
      sagaLag: 10_000,
      sagaLagFor: 300_000,
    },
    targets: [],
    ping: null,
  });
  expect(settingsOf('alerts:\n  targets:\n').targets).toEqual([]);
});

test('targets of each type, in YAML and TOML alike; secrets are looked up when they are needed', () => {
  writeFileSync(join(home, 'ca.pem'), 'a certificate');
  const yaml = `
alerts:
  consoleUrl: https://console.example/
  targets:
    ops: { type: webhook, url: secret://HOOK, secret: secret://SIGN, tenants: ["", shop] }
    phone: { type: ntfy, url: https://ntfy.sh/mine, kinds: [blocked, disk], severity: critical }
    mail:
      type: smtp
      host: mail.example
      username: holdfast
      password: secret://MAIL
      from: Holdfast <holdfast@shop.example>
      to: [ops@shop.example]
      ca: ca.pem
`;
  const toml = `
[alerts]
consoleUrl = "https://console.example/"
[alerts.targets.ops]
type = "webhook"
url = "secret://HOOK"
secret = "secret://SIGN"
tenants = ["", "shop"]
[alerts.targets.phone]
type = "ntfy"
url = "https://ntfy.sh/mine"
kinds = ["blocked", "disk"]
severity = "critical"
[alerts.targets.mail]
type = "smtp"
host = "mail.example"
username = "holdfast"
password = "secret://MAIL"
from = "Holdfast <holdfast@shop.example>"
to = ["ops@shop.example"]
ca = "ca.pem"
`;
  for (const settings of [settingsOf(yaml), settingsOf(toml, 'holdfast.toml')]) {
    expect(settings.consoleUrl).toBe('https://console.example');
    const [ops, phone, mail] = settings.targets;
    if (ops?.type !== 'webhook' || phone?.type !== 'ntfy' || mail?.type !== 'smtp')
      throw new Error('the targets are of other types');
    expect(ops).toMatchObject({ severity: 'warning', tenants: ['', 'shop'], token: null });
    expect(ops.kinds).toHaveLength(8);
    expect(ops.url()).toBe('https://hook.example/x');
    expect(ops.secret).toThrow('there is no secret SIGN; set it by: holdfast secrets set SIGN');
    expect(phone).toMatchObject({
      kinds: ['blocked', 'disk'],
      severity: 'critical',
      tenants: null,
    });
    expect(phone.url()).toBe('https://ntfy.sh/mine');
    expect(mail).toMatchObject({
      host: 'mail.example',
      port: 587,
      secure: false,
      starttls: 'required',
      ca: 'a certificate',
      to: ['ops@shop.example'],
    });
    expect(mail.auth?.password()).toBe('pass');
  }
});

test('TLS from the first byte has a port of its own', () => {
  const [mail] = settingsOf(
    'alerts:\n  targets:\n    m: { type: smtp, host: h, secure: true, from: a@b, to: [c@d] }\n',
  ).targets;
  expect(mail).toMatchObject({ port: 465, auth: null, ca: null });
});

test('the watcher may be named by a variable, a file or a secret', () => {
  const file = join(home, 'ping-url');
  writeFileSync(file, 'https://hc.example/uuid\n');
  const by = (env: Readonly<Record<string, string>>) => settingsOf('', undefined, env).ping;
  expect(by({ HOLDFAST_ALERTS_PING_URL_FILE: file })?.url()).toBe('https://hc.example/uuid');
  expect(by({ HOLDFAST_ALERTS_PING_URL: 'secret://HOOK' })?.url()).toBe('https://hook.example/x');
  const ping = by({
    HOLDFAST_ALERTS_PING_URL: 'https://hc.example/uuid',
    HOLDFAST_ALERTS_PING_STOP_URL: 'https://hc.example/uuid/log',
    HOLDFAST_ALERTS_PING_INTERVAL: '5m',
    HOLDFAST_ALERTS_PING_METHOD: 'POST',
  });
  expect(ping).toMatchObject({ interval: 300_000, method: 'POST' });
  expect(ping?.stopUrl?.()).toBe('https://hc.example/uuid/log');
});

test('every fault is named with its place, and no address shown', () => {
  const faults = faultsOf(`alerts:
  window: soon
  consoleUrl: console
  targets:
    a:
      type: webhook
      url: hidden-thing
      host: mail.example
    b:
      type: pigeon
    c:
      type: smtp
      host: mail.example
      username: me
      to: [nobody]
    d:
      type: ntfy
      kinds: [blocked, fire]
      color: red
    "e f":
      type: ntfy
      url: https://ntfy.sh/x
  ping:
    url: nowhere-hidden
`);
  const text = faults.join('\n');
  expect(text).toContain('holdfast.yaml:2:11 alerts.window is not a duration');
  expect(text).toContain('holdfast.yaml:3:15 alerts.consoleUrl must be an http://');
  expect(text).toMatch(/holdfast\.yaml:7:12 alerts\.targets\.a\.url must be an http:\/\//);
  expect(text).toContain('alerts.targets.b.type must be one of webhook, smtp, ntfy');
  expect(text).toContain('alerts.targets.c.to.0 is no mail address');
  expect(text).toContain('alerts.targets.d.kinds.1 must be one of blocked, doubtful');
  expect(text).toContain('there is no setting alerts.targets.d.color');
  expect(text).toContain('is not a name for a target');
  expect(text).toContain('alerts.ping.url must be an http://');
  expect(text).not.toContain('hidden');
});

test('what a type cannot do without, and what is not for it', () => {
  const faults = faultsOf(`alerts:
  targets:
    a: { type: webhook, host: mail.example }
    c: { type: smtp, host: mail.example, username: me, to: [a@b] }
`).map((fault) => fault.replace(/^\S+ /, ''));
  expect(faults).toEqual([
    'alerts.targets.a.host is not for type webhook',
    'alerts.targets.a.url is needed for type webhook',
    'alerts.targets.c.from is needed for type smtp',
    'alerts.targets.c.password is needed: both or neither',
  ]);
});
