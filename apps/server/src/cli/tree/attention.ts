import type { Command } from 'commander';
import type { Act } from '../act.ts';
import { eachOf, wholeNumber } from '../option-kinds.ts';
import { addPageOptions } from './page-options.ts';
import { addWatchOption } from './watch-option.ts';

const GROUP = 'Look and act:';

/** What needs a person, and who is told of it. */
export function addAttentionCommands(program: Command, act: Act): void {
  const attention = program
    .command('attention')
    .helpCommand(false)
    .helpGroup(GROUP)
    .description('what needs a person, in groups, and acts on one, some or all of a group');
  addWatchOption(
    attention
      .command('list')
      .description('groups by reason, saga or effect, and release; the largest first'),
  ).action(act(async () => (await import('../../commands/attention.ts')).listAttention));
  addWatchOption(
    addPageOptions(
      attention
        .command('show')
        .description('what is in a group, newest first, and what a redrive of each would do'),
    ),
  )
    .argument('<group>', 'its name, or the first digits of it')
    .action(act(async () => (await import('../../commands/attention.ts')).showAttention));
  addActOptions(
    attention
      .command('redrive')
      .description('let each go on from where it stands, or take each entry up again'),
  ).action(act(async () => (await import('../../commands/attention-act.ts')).redriveGroup));
  addActOptions(
    attention
      .command('resolve')
      .description('settle the effect in doubt of each with what you found out'),
  )
    .option('--succeeded', 'each happened')
    .option(
      '--output <json>',
      'what each answered ("-" reads it from standard input, "@FILE" from a file)',
    )
    .option('--failed', 'none of them happened, and their sagas are told so')
    .option('--retry', 'call each again, with the same idempotency key')
    .action(act(async () => (await import('../../commands/attention-act.ts')).resolveGroup));
  addActOptions(
    attention.command('cancel').description('ask each to stop; what it has done is undone'),
  ).action(act(async () => (await import('../../commands/attention-act.ts')).cancelGroup));
  addActOptions(
    attention
      .command('discard')
      .description('say that nothing more is to be done about them; they stay on record'),
  ).action(act(async () => (await import('../../commands/attention-act.ts')).discardGroup));

  const alerts = program
    .command('alerts')
    .helpCommand(false)
    .helpGroup(GROUP)
    .description('who is told what needs a person');
  addWatchOption(
    alerts.command('list').description('alerts that are open, their targets, and what was sent'),
  ).action(act(async () => (await import('../../commands/alerts.ts')).listAlerts));
  alerts
    .command('test')
    .description('send a test message; 1 when a target does not take it')
    .argument('[target]', 'only to this one')
    .option('--reason <text>', 'why, for the record')
    .action(act(async () => (await import('../../commands/alerts.ts')).testAlerts));
}

/** What every act on a group takes. */
function addActOptions(command: Command): Command {
  return command
    .argument('<group>', 'its name, or the first digits of it')
    .option(
      '--only <name>',
      'only this one of it: the key of an instance, or the number of an entry; may be given again',
      eachOf,
    )
    .option('--dry-run', 'only say how many it is about, and what would happen to each')
    .option('--confirm-count <n>', 'how many it is about, as it was said', wholeNumber(1))
    .option('--reason <text>', 'why, for the record of each')
    .addHelpText('after', exampleOf(command.name()));
}

function exampleOf(act: string): string {
  const line = `holdfast attention ${act} 3fa90c1e${act === 'resolve' ? ' --retry' : ''}`;
  return `\nExample:\n  ${line} --dry-run\n  ${line} --confirm-count 12 --reason "the bank is back"`;
}
