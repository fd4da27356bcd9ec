import { Option } from 'commander';
import type { Command } from 'commander';

/** What shows again whenever something changed. `conflicts`: options with which that says nothing. */
export function addWatchOption(command: Command, ...conflicts: readonly string[]): Command {
  const option = new Option(
    '--watch',
    'show it again at every change, until stopped; with --json one document a line',
  );
  return command.addOption(option.conflicts([...conflicts]));
}
