import { Argument } from 'commander';
import type { Command } from 'commander';
import type { Act } from '../act.ts';
import { SHELLS } from '../completion/scripts.ts';

export function addShellCommands(program: Command, act: Act): void {
  program
    .command('completion')
    .helpGroup('This command:')
    .description('print the script that teaches a shell to complete holdfast')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .addHelpText(
      'after',
      `
bash:        holdfast completion bash > ~/.local/share/bash-completion/completions/holdfast
zsh:         holdfast completion zsh > "\${fpath[1]}/_holdfast"
fish:        holdfast completion fish > ~/.config/fish/completions/holdfast.fish
PowerShell:  holdfast completion powershell >> $PROFILE

Names of sagas, keys, waits and the like are asked of the running server.`,
    )
    .action(
      act(async () => (await import('../../commands/completion.ts')).completion, { local: true }),
    );
}
