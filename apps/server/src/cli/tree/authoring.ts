import type { Command } from 'commander';
import type { Act } from '../act.ts';
import { wholeNumber } from '../option-kinds.ts';

const GROUP = 'Your own app:';

export function addAuthoringCommands(program: Command, act: Act): void {
  program
    .command('init')
    .helpGroup(GROUP)
    .description('make a small working project to start from')
    .argument('[dir]', 'where; it must be empty or not there', '.')
    .option('--template <name>', 'which project to make', 'parcel')
    .option('--force', 'write into a folder that is not empty, replacing files of the same name')
    .action(act(async () => (await import('../../commands/init.ts')).init, { local: true }));
  program
    .command('dev')
    .helpGroup(GROUP)
    .description('build and activate a project, again after every save')
    .option('--project <dir>', 'folder with holdfast.release.yaml', '.')
    .addHelpText(
      'after',
      '\nUses the server of the data directory; starts one for as long as it runs when there is none.',
    )
    .action(act(async () => (await import('../../commands/dev.ts')).dev));
  swapOptions(
    program
      .command('deploy')
      .helpGroup(GROUP)
      .description('build, register and activate a project')
      .argument('[dir]', 'folder with holdfast.release.yaml', '.'),
  ).action(act(async () => (await import('../../commands/activation.ts')).deploy));
  addReleaseCommands(program, act);
}

function addReleaseCommands(program: Command, act: Act): void {
  const release = program
    .command('release')
    .helpGroup(GROUP)
    .description('releases: immutable bundles of sagas and effects');
  release
    .command('build')
    .description('build a project into a bundle file')
    .argument('[dir]', 'folder with holdfast.release.yaml', '.')
    .option('--out <file>', 'where to write the bundle (default: dist/release.json in it)')
    .action(
      act(async () => (await import('../../commands/release.ts')).buildToFile, { local: true }),
    );
  release
    .command('register')
    .description('check a bundle and keep it; nothing runs it yet')
    .argument('<bundle>', 'bundle file, or folder of a project to build')
    .action(act(async () => (await import('../../commands/release.ts')).register));
  swapOptions(
    release
      .command('activate')
      .description(
        'make a registered release the active one of its app; instances in flight that it decides alike move to it',
      )
      .argument('<digest>', 'digest of the release, or as many first digits as tell it apart'),
  ).action(act(async () => (await import('../../commands/activation.ts')).activate));
  swapOptions(
    release
      .command('rollback')
      .description('go back to the release that was active before; instances move by the same rule')
      .argument('<app>', 'app name'),
  ).action(act(async () => (await import('../../commands/activation.ts')).rollback));
  release
    .command('list')
    .description('releases, the active ones marked')
    .option('--limit <n>', 'most to print', wholeNumber(1))
    .action(act(async () => (await import('../../commands/release.ts')).listReleases));
  release
    .command('show')
    .description('what is in a release')
    .argument('<digest>', 'digest, or its first digits')
    .action(act(async () => (await import('../../commands/release.ts')).showRelease));
}

function swapOptions(command: Command): Command {
  return command
    .option('--dry-run', 'show which instances in flight would move and which stay; change nothing')
    .option(
      '--expect-active <digest>',
      'refuse unless this release is active; "none": unless none is',
    )
    .option('--all', 'list all instances that stay, not only the first')
    .option('--reason <text>', 'why, for the record');
}
