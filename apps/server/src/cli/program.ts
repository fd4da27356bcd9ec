/**
 * The tree of commands: names, operands, options, help. What a command does lives in `commands/` and is loaded when it
 * runs, so that `holdfast status` pays for neither the server nor esbuild.
 *
 * @module
 */
import { Command, Option } from 'commander';
import type { Act } from './act.ts';
import { addAssistantCommands } from './tree/assistant.ts';
import { addAttentionCommands } from './tree/attention.ts';
import { addAuthoringCommands } from './tree/authoring.ts';
import { addEventCommands } from './tree/events.ts';
import { addLookCommands } from './tree/look.ts';
import { addOperationCommands } from './tree/operation.ts';
import { addSagaCommands } from './tree/sagas.ts';
import { addServerCommands } from './tree/server.ts';
import { addShellCommands } from './tree/shell.ts';
import { VERSION } from './version.ts';

const EXAMPLES = `
Examples:
  holdfast serve                                   start a server on the default data directory
  holdfast init my-app && cd my-app                make a project; npm install, npm test, npm run dev
  holdfast events publish job.asked '{"id":"A-1"}' --wait 30s
  holdfast sagas show order A-1                    the whole story of one instance
  holdfast attention list                          what needs a person, and what can be done

Exit codes:
  0 done   1 failed   2 usage   65 data corrupt or newer   69 unavailable   73 no space   74 I/O
  75 locked or busy, retry   77 not allowed   78 configuration
`;

function addGlobalOptions(program: Command): void {
  const group = 'Global Options:';
  const options = [
    new Option('--json', 'print one JSON document instead of text; errors as one on stderr'),
    new Option(
      '--data-dir <dir>',
      "data directory (HOLDFAST_DATA_DIR; default: the platform's own)",
    ),
    new Option('--tenant <tenant>', 'tenant to act for; needs an admin key (HOLDFAST_TENANT)'),
    new Option(
      '--url <url>',
      'server to talk to (HOLDFAST_URL; default: the one of the data directory)',
    ),
    new Option(
      '--key <key>',
      'key to use (HOLDFAST_KEY, HOLDFAST_KEY_FILE; default: admin-token in the data directory)',
    ),
  ];
  for (const option of options) program.addOption(option.helpGroup(group));
}

export function buildProgram(act: Act): Command {
  const program = new Command('holdfast')
    .description('Durable sagas on a machine you own.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command; all of it as a man page with --man')
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .addHelpText('after', EXAMPLES);
  addGlobalOptions(program);
  addServerCommands(program, act);
  addAuthoringCommands(program, act);
  addAttentionCommands(program, act);
  addEventCommands(program, act);
  addSagaCommands(program, act);
  addOperationCommands(program, act);
  addLookCommands(program, act);
  addAssistantCommands(program, act);
  addShellCommands(program, act);
  return program;
}
