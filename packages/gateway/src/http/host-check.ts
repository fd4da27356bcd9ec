import { isIP } from 'node:net';
import type { HttpConfig } from './http-port.ts';

const LOOPBACK_NAME = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
const HOST_AND_PORT = /^(\[[0-9a-f:.]+\]|[^:[\]/@\s]+)(?::\d{1,5})?$/;
/** In `allowedHosts`: any name. */
const ANY = '*';

/**
 * Whether a `Host` header may be answered. A page on the web can make its own name resolve to our address and so reach
 * us through its visitor's browser (DNS rebinding); its requests then carry that name.
 *
 * On loopback these are the loopback names, off loopback any address too: a page that was loaded from an address has no
 * name that could be made to resolve otherwise. Further names must be known: the machine's own, its certificate's, and
 * those that the configuration allows.
 */
export function hostCheck(config: HttpConfig): (host: string | undefined) => boolean {
  const named = new Set(config.allowedHosts.map((name) => name.toLowerCase()));
  if (named.has(ANY)) return (host) => host !== undefined;
  return (host) => {
    const name = HOST_AND_PORT.exec(host?.toLowerCase() ?? '')?.[1]?.replace(/\.$/, '');
    if (name === undefined) return false;
    if (named.has(name) || LOOPBACK_NAME.test(name)) return true;
    return !config.loopback && isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0;
  };
}
