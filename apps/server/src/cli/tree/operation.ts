import { Option } from 'commander';
import type { Command } from 'commander';
import { collected, durationText, wholeNumber } from '../option-kinds.ts';
import type { Act } from '../act.ts';
import { EFFECT_STATES, KEY_SCOPES, QUARANTINE_STATES, SCHEDULE_KINDS } from '../wire-words.ts';
import { addPageOptions } from './page-options.ts';
import { addWatchOption } from './watch-option.ts';

const LOOK = 'Look and act:';
const ACCESS = 'Access:';

export function addOperationCommands(program: Command, act: Act): void {
  const effects = program
    .command('effects')
    .helpGroup(LOOK)
    .description('outside calls, made and to be made');
  addWatchOption(addPageOptions(effects.command('list').description('effects, newest first')))
    .addOption(new Option('--state <state>', 'only in this state').choices(EFFECT_STATES))
    .option('--effect <name>', 'only of this effect')
    .action(act(async () => (await import('../../commands/effects.ts')).listEffects));
  addWatchOption(effects.command('show').description('one effect with every attempt'))
    .argument('<commandId>', 'its command id')
    .action(act(async () => (await import('../../commands/effects.ts')).showEffect));

  effects
    .command('resolve')
    .description('settle a held effect with what you found out, or have it called again')
    .argument('<commandId>', 'its command id, or the first digits of it')
    .option('--succeeded', 'it happened')
    .option(
      '--output <json>',
      'what it answered ("-" reads it from standard input, "@FILE" from a file)',
    )
    .option('--failed', 'it did not happen, and its saga is told so')
    .option('--retry', 'call it again, with the same idempotency key')
    .option('--reason <text>', 'why, for the record; with --failed its saga is told')
    .action(act(async () => (await import('../../commands/effects-resolve.ts')).resolveEffect));

  const schedules = program
    .command('schedules')
    .helpCommand(false)
    .helpGroup(LOOK)
    .description('timers that are set, and cron triggers');
  addWatchOption(
    addPageOptions(
      schedules.command('list').description('timers and cron triggers, the next due first'),
    ),
  )
    .addOption(new Option('--kind <kind>', 'only of this kind').choices(SCHEDULE_KINDS))
    .action(act(async () => (await import('../../commands/schedules.ts')).listSchedules));
  schedules
    .command('confirm')
    .description('say that the clock is right after it has leapt forward; what is due by it fires')
    .option('--reason <text>', 'why, for the record')
    .action(act(async () => (await import('../../commands/schedules.ts')).confirmClock));

  const quarantine = program
    .command('quarantine')
    .helpGroup(LOOK)
    .description('what could not be processed, and why');
  addWatchOption(
    addPageOptions(quarantine.command('list').description('entries that are open, newest first')),
  )
    .addOption(
      new Option('--state <state>', 'those in this state instead').choices(QUARANTINE_STATES),
    )
    .action(act(async () => (await import('../../commands/quarantine.ts')).listQuarantine));
  quarantine
    .command('show')
    .description('one entry with its context and the head of its payload')
    .argument('<id>', 'number of the entry')
    .action(act(async () => (await import('../../commands/quarantine.ts')).showQuarantine));
  quarantine
    .command('redrive')
    .description(
      'take an entry up again: an event from the journal, a message if all of it was kept',
    )
    .argument('<id>', 'number of the entry')
    .requiredOption('--reason <text>', 'why, for the record')
    .action(act(async () => (await import('../../commands/quarantine.ts')).redriveQuarantine));
  quarantine
    .command('discard')
    .description('say that nothing more is to be done about an entry; it stays on record')
    .argument('<id>', 'number of the entry')
    .requiredOption('--reason <text>', 'why, for the record')
    .action(act(async () => (await import('../../commands/quarantine.ts')).discardQuarantine));
  addReprocessCommand(program, act);

  addAuditCommands(program, act);
  addAccessCommands(program, act);
}

