import type { CommandRun } from './context.ts';

interface CommandTraits {
  /** Asks no server: `--url`, `--key` and `--tenant` would say nothing to it. */
  readonly local?: boolean;
}

/** Makes the action of a command from how to load its work. */
export type Act = <Options extends object>(
  load: () => Promise<CommandRun<Options>>,
  traits?: CommandTraits,
) => (...received: unknown[]) => Promise<void>;
