import { Option } from 'commander';
import type { Command } from 'commander';
import { durationText, eachOf, wholeNumber } from '../option-kinds.ts';
import type { Act } from '../act.ts';
import { MAX_DECISIONS, SAGA_STATUSES, WAIT_STATES } from '../wire-words.ts';
import { addPageOptions } from './page-options.ts';
import { addWatchOption } from './watch-option.ts';

const GROUP = 'Look and act:';
/** Decisions of a story, where nothing else is asked for: more than nearly all have, and what a terminal holds. */
const STORY_DECISIONS = 200;

export function addSagaCommands(program: Command, act: Act): void {
  const sagas = program
    .command('sagas')
    .helpCommand(false)
    .helpGroup(GROUP)
    .description('instances of sagas');
  addWatchOption(addPageOptions(sagas.command('list').description('instances, last changed first')))
    .option('--saga <name>', 'only of this saga')
    .addOption(new Option('--status <status>', 'only in this status').choices(SAGA_STATUSES))
    .option('--key-prefix <prefix>', 'only those whose key begins so')
    .option(
      '--search <field=value>',
      'only those with this value in a search field; "VALUE*": any that begins so. May be given again: all must hold',
      eachOf,
    )
    .action(act(async () => (await import('../../commands/sagas.ts')).listSagas));
  addWatchOption(
    sagas
      .command('show')
      .description(
        'one instance: what it is, its whole story, where it stands, why, and what comes next',
      ),
    'at',
    'wait',
  )
    .argument('<saga>', 'saga name')
    .argument('<key>', 'its key')
    .option('--run <n>', 'an earlier run', wholeNumber(1))
    .option('--wait <duration>', 'wait so long for it to end first', durationText)
    .option('--at <version>', 'the state and decision of this version instead', wholeNumber(1))
    .option('--state', 'also the present state')
    .addOption(
      new Option('--limit <n>', 'most decisions of a long story, the newest of them')
        .argParser(wholeNumber(1, MAX_DECISIONS))
        .default(STORY_DECISIONS),
    )
    .option('--before <version>', 'only the story before this decision', wholeNumber(1))
    .action(act(async () => (await import('../../commands/sagas.ts')).showSaga));
  sagas
    .command('fields')
    .description('fields by which `sagas list --search` finds instances')
    .action(act(async () => (await import('../../commands/sagas.ts')).listSagaFields));
  sagas
    .command('cancel')
    .description('ask an instance to stop; what it has done is undone')
    .argument('<saga>', 'saga name')
    .argument('<key>', 'its key')
    .option('--reason <text>', 'why, for the record')
    .action(act(async () => (await import('../../commands/sagas.ts')).cancelSaga));
  sagas
    .command('redrive')
    .description(
      'let a blocked instance go on from where it stands, with the same idempotency keys',
    )
    .argument('<saga>', 'saga name')
    .argument('<key>', 'its key')
    .option('--reason <text>', 'why, for the record')
    .action(act(async () => (await import('../../commands/sagas.ts')).redriveSaga));
  sagas
    .command('restart')
    .description(
      'open a new run of an ended instance, with new keys; says first what it may repeat',
    )
    .argument('<saga>', 'saga name')
    .argument('<key>', 'its key')
    .option('--dry-run', 'only say which outside effects it may repeat')
    .option('--yes', 'it may repeat them')
    .option('--reason <text>', 'why, for the record')
    .action(act(async () => (await import('../../commands/sagas-restart.ts')).restartSaga));
  addWaitCommands(program, act);
}

function addWaitCommands(program: Command, act: Act): void {
  const waits = program
    .command('waits')
    .helpGroup(GROUP)
    .description('what sagas wait for from outside');
  addWatchOption(addPageOptions(waits.command('list').description('waits, newest first')))
    .option('--saga <name>', 'only of this saga')
    .addOption(new Option('--state <state>', 'only in this state').choices(WAIT_STATES))
    .action(act(async () => (await import('../../commands/waits.ts')).listWaits));
  waits
    .command('show')
    .description('what is asked of whoever has the token')
    .argument('<token>', 'the token that a message carried')
    .action(act(async () => (await import('../../commands/waits.ts')).showWait));
  const usage = '[saga] [key] [name] [payload]';
  waits
    .command('complete')
    .usage(`${usage} | --token <token> [payload]`)
    .description('complete a wait, by whose it is or by its token')
    .argument(
      '[operands...]',
      'saga, key and name of the wait, then its payload as JSON ("-" reads it from standard input, "@FILE" from a file)',
    )
    .option('--token <token>', 'the token that a message carried; then only the payload follows')
    .option(
      '--reason <text>',
      'why, for the record; not with --token, which is all that goes on it',
    )
    .addHelpText(
      'after',
      '\nExample:\n  holdfast waits complete order A-1 kitchen.ready \'{"shelf":"7"}\'',
    )
    .action(act(async () => (await import('../../commands/waits.ts')).completeWait));
  waits
    .command('fail')
    .usage('[saga] [key] [name] | --token <token>')
    .description('fail a wait: the saga is told so')
    .argument('[operands...]', 'saga, key and name of the wait')
    .option('--token <token>', 'the token that a message carried')
    .option('--message <text>', 'what the saga is told')
    .action(act(async () => (await import('../../commands/waits.ts')).failWait));
}