function addAuditCommands(program: Command, act: Act): void {
  const audit = program
    .command('audit')
    .helpCommand(false)
    .helpGroup(LOOK)
    .description('what operators have done');
  addPageOptions(audit.command('list').description('acts, newest first: who, what, why'))
    .option('--by <key>', 'only acts of this key id, of "local" or of "engine"')
    .option('--act <act>', 'only this act; a final "*" stands for any ending')
    .option('--target <target>', 'only acts on this; a final "*" stands for any ending')
    .option('--since <time>', 'at this time or later: RFC 3339, or so long ago (15m)')
    .option('--until <time>', 'before this time')
    .action(act(async () => (await import('../../commands/audit.ts')).listAudit));
  audit
    .command('verify')
    .description('prove that no act on record was changed, removed or put in; 65 when one was')
    .option('--journal', 'also the whole journal: every event, decision and try; reads all of it')
    .option('--offline', 'read the data directory itself: the server need not run')
    .addHelpText(
      'after',
      '\nExample:\n  holdfast audit verify\n  holdfast audit verify --journal\n  holdfast audit verify --offline --data-dir /var/lib/holdfast --json',
    )
    .action(act(async () => (await import('../../commands/audit.ts')).verifyAudit));
}

function addReprocessCommand(program: Command, act: Act): void {
  const position = wholeNumber(1);
  program
    .command('reprocess')
    .helpGroup(LOOK)
    .description('run chosen events again for one saga, effects included')
    .argument('[saga]', 'saga name')
    .option('--list', 'those that there were instead, newest first, and where they stand')
    .option('--type <type>', 'only events of this type')
    .option('--seq <positions>', 'only these; repeat or separate by commas', collected)
    .option('--from-seq <n>', 'from this position', position)
    .option('--to-seq <n>', 'up to this position', position)
    .option('--from <time>', 'received at or after this time')
    .option('--to <time>', 'received at or before this time')
    .option('--all', 'yes, everything the saga was ever given')
    .option('--dry-run', 'only count, and say what could be repeated')
    .option('--confirm-count <n>', 'the count that was said', wholeNumber(0))
    .option('--detach', 'do not wait until they have all been run again')
    .option('--reason <text>', 'why, for the record')
    .addHelpText(
      'after',
      '\nExample:\n  holdfast reprocess order --from 2026-11-20T00:00:00Z --dry-run\n  holdfast reprocess order --from 2026-11-20T00:00:00Z --confirm-count 42 --reason "the bank lost them"',
    )
    .action(act(async () => (await import('../../commands/reprocess.ts')).reprocess));
}

function addAccessCommands(program: Command, act: Act): void {
  const keys = program
    .command('keys')
    .helpGroup(ACCESS)
    .description('who may do what; a key is also an MQTT password');
  keys
    .command('create')
    .description('make a key; it is shown this once')
    .argument('<name>', 'what it is for; also the source of events that name none')
    .option(
      '--scope <scope>',
      `what it may: ${KEY_SCOPES.join(', ')}; repeat or separate by commas`,
      collected,
    )
    .option('--topic <filter>', 'limit it to MQTT topics; may be repeated', collected)
    .option(
      '--type <type>',
      'limit it to event types, exact or ending in ".*"; may be repeated',
      collected,
    )
    .option('--expires-in <duration>', 'how long it is good for', durationText)
    .option('--reason <text>', 'why, for the record')
    .action(act(async () => (await import('../../commands/keys.ts')).createKey));
  keys
    .command('list')
    .description('keys, never their secrets')
    .action(act(async () => (await import('../../commands/keys.ts')).listKeys));
  keys
    .command('revoke')
    .description('refuse a key from now on, open connections included')
    .argument('<id>', 'id of the key')
    .option('--reason <text>', 'why, for the record')
    .action(act(async () => (await import('../../commands/keys.ts')).revokeKey));

  const secrets = program
    .command('secrets')
    .helpGroup(ACCESS)
    .description('values for secret://NAME, encrypted at rest');
  secrets
    .command('set')
    .description('store a secret; its value is asked for, or read from standard input')
    .argument('<name>', 'letters, digits and "_"')
    .action(act(async () => (await import('../../commands/secrets.ts')).setSecret));
  secrets
    .command('list')
    .description('names of secrets, never values')
    .action(act(async () => (await import('../../commands/secrets.ts')).listSecrets));
  secrets
    .command('remove')
    .description('forget a secret')
    .argument('<name>', 'its name')
    .action(act(async () => (await import('../../commands/secrets.ts')).removeSecret));
}
