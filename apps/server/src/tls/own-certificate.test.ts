import { X509Certificate } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, get } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureOwnCertificate, machineNames, namesFor } from './own-certificate.ts';
import type { OwnCertificate } from './own-certificate.ts';

const DAY_MS = 86_400_000;
const NAMES = ['localhost', '127.0.0.1', '::1', 'holdfast.lan', '192.0.2.7', '2001:db8::7'];

let folder: string;
let files: { cert: string; key: string };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-tls-'));
  files = { cert: join(folder, 'tls', 'certificate.pem'), key: join(folder, 'tls', 'key.pem') };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const now = new Date();
const ensure = (names = NAMES, at = now): Promise<OwnCertificate> =>
  ensureOwnCertificate(files, names, at);

test('it is for every name and address, for this server alone, and no authority', async () => {
  const { cert, isNew } = await ensure();
  const made = new X509Certificate(cert);
  expect(isNew).toBe(true);
  for (const name of ['localhost', 'holdfast.lan']) expect(made.checkHost(name)).toBe(name);
  for (const address of ['127.0.0.1', '::1', '192.0.2.7', '2001:db8::7'])
    expect(made.checkIP(address)).toBe(address);
  expect(made.checkHost('other.lan')).toBeUndefined();
  expect(made.ca).toBe(false);
  expect(made.verify(made.publicKey)).toBe(true);
  expect(made.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  expect(made.validFromDate.getTime()).toBeLessThan(now.getTime());
  const days = (made.validToDate.getTime() - made.validFromDate.getTime()) / DAY_MS;
  expect(days).toBeCloseTo(825, 1);
});

test('nobody but its owner may read the key', async (context) => {
  if (process.platform === 'win32') return context.skip('Windows has no modes of files');
  await ensure();
  expect(statSync(files.key).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, 'tls')).mode & 0o777).toBe(0o700);
  chmodSync(files.key, 0o644);
  await ensure();
  expect(statSync(files.key).mode & 0o777).toBe(0o600);
});

test('it is made once; renewed before it ends, for the same key', async () => {
  const first = await ensure();
  expect(await ensure()).toEqual({ ...first, isNew: false });
  const early = await ensure(NAMES, new Date(now.getTime() + 760 * DAY_MS));
  expect(early.isNew).toBe(false);
  const late = await ensure(NAMES, new Date(now.getTime() + 770 * DAY_MS));
  expect(late.isNew).toBe(true);
  expect(late.key).toBe(first.key);
  const [before, after] = [first, late].map(({ cert }) => new X509Certificate(cert));
  expect(after?.fingerprint256).not.toBe(before?.fingerprint256);
  expect(after?.serialNumber).not.toBe(before?.serialNumber);
});

test('a new name is a new certificate, a name that is gone is none', async () => {
  await ensure();
  expect((await ensure(NAMES.slice(0, 3))).isNew).toBe(false);
  expect((await ensure([...NAMES, 'new.lan'])).isNew).toBe(true);
});

test('one that is broken, or of another key, is made again; a file that is no key is named', async () => {
  const { cert, key } = await ensure();
  writeFileSync(files.cert, 'half of a certif');
  expect((await ensure()).isNew).toBe(true);
  rmSync(files.key);
  const other = await ensure();
  expect(other.key).not.toBe(key);
  writeFileSync(files.cert, cert);
  expect((await ensure()).isNew).toBe(true);
  writeFileSync(files.key, 'no key');
  await expect(ensure()).rejects.toMatchObject({ code: 'config.invalid' });
  expect(readFileSync(files.key, 'utf8')).toBe('no key');
});

test('who trusts it and nothing else can talk to the server', async () => {
  const { cert, key } = await ensure();
  const server = createServer({ cert, key }, (_, response) => response.end('hello'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const ask = (host: string, ca: string[]): Promise<string> =>
    new Promise((resolve, reject) => {
      get({ host, port, ca, agent: false }, (response) => {
        response.setEncoding('utf8').on('data', resolve);
      }).on('error', reject);
    });
  try {
    expect(await ask('127.0.0.1', [cert])).toBe('hello');
    await expect(ask('127.0.0.1', [])).rejects.toThrow(/self-signed|unable to verify/);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

test('it is for what the machine is called, for what is configured, and for no wildcard', () => {
  const names = namesFor({
    http: { host: '0.0.0.0', allowedHosts: ['Holdfast.LAN', '*', 'no name'] },
    mqtt: { host: '[fd00::1]' },
  });
  expect(names).toEqual(
    expect.arrayContaining(['localhost', '127.0.0.1', '::1', 'holdfast.lan', 'fd00::1']),
  );
  expect(names).toEqual(expect.arrayContaining([...machineNames()]));
  for (const no of ['0.0.0.0', '*', 'no name', '::']) expect(names).not.toContain(no);
});
