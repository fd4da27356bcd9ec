import { hash } from 'node:crypto';
import { DECISION_END, PRELUDE, SCRIPT_HEAD, SCRIPT_TAIL, STATE_END } from './prelude.ts';

/** To be raised when anything else about the sandbox changes what a program decides or how much gas it uses. */
const SANDBOX_VERSION = 1;

/**
 * Identity of the sandbox as a decision depends on it (I6): the machine, what is prepared in it before a program, and
 * its limits. 64 hex digits.
 */
export function sandboxDigest(wasm: Uint8Array, memoryLimit: number, stackLimit: number): string {
  const parts = [SANDBOX_VERSION, hash('sha256', wasm, 'hex'), memoryLimit, stackLimit];
  const texts = [PRELUDE, SCRIPT_HEAD, SCRIPT_TAIL, DECISION_END, STATE_END];
  return hash('sha256', JSON.stringify([...parts, ...texts]), 'hex');
}
