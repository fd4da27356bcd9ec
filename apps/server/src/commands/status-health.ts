/**
 * What `holdfast status` says first, from the overview: is anything lost, is it well, and what to do.
 *
 * @module
 */
import { shellWord } from '@holdfast/core';
import type { Overview, ServerInfo } from '@holdfast/core';
import type { CliContext } from '../cli/context.ts';
import { plainText, widthOf } from '../cli/plain-text.ts';
import { sizeText } from '../cli/size-text.ts';
import { paintStatus } from '../cli/status-paint.ts';
import { spanText } from '../cli/time-text.ts';

type Facts = readonly (readonly [string, string])[];

/** Width that is written for where nobody says how wide the terminal is. */
const USUAL_WIDTH = 80;
/** Columns before the value of a fact: the longest name, and the gap. */
const INDENT = 14;
/** Spans are told to the second. */
const MILLIS = 1000;

/** What can be done about a problem, as a command to paste or in words. */
function nextStep(code: string, dataDir: string | null): string {
  switch (code) {
    case 'runs.blocked':
    case 'quarantine.open':
      return 'holdfast attention list';
    case 'breaker.open':
      return 'holdfast upstreams list';
    case 'clock.held':
      return 'holdfast schedules confirm --reason TEXT';
    case 'schedules.late':
      return 'holdfast schedules list';
    case 'outbox.old':
      return 'holdfast outbox list';
    case 'disk.full':
    case 'disk.low':
      return `free room on the disk of ${dataDir === null ? 'its data directory' : shellWord(dataDir)}; work goes on by itself`;
    case 'runs.unaccounted':
      return 'holdfast audit verify --journal, and tell us: it is a fault of Holdfast';
    case 'draining':
      return 'start it again once it has stopped';
    case 'storage.failing':
    case 'broker.down':
      return 'read its log';
    default:
      return 'holdfast open';
  }
}

/** Each problem with its next step, on two lines where one is too narrow. */
export function problemLines(
  { problems }: Overview,
  { out }: CliContext,
  dataDir: string | null,
): readonly string[] {
  const { paint } = out;
  const width = out.columns ?? USUAL_WIDTH;
  const longest = Math.max(0, ...problems.map(({ message }) => widthOf(plainText(message))));
  return problems.flatMap(({ code, message }) => {
    const said = plainText(message);
    const next = nextStep(code, dataDir);
    const padded = said.padEnd(Math.min(longest, width));
    return 4 + widthOf(padded) + widthOf(next) <= width
      ? [`  ${paint.bad(padded)}  ${paint.name(next)}`]
      : [`  ${paint.bad(said)}`, `    ${paint.name(next)}`];
  });
}

/**
 * Accepted = completed + undone + failed + cancelled + in progress + needs you, what is none left out; and whether that
 * holds. `accepted` is counted by itself.
 */
function sumText({ sum }: Overview, counts: ServerInfo['counts'], { out }: CliContext): string {
  const { accepted, inProgress, needsYou } = sum;
  const { paint } = out;
  if (accepted === 0) return 'none accepted yet';
  const ended = (['completed', 'compensated', 'failed', 'cancelled'] as const).map(
    (name) => [name, sum[name], paintStatus(name, paint, `${sum[name]} ${name}`)] as const,
  );
  const open = [
    ['in progress', inProgress, `${inProgress} in progress`],
    ['needs you', needsYou, paint.bad(`${needsYou} ${needsYou === 1 ? 'needs' : 'need'} you`)],
  ] as const;
  const terms = [...ended, ...open].filter(([, count]) => count > 0).map(([, , text]) => text);
  const total = Object.values(sum).reduce((all, count) => all + count, 0) - accepted;
  const off = accepted - total;
  const room = (out.columns ?? USUAL_WIDTH) - INDENT;
  const lines = joined([`${accepted} accepted`, ...terms], room);
  if (off !== 0) lines.push(paint.bad(`the sum does not hold: ${Math.abs(off)} unaccounted for`));
  const now = openText(counts.instances);
  if (now !== '') lines.push(paint.dim(`now: ${now}`));
  return lines.join('\n');
}

/** `a = b + c`, as many to a line as fit. */
function joined([first = '', ...terms]: readonly string[], room: number): string[] {
  const lines = [first];
  terms.forEach((term, i) => {
    const part = ` ${i === 0 ? '=' : '+'} ${term}`;
    const last = lines.at(-1) ?? '';
    if (widthOf(last) + widthOf(part) <= room) lines[lines.length - 1] = last + part;
    else lines.push(`  ${part.trimStart()}`);
  });
  return lines;
}

const ENDED = ['completed', 'compensated', 'failed', 'cancelled'];

/** Those in progress by what they do. */
function openText(instances: ServerInfo['counts']['instances']): string {
  return Object.entries(instances)
    .filter(([name, count]) => count > 0 && !ENDED.includes(name))
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
}

export function healthFacts(overview: Overview, info: ServerInfo, context: CliContext): Facts {
  const { outbox, schedules, disk, quarantine } = overview;
  const { paint } = context.out;
  const waits =
    outbox.oldestAgeSeconds === null
      ? ''
      : `, the oldest waits for ${spanText(Math.round(outbox.oldestAgeSeconds) * MILLIS || 1)}`;
  const late =
    schedules.lagSeconds >= 1
      ? paint.warn(`${spanText(Math.round(schedules.lagSeconds) * MILLIS)} late`)
      : 'on time';
  const [first = '', ...rest] = sumText(overview, info.counts, context).split('\n');
  return [
    ['runs', first],
    ...rest.map((line) => ['', line] as const),
    [
      'outbox',
      outbox.depth === 0
        ? 'empty'
        : `${outbox.depth} ${outbox.depth === 1 ? 'effect' : 'effects'}${heldText(info)}${waits}`,
    ],
    ['schedules', schedules.pending === 0 ? 'none set' : `${schedules.pending} set, ${late}`],
    ['quarantine', quarantine === 0 ? 'empty' : paint.bad(`${quarantine} open`)],
    ...upstreamFacts(info, context),
    [
      'disk',
      `${sizeText(disk.freeBytes)} free; data ${sizeText(disk.dataBytes)}, log ${sizeText(disk.walBytes)}`,
    ],
  ];
}

function heldText({ counts }: ServerInfo): string {
  const states = Object.entries(counts.outbox).filter(([, count]) => count > 0);
  if (states.length === 0) return '';
  return ` (${states.map(([state, count]) => `${count} ${state}`).join(', ')})`;
}

/** Whether all outside services are called as they would be; those that are not. */
function upstreamFacts({ upstreams }: ServerInfo, { out }: CliContext): Facts {
  const shut = upstreams.filter(({ state }) => state !== 'closed');
  if (shut.length === 0)
    return upstreams.length === 0 ? [] : [['breakers', `all ${upstreams.length} closed`]];
  return shut.map(({ upstream, state, retryIn }, i) => {
    const when = retryIn === null ? '' : `, called again in ${spanText(retryIn)}`;
    const word = state === 'open' ? out.paint.bad('open') : out.paint.warn(state.replace('_', '-'));
    return [i === 0 ? 'breakers' : '', `${plainText(upstream)} ${word}${when}`];
  });
}
