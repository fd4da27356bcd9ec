import { HoldfastError } from '@holdfast/core';
import type { SecretStore } from './secret-store.ts';

/** The value of a secret that the configuration names. @throws HoldfastError `config.invalid` when there is none */
export function secretOf(name: string, secrets: Pick<SecretStore, 'get'>): string {
  const value = secrets.get(name);
  if (value !== undefined) return value;
  throw new HoldfastError(
    'config.invalid',
    `there is no secret ${name}; set it by: holdfast secrets set ${name}`,
  );
}
