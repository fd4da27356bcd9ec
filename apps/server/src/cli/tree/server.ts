import { Option } from 'commander';
import type { Command } from 'commander';
import type { Act } from '../act.ts';
import { durationText, wholeNumber } from '../option-kinds.ts';
import { MAX_HISTORY } from '../wire-words.ts';
import { addWatchOption } from './watch-option.ts';

const GROUP = 'Server:';

export function addServerCommands(program: Command, act: Act): void {
  program
    .command('serve')
    .helpGroup(GROUP)
    .description('run the server until it is stopped')
    .option('--http-port <port>', 'port of the HTTP API; 0 picks a free one')
    .option('--mqtt-port <port>', 'port of the MQTT broker; 0 picks a free one')
    .option('--host <address>', 'address both listen on')
    .option('--mode <mode>', 'what this process runs: combined, saga or effect')
    .option(
      '--config <file>',
      'configuration file (HOLDFAST_CONFIG_FILE; default: holdfast.yaml in the data directory)',
    )
    .addOption(
      new Option(
        '--with-restaurant',
        'also run the reference app and its outside services',
      ).hideHelp(),
    )
    .addHelpText(
      'after',
      '\nWith --json it prints one line when ready: {"event":"ready","http":…,"mqtt":…,"pid":…}' +
        '\n\nWith --mode effect it is a worker: --url names the server it makes calls for (HOLDFAST_WORKER_URL),' +
        '\nand its key has the scope "work" (HOLDFAST_WORKER_KEY, or HOLDFAST_WORKER_KEY_FILE).',
    )
    .action(
      act(async () => (await import('../../commands/serve.ts')).serve, {
        local: true,
        joins: true,
      }),
    );

  addWatchOption(
    program
      .command('status')
      .helpGroup(GROUP)
      .description(
        'is anything lost, is it well, and what to do; 69 when the server takes no work',
      ),
  )
    .option(
      '--history <minutes>',
      'also how its numbers went, up to 720 minutes back; since the server started',
      wholeNumber(1, MAX_HISTORY),
    )
    .action(act(async () => (await import('../../commands/status.ts')).status));

  program
    .command('open')
    .helpGroup(GROUP)
    .description('open the console in the browser, signed in by a link that works once')
    .option('--print', 'only print the link')
    .action(act(async () => (await import('../../commands/open.ts')).openConsole));

  program
    .command('drain')
    .helpGroup(GROUP)
    .description(
      'take no new work and finish what is in flight; reads go on until the server is stopped',
    )
    .option('--timeout <duration>', 'longest to wait (default: drain.timeout)', durationText)
    .option('--reason <text>', 'why, for the audit')
    .action(act(async () => (await import('../../commands/operate.ts')).drain));
  program
    .command('reload')
    .helpGroup(GROUP)
    .description('read the configuration again; says what needs a restart')
    .option('--reason <text>', 'why, for the audit')
    .action(act(async () => (await import('../../commands/operate.ts')).reload));

  const config = program
    .command('config')
    .helpGroup(GROUP)
    .description('the configuration, as the server would read it');
  config
    .command('validate')
    .description('check it, and name every fault with its place')
    .option('--config <file>', 'configuration file')
    .action(
      act(async () => (await import('../../commands/config.ts')).validateConfig, { local: true }),
    );
  config
    .command('show')
    .description('every setting with its value')
    .option('--config <file>', 'configuration file')
    .option('--origin', 'also where each value is from')
    .action(
      act(async () => (await import('../../commands/config.ts')).showConfig, { local: true }),
    );
}
