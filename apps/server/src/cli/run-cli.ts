/**
 * Reads a command line, runs the command, turns whatever happens into words and an exit code (DESIGN, CLI).
 *
 * @module
 */
import { Command, CommanderError } from 'commander';
import type { OutputConfiguration } from 'commander';
import type { Surroundings } from '../config/data-dir.ts';
import { nearest } from '../config/nearest.ts';
import type { Act } from './act.ts';
import type { Failed } from './advice.ts';
import { pathOf as verbOf } from './completion/command-line.ts';
import type { CliContext, GlobalOptions } from './context.ts';
import { Output } from './output.ts';
import type { OutStream } from './output.ts';
import { buildProgram } from './program.ts';

import { reportError } from './report-error.ts';
import { UsageError } from './usage-error.ts';

export interface CliRequest {
  /** What follows the program's name. */
  readonly args: readonly string[];
  readonly around: Surroundings;
  readonly stdout: OutStream;
  readonly stderr: OutStream;
  readonly stdin: CliContext['stdin'];
}

/** Runs one command line to its end. Never rejects. @returns the exit code */
export async function runCli({ args, around, stdout, stderr, stdin }: CliRequest): Promise<number> {
  let exitCode = 0;
  let failing = '';
  let failed: Failed | null = null;
  const outputOf = (json: boolean): Output => new Output({ stdout, stderr, json, env: around.env });
  const act: Act =
    (load, traits = {}) =>
    async (...received) => {
      const command = received.at(-1);
      if (!(command instanceof Command)) throw new TypeError('commander gave no command');
      const globals = command.optsWithGlobals<GlobalOptions>();
      if (traits.local === true) refuseServerOptions(command, globals, traits.joins === true);
      const context: CliContext = { out: outputOf(globals.json === true), around, globals, stdin };
      failed = { command, context };
      const run = await load();
      if (command.getOptionValue('watch') !== true) {
        exitCode = await run(context, command.opts(), command.args);
        return;
      }
      const { watch } = await import('./watch/watch.ts');
      exitCode = await watch(context, verbOf(command), (seen) =>
        run(seen, withoutWatch(command), command.args),
      );
    };
  const program = buildProgram(act);
  if (args[0] === COMPLETE) {
    const { complete } = await import('./completion/complete.ts');
    stdout.write(await complete(program, args.slice(1), { around, out: outputOf(true), stdin }));
    return 0;
  }
  if (args[0] === 'help' && args.includes('--man')) {
    const { man } = await import('../commands/man.ts');
    return man({ out: outputOf(args.includes('--json')) });
  }
  prepare(program, {
    output: {
      writeOut: (text) => stdout.write(text),
      // Said by `reportError`, in our form.
      writeErr: () => undefined,
      getOutHelpWidth: () => Math.min(stdout.columns ?? MAX_HELP_WIDTH, MAX_HELP_WIDTH),
      getOutHasColors: () => false,
    },
    onExit: (command) => (failing = pathOf(command)),
  });
  try {
    if (args.length === 0) program.outputHelp();
    else await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    // Help and version, asked for: already printed.
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    // Looked for by hand, since reading the line may be what failed.
    const out = outputOf(args.includes('--json'));
    if (error instanceof CommanderError)
      return reportError(usageError(error, failing, program), out);
    if (failed === null) return reportError(error, out);
    const { advised } = await import('./advice.ts');
    return reportError(await advised(error, failed), out);
  }
}

/** What a command is told of its options: that it is shown again and again is no business of its own. */
function withoutWatch<Options extends object>(command: Command): Options {
  const { watch: _watch, ...options } = command.opts();
  return options as Options;
}

/** First word of a line by which a shell asks for completion. */
const COMPLETE = '__complete';
const MAX_HELP_WIDTH = 110;

interface Preparation {
  readonly output: OutputConfiguration;
  readonly onExit: (command: Command) => void;
}

/** Settings that commander does not hand down to subcommands that exist already. */
function prepare(command: Command, preparation: Preparation): void {
  command
    .configureOutput(preparation.output)
    .allowExcessArguments(false)
    .exitOverride((error) => {
      preparation.onExit(command);
      throw error;
    });
  for (const subcommand of command.commands) prepare(subcommand, preparation);
}

/** `holdfast events list` */
function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

/** A command that asks no server must not seem to have heeded where to ask. */
function refuseServerOptions(command: Command, globals: GlobalOptions, joins: boolean): void {
  const refused = joins ? (['tenant'] as const) : (['url', 'key', 'tenant'] as const);
  const given = refused.find((name) => globals[name] !== undefined);
  if (given === undefined) return;
  throw new UsageError(`"${pathOf(command)}" asks no server, so it takes no --${given}`);
}

/** What commander says of a wrong line, in our form: what, and where to look. */
function usageError(error: CommanderError, path: string, program: Command): UsageError {
  const at = path
    .split(' ')
    .slice(1)
    .reduce<Command | undefined>(
      (group, name) => group?.commands.find((child) => child.name() === name),
      program,
    );
  if (error.code === 'commander.help') {
    const known = at?.commands.map((child) => child.name()).join(', ');
    return new UsageError(`"${path}" needs a subcommand: ${known}`, `see: ${path} --help`);
  }
  const [first = '', second = ''] = error.message.replace(/^error: /, '').split('\n');
  const meant = /\(Did you mean (.+)\?\)/.exec(second)?.[1];
  if (meant !== undefined) return new UsageError(first, `did you mean ${meant}?`);
  if (error.code === 'commander.missingArgument' && at !== undefined)
    return new UsageError(first, `write: ${path} ${at.usage()}; see: ${path} --help`);
  const [, written, choices] = CHOICE.exec(first) ?? [];
  const near = nearest(written ?? '', choices?.split(', ') ?? []);
  return new UsageError(first, near === null ? `see: ${path} --help` : `did you mean ${near}?`);
}

/** What commander says of a value that is none of the choices. */
const CHOICE =
  /(?:argument|command-argument value) '(.+?)' is invalid.* Allowed choices are (.+)\.$/;
