import { flowFields } from '@holdfast/core';

/** Structured log lines; `pino` and its like fit. The engine writes none of its own elsewhere. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  /** Whether lines of a level are written at all, so that none is made up for nobody. Absent: none of `debug` are. */
  isLevelEnabled?(level: string): boolean;
}

/** Fields of a line about an instance or what belongs to it (R13.1). */
export function instanceFields(of: {
  readonly tenant: string;
  readonly saga: string;
  readonly key: string;
  readonly run: number;
  readonly correlationId: string | null;
  readonly traceparent: string | null;
}): object {
  const { saga, key, run } = of;
  return { ...flowFields(of), saga, key, run };
}

export const SILENT: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
