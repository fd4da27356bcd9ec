import { Option } from 'commander';
import type { Command } from 'commander';
import type { Act } from '../act.ts';
import { collected } from '../option-kinds.ts';
import { OUTBOX_STATES } from '../wire-words.ts';
import { addPageOptions } from './page-options.ts';
import { addWatchOption } from './watch-option.ts';

const LOOK = 'Look and act:';
const ACCESS = 'Access:';

/** What the server shows of its calls, its broker, its workers and itself. */
export function addLookCommands(program: Command, act: Act): void {
  const upstreams = program
    .command('upstreams')
    .helpCommand(false)
    .helpGroup(LOOK)
    .description('outside services that effects call');
  addWatchOption(
    upstreams
      .command('list')
      .description('breaker, calls, failures and latency of each, since the server started'),
  ).action(act(async () => (await import('../../commands/read-outs.ts')).listUpstreams));

  const outbox = program
    .command('outbox')
    .helpCommand(false)
    .helpGroup(LOOK)
    .description('work that is not settled yet');
  addWatchOption(
    addPageOptions(outbox.command('list').description('work items, the longest due first')),
  )
    .addOption(new Option('--state <state>', 'only in this state').choices(OUTBOX_STATES))
    .option('--effect <name>', 'only of this effect')
    .action(act(async () => (await import('../../commands/read-outs.ts')).listOutbox));

  addMqttCommands(program, act);
  addWorkerCommands(program, act);

  program
    .command('settings')
    .helpCommand(false)
    .helpGroup('Server:')
    .description('the configuration that the running server has in force')
    .command('list')
    .description('each setting with its value and where it is from; never a secret')
    .option('--changed', 'only those that are not the default')
    .action(act(async () => (await import('../../commands/read-outs.ts')).listSettings));
  program
    .command('tenants')
    .helpCommand(false)
    .helpGroup(ACCESS)
    .description('tenants that there are')
    .command('list')
    .description('tenants, with their keys in force and their live instances')
    .action(act(async () => (await import('../../commands/read-outs.ts')).listTenants));
  program
    .command('session')
    .helpCommand(false)
    .helpGroup(ACCESS)
    .description('who you are to the server')
    .command('show')
    .description('the key that is used, its tenant and what it may')
    .action(act(async () => (await import('../../commands/read-outs.ts')).showSession));
}

function addMqttCommands(program: Command, act: Act): void {
  const mqtt = program
    .command('mqtt')
    .helpCommand(false)
    .helpGroup(LOOK)
    .description("the broker: clients, topics and what it keeps; the tenant's own");
  const prefix = '--prefix <prefix>';
  addWatchOption(
    addPageOptions(
      mqtt.command('clients').description('connected clients, and what they are subscribed to'),
    ),
  )
    .option(prefix, 'only client ids that begin so')
    .action(act(async () => (await import('../../commands/mqtt.ts')).listClients));
  addPageOptions(mqtt.command('retained').description('retained messages'))
    .option(prefix, 'only topics that begin so')
    .action(act(async () => (await import('../../commands/mqtt.ts')).listRetained));
  addWatchOption(
    addPageOptions(
      mqtt
        .command('topics')
        .description('topics that were lately published to, and the last payload'),
    ),
  )
    .option(prefix, 'only topics that begin so')
    .action(act(async () => (await import('../../commands/mqtt.ts')).listTopics));
}

function addWorkerCommands(program: Command, act: Act): void {
  const workers = program
    .command('workers')
    .helpCommand(false)
    .helpGroup(LOOK)
    .description('processes that make calls for the server');
  addWatchOption(workers.command('list').description('workers that have joined')).action(
    act(async () => (await import('../../commands/workers.ts')).listWorkers),
  );
  workers
    .command('place')
    .description('change which tenants a worker takes commands of, without a restart')
    .argument('<worker>', 'its id')
    .option('--tenants <ranges>', 'FROM..TO or one tenant; repeat or separate by commas', collected)
    .option('--as-started', 'those that it was started with')
    .option('--reason <text>', 'why, for the record')
    .action(act(async () => (await import('../../commands/workers.ts')).placeWorker));
  addPageOptions(
    workers
      .command('history')
      .description('how workers joined, were placed, left and were lost; newest first'),
  )
    .option('--worker <id>', 'only of this worker')
    .action(act(async () => (await import('../../commands/workers.ts')).workerHistory));
}
