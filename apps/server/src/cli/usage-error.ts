import { HoldfastError } from '@holdfast/core';

/** The command line itself is wrong: exit code 2. */
export class UsageError extends HoldfastError {
  override readonly name = 'UsageError';

  constructor(message: string, hint?: string) {
    super('request.invalid', message, hint === undefined ? {} : { hint });
  }
}
