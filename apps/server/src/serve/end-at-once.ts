import type { HoldfastError } from '@holdfast/core';
import type { Log } from '@holdfast/engine';

/** I1: after a commit of unknown fate nothing is acknowledged, not even by accident; nor because no log can be written. */
export function endAtOnce(log: Log, error: HoldfastError): void {
  try {
    log.error({ code: error.code }, `ending at once: ${error.message}`);
  } finally {
    process.exit(error.exitCode);
  }
}
