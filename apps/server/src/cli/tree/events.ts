import { Option } from 'commander';
import type { Command } from 'commander';
import { durationText, wholeNumber } from '../option-kinds.ts';
import type { Act } from '../act.ts';
import { STREAMS } from '../wire-words.ts';
import { addPageOptions } from './page-options.ts';

function addFilterOptions(command: Command): Command {
  return command
    .option('--type <type>', 'only events of this type')
    .option('--correlation <id>', 'only events of this correlation id')
    .addOption(new Option('--stream <name>', 'only this stream').choices(STREAMS))
    .option('--after <seq>', 'only events after this position', wholeNumber(0));
}

export function addEventCommands(program: Command, act: Act): void {
  const events = program
    .command('events')
    .helpGroup('Look and act:')
    .description('facts from outside, and what became of them');
  events
    .command('publish')
    .description('publish an event')
    .argument('<type>', 'event type, for example order.placed')
    .argument('[data]', 'JSON; "-" reads it from standard input, "@FILE" from a file')
    .option(
      '--id <id>',
      'id of the event; sent again with the same id and source it counts once (default: a random one)',
    )
    .option('--source <source>', 'source of the event (default: of the key)')
    .option('--subject <subject>', 'subject of the event')
    .option('--correlation <id>', 'correlation id')
    .option('--wait <duration>', 'wait so long for the saga it starts to end', durationText)
    .option('--saga <name>', 'with --wait: which saga, where two could match')
    .action(act(async () => (await import('../../commands/events-publish.ts')).publishEvent));
  addPageOptions(addFilterOptions(events.command('list').description('events, newest first')))
    .option('--from <time>', 'received at this time or later: RFC 3339, or so long ago (15m)')
    .option('--to <time>', 'received before this time: RFC 3339, or so long ago')
    .addOption(new Option('--order <order>', 'by position').choices(['asc', 'desc']))
    .action(act(async () => (await import('../../commands/events.ts')).listEvents));
  events
    .command('show')
    .description('one event, and what each saga made of it')
    .argument('<seq>', 'position in the journal')
    .action(act(async () => (await import('../../commands/events.ts')).showEvent));
  addFilterOptions(
    events.command('tail').description('events as they are committed, until stopped'),
  )
    .addHelpText('after', '\nWith --json it prints one document a line.')
    .action(act(async () => (await import('../../commands/events-tail.ts')).tailEvents));
  events
    .command('types')
    .description('event types that the active releases know, and which sagas take them')
    .action(act(async () => (await import('../../commands/read-outs.ts')).listEventTypes));
}
