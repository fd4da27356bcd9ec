/** Signals that end a command that would go on for ever. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** One Ctrl-C reaches us from the terminal and again from an npm around us: within this time they are one. */
const SAME_SIGNAL_MS = 250;
/** Of an end at once. By convention 128 and the number of SIGINT. */
export const EXIT_INTERRUPTED = 130;

/**
 * Runs work until it ends or a person (or a supervisor) stops it; then `signal` fires and the work ends in order.
 * A second signal ends the process at once.
 */
export async function untilInterrupted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const release = onInterrupt(
    () => stop.abort(),
    () => process.exit(EXIT_INTERRUPTED),
  );
  try {
    return await work(stop.signal);
  } finally {
    release();
  }
}

/**
 * Calls `first` at the first signal, with its name, and `second` at the next one that is not its echo.
 *
 * @param options `clock`: milliseconds that only go forward; `signals`: default SIGINT, SIGTERM and SIGHUP
 * @returns undoes it
 */
export function onInterrupt(
  first: (signal: string) => void,
  second: () => void,
  {
    clock = () => performance.now(),
    signals = SIGNALS,
  }: { readonly clock?: () => number; readonly signals?: readonly NodeJS.Signals[] } = {},
): () => void {
  let since: number | null = null;
  const onSignal = (signal: string): void => {
    const now = clock();
    if (since === null) {
      since = now;
      first(signal);
    } else if (now - since > SAME_SIGNAL_MS) {
      second();
    }
  };
  for (const signal of signals) process.on(signal, onSignal);
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
}
