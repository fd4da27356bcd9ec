import type { CommandRun } from './context.ts';

interface CommandTraits {
  /** Asks no server: `--url`, `--key` and `--tenant` would say nothing to it. */
  readonly local?: boolean;
  /** Of a local command: `--url` and `--key` say something to it all the same, and it refuses what does not. */
  readonly joins?: boolean;
}

/** Makes the action of a command from how to load its work. */
export type Act = <Options extends object>(
  load: () => Promise<CommandRun<Options>>,
  traits?: CommandTraits,
) => (...received: unknown[]) => Promise<void>;
