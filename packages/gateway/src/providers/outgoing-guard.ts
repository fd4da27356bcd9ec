/**
 * Where effects may connect to.
 *
 * 1. A host that the release or its configuration names may be anywhere on the home network: loopback, private ranges.
 *    Any other host (from the input, from a redirect) may be at public addresses alone.
 * 2. Link-local, multicast and unspecified addresses, and those where clouds keep a machine's credentials, are reached
 *    only where the release or its configuration writes the address itself: no name leads there.
 * 3. The address is looked at when the connection is made, and the connection goes to an address that was looked at: a
 *    name that is given another address in between (DNS rebinding) gains nothing.
 *
 * Ranges: the IANA special-purpose address registries (RFC 6890), IPv4 inside IPv6 included (RFC 6052
 * §2.1, RFC 3056, RFC 2765 §2.1).
 *
 * @module
 */
import { lookup as systemLookup } from 'node:dns';
import type { LookupAddress } from 'node:dns';
import { BlockList, isIP } from 'node:net';
import type { LookupFunction } from 'node:net';

/** `named`: by the release or its configuration. `given`: by anything else. */
export type HostTrust = 'named' | 'given';

/** Code of a target that is refused: nothing was sent to it. */
export const TARGET_REFUSED = 'target.refused';

type Cidr = readonly [address: string, bits: number];

/** Where no name leads. */
const NEVER_BY_NAME = listOf(
  [
    ['0.0.0.0', 8],
    ['169.254.0.0', 16],
    ['192.0.0.192', 32],
    ['100.100.100.200', 32],
    ['168.63.129.16', 32],
    ['224.0.0.0', 4],
    ['240.0.0.0', 4],
  ],
  [
    ['::', 128],
    ['fe80::', 10],
    ['ff00::', 8],
    ['fd00:ec2::254', 128],
    ['fd20:ce::254', 128],
  ],
);

/** The machine itself, and networks that are not the internet. */
const NOT_PUBLIC = listOf(
  [
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
    ['192.88.99.0', 24],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
  ],
  [
    ['::', 96],
    ['64:ff9b:1::', 48],
    ['100::', 64],
    ['2001::', 23],
    ['2001:db8::', 32],
    ['3fff::', 20],
    ['5f00::', 16],
    ['fc00::', 7],
    ['fec0::', 10],
  ],
);

function listOf(four: readonly Cidr[], six: readonly Cidr[]): BlockList {
  const list = new BlockList();
  for (const [address, bits] of six) list.addSubnet(address, bits, 'ipv6');
  for (const [address, bits] of four) {
    // An IPv4-mapped IPv6 address is looked up as the IPv4 address it is.
    list.addSubnet(address, bits, 'ipv4');
    list.addSubnet(`64:ff9b::${address}`, 96 + bits, 'ipv6');
    list.addSubnet(`::ffff:0:${address}`, 96 + bits, 'ipv6');
    const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
    const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
    list.addSubnet(`2002:${hex}::`, 16 + bits, 'ipv6');
  }
  return list;
}

/** What kind of address it is, when nothing may connect to it on behalf of that host; null when it may. */
function addressFault(address: string, trust: HostTrust): string | null {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  // A zone, as in fe80::1%eth0, is no part of the address.
  const [bare = ''] = address.split('%');
  if (NEVER_BY_NAME.check(bare, family)) return 'a link-local or special';
  return trust === 'given' && NOT_PUBLIC.check(bare, family) ? 'a private' : null;
}

/** Refuses a target before anything was sent. */
export class TargetRefused extends Error {
  readonly code = TARGET_REFUSED;

  constructor(host: string, addresses: readonly string[], kind: string, trust: HostTrust) {
    const where = addresses.includes(host)
      ? `${host} is`
      : `${host} has the address ${addresses[0]},`;
    const fix =
      trust === 'given'
        ? 'only hosts that the release names may be there: in url, as config://, or in allowHosts'
        : 'no name may lead there; if it is meant, write the address itself';
    super(`${where} ${kind} address; ${fix}`);
  }
}

/**
 * Why a host that is an address may not be connected to; null when it may, or when it is a name: that is for
 * `guardedLookup`.
 *
 * @param host as a URL has it, without brackets: numbers in whatever notation are addresses by then
 */
export function literalFault(host: string, trust: HostTrust): TargetRefused | null {
  // Who writes the address means it.
  if (trust === 'named' || isIP(host) === 0) return null;
  const kind = addressFault(host, trust);
  return kind === null ? null : new TargetRefused(host, [host], kind, trust);
}

/** How a connection finds its addresses. One is passed over that may not be connected to; without any other, refused. */
export function guardedLookup(
  trust: HostTrust,
  resolve: typeof systemLookup = systemLookup,
): LookupFunction {
  return (host, options, callback) => {
    resolve(host, { ...options, all: true }, (error, found: readonly LookupAddress[]) => {
      if (error !== null) {
        callback(error, []);
        return;
      }
      const allowed = found.filter(({ address }) => addressFault(address, trust) === null);
      const [first] = allowed;
      if (first === undefined) {
        const addresses = found.map(({ address }) => address);
        const kind = addressFault(addresses[0] ?? '', trust) ?? 'no';
        callback(new TargetRefused(host, addresses, kind, trust), []);
      } else if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}
