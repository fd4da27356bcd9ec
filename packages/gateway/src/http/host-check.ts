import type { HttpConfig } from './http-port.ts';

const LOOPBACK_NAME = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
const HOST_AND_PORT = /^(\[[0-9a-f:.]+\]|[^:[\]/@\s]+)(?::\d{1,5})?$/;

/**
 * Whether a `Host` header may be answered. A page on the web can make its own name resolve to 127.0.0.1 and so reach a
 * listener on loopback (DNS rebinding); its requests then carry that name.
 */
export function hostCheck(config: HttpConfig): (host: string | undefined) => boolean {
  const named = new Set(config.allowedHosts.map((name) => name.toLowerCase()));
  if (!config.loopback && named.size === 0) return (host) => host !== undefined;
  return (host) => {
    const name = HOST_AND_PORT.exec(host?.toLowerCase() ?? '')?.[1]?.replace(/\.$/, '');
    if (name === undefined) return false;
    return named.has(name) || (config.loopback && LOOPBACK_NAME.test(name));
  };
}
