import type { Command } from 'commander';
import type { Act } from '../act.ts';

export function addAssistantCommands(program: Command, act: Act): void {
  program
    .command('mcp')
    .helpGroup('Look and act:')
    .description(
      'serve an assistant over standard input and output, by the Model Context Protocol; it can look, not act',
    )
    .option('--allow-acts', 'it may also act (redrive, cancel, resolve …), as far as the key may')
    .addHelpText(
      'after',
      '\nExample, for an assistant that is configured in JSON:\n' +
        '  {"mcpServers":{"holdfast":{"command":"holdfast","args":["mcp","--data-dir","/var/lib/holdfast"]}}}\n\n' +
        'Give it a key of its own: holdfast keys create assistant --scope view',
    )
    .action(act(async () => (await import('../../commands/mcp.ts')).mcp));
}
