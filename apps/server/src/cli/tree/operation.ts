import { Option } from 'commander';
import type { Command } from 'commander';
import { collected, durationText } from '../option-kinds.ts';
import type { Act } from '../act.ts';
import { EFFECT_STATES, KEY_SCOPES, SCHEDULE_KINDS } from '../wire-words.ts';
import { addPageOptions } from './page-options.ts';

const LOOK = 'Look and act:';
const ACCESS = 'Access:';

export function addOperationCommands(program: Command, act: Act): void {
  const effects = program
    .command('effects')
    .helpGroup(LOOK)
    .description('outside calls, made and to be made');
  addPageOptions(effects.command('list').description('effects, newest first'))
    .addOption(new Option('--state <state>', 'only in this state').choices(EFFECT_STATES))
    .option('--effect <name>', 'only of this effect')
    .action(act(async () => (await import('../../commands/effects.ts')).listEffects));
  effects
    .command('show')
    .description('one effect with every attempt')
    .argument('<commandId>', 'its command id')
    .action(act(async () => (await import('../../commands/effects.ts')).showEffect));

  const schedules = program
    .command('schedules')
    .helpCommand(false)
    .helpGroup(LOOK)
    .description('timers that are set, and cron triggers');
  addPageOptions(
    schedules.command('list').description('timers and cron triggers, the next due first'),
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
  addPageOptions(quarantine.command('list').description('entries, newest first')).action(
    act(async () => (await import('../../commands/quarantine.ts')).listQuarantine),
  );
  quarantine
    .command('show')
    .description('one entry with its context and the head of its payload')
    .argument('<id>', 'number of the entry')
    .action(act(async () => (await import('../../commands/quarantine.ts')).showQuarantine));
  addAccessCommands(program, act);
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
    .action(act(async () => (await import('../../commands/keys.ts')).createKey));
  keys
    .command('list')
    .description('keys, never their secrets')
    .action(act(async () => (await import('../../commands/keys.ts')).listKeys));
  keys
    .command('revoke')
    .description('refuse a key from now on, open connections included')
    .argument('<id>', 'id of the key')
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
