/**
 * The certificate that the server of a data directory made itself is trusted by commands for that data directory, and
 * for nothing else: whoever can read it there may read the admin key too.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { isMissing } from './server-file.ts';
import type { Target } from './target.ts';

const trusted = new Set<string>();

export function trustOwnCertificate({ own, url, dataDir }: Target): void {
  if (!own || !url.startsWith('https:')) return;
  let cert: string;
  try {
    cert = readFileSync(join(dataDir, 'tls', 'certificate.pem'), 'utf8');
  } catch (error) {
    // It speaks by a certificate of the user's own, which others vouch for.
    if (isMissing(error)) return;
    throw error;
  }
  if (trusted.has(cert)) return;
  trusted.add(cert);
  setDefaultCACertificates([...getCACertificates('default'), cert]);
}
