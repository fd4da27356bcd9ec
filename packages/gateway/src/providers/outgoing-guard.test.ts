import type { LookupAddress, lookup as systemLookup, LookupOptions } from 'node:dns';
import { describe, expect, test } from 'vitest';
import { guardedLookup, literalFault } from './outgoing-guard.ts';

/** What the system's resolver would answer. */
function resolving(...addresses: readonly string[]): typeof systemLookup {
  const found = addresses.map((address): LookupAddress => {
    return { address, family: address.includes(':') ? 6 : 4 };
  });
  return ((
    _host: string,
    _options: LookupOptions,
    done: (error: null, all: LookupAddress[]) => void,
  ) => {
    done(null, found);
  }) as typeof systemLookup;
}

async function lookUp(
  trust: 'named' | 'given',
  addresses: readonly string[],
  all = true,
): Promise<unknown> {
  const lookup = guardedLookup(trust, resolving(...addresses));
  return new Promise((resolve) => {
    lookup('host.example', { all }, (error, found) => resolve(error?.message ?? found));
  });
}

const PRIVATE = [
  '127.0.0.1',
  '127.8.8.8',
  '10.1.2.3',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '100.64.0.1',
  '100.127.255.255',
  '198.18.0.1',
  '::1',
  'fc00::1',
  'fd12:3456::1',
  'fec0::1',
  '::ffff:10.0.0.1',
  '::ffff:7f00:1',
  '::7f00:1',
  '64:ff9b::7f00:1',
  '64:ff9b::10.0.0.1',
  '64:ff9b:1::1',
  '2002:7f00:1::1',
  '2002:c0a8:101::1',
  '2001::1',
  '::ffff:0:7f00:1',
  '::ffff:0:10.0.0.1',
];
const SPECIAL = [
  '169.254.169.254',
  '0.0.0.0',
  '0.1.2.3',
  '224.0.0.1',
  '239.255.255.250',
  '255.255.255.255',
  '192.0.0.192',
  '100.100.100.200',
  '::',
  'fe80::1',
  'fe80::1%eth0',
  'ff02::1',
  'fd00:ec2::254',
  'fd20:ce::254',
  '168.63.129.16',
  '::ffff:168.63.129.16',
  '::ffff:0:169.254.169.254',
  '::ffff:169.254.169.254',
  '64:ff9b::169.254.169.254',
  '2002:a9fe:a9fe::1',
];
const PUBLIC = [
  '8.8.8.8',
  '172.15.0.1',
  '172.32.0.1',
  '100.128.0.1',
  '192.169.0.1',
  '2606:4700::1111',
  '64:ff9b::8.8.8.8',
  '::ffff:8.8.8.8',
  '2002:808:808::1',
];

describe('a host that the release does not name', () => {
  test.each([...PRIVATE, ...SPECIAL])('is not connected to at %s', async (address) => {
    expect(await lookUp('given', [address])).toMatch(
      /^host\.example has the address .*allowHosts$/,
    );
    expect(literalFault(address.split('%')[0] ?? '', 'given')?.code).toBe('target.refused');
  });

  test.each(PUBLIC)('may be at %s', async (address) => {
    expect(await lookUp('given', [address])).toMatchObject([{ address }]);
    expect(literalFault(address, 'given')).toBeNull();
  });

  test('with a public and a private address is connected to at the public one alone', async () => {
    expect(await lookUp('given', ['10.0.0.1', '8.8.8.8', '::1'])).toEqual([
      { address: '8.8.8.8', family: 4 },
    ]);
    expect(await lookUp('given', ['10.0.0.1', '8.8.8.8'], false)).toBe('8.8.8.8');
  });
});

describe('a host that the release names', () => {
  test.each([...PRIVATE, ...PUBLIC])('may be at %s', async (address) => {
    expect(await lookUp('named', [address])).toMatchObject([{ address }]);
  });

  test.each(SPECIAL)('is not led to %s by its name, and is where it says so itself', async (at) => {
    expect(await lookUp('named', [at])).toMatch(/a link-local or special address; no name may/);
    expect(literalFault(at, 'named')).toBeNull();
  });

  test('a device that has a link-local address too is connected to at its other', async () => {
    expect(await lookUp('named', ['fe80::1', '192.168.1.7'])).toMatchObject([
      { address: '192.168.1.7' },
    ]);
  });
});

test('a name that has no address is the resolver’s error, not a refusal', async () => {
  const failing = ((_host: string, _options: object, done: (error: Error) => void) => {
    done(Object.assign(new Error('getaddrinfo ENOTFOUND nowhere'), { code: 'ENOTFOUND' }));
  }) as typeof systemLookup;
  const answer = new Promise((resolve) => {
    guardedLookup('given', failing)('nowhere', { all: true }, (error) => resolve(error?.code));
  });
  expect(await answer).toBe('ENOTFOUND');
});
