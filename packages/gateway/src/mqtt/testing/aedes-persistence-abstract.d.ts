declare module 'aedes-persistence/abstract.js' {
  /** As much of node:test's context as those tests use. */
  interface Context {
    plan(count: number): void;
    diagnostic(message: string): void;
    readonly assert: Readonly<
      Record<'equal' | 'notEqual' | 'deepEqual' | 'ok', (...args: unknown[]) => void>
    >;
  }

  interface AbstractOptions {
    readonly test: (name: string, run: (context: Context) => Promise<void>) => void;
    readonly persistence: () => Promise<object>;
    readonly testAsync: true;
  }

  export default function abstractPersistence(options: AbstractOptions): void;
}
