/** `holdfast sagas list|show|fields|cancel|redrive`. */
import { shellWord } from '@holdfast/core';
import type { SagaDetail, SagaFields, SagaSummary } from '@holdfast/core';
import { ask } from '../cli/connect.ts';
import type { CliContext } from '../cli/context.ts';
import { operand } from '../cli/context.ts';
import { defined } from '../cli/defined.ts';
import { failureText, jsonBlock, jsonLine, shortDigest } from '../cli/json-text.ts';
import { noneOfSaga } from '../cli/none-of-saga.ts';
import { plainText } from '../cli/plain-text.ts';
import { renderChart } from '../cli/story/chart.ts';
import { printPage } from '../cli/print-page.ts';
import { paintStatus } from '../cli/status-paint.ts';
import type { Column } from '../cli/table.ts';
import { localTime, millisBetween, relativeTime, spanText } from '../cli/time-text.ts';
import { printChanges, printEffects, printExplanation } from '../cli/explanation.ts';
import { renderTimeline } from '../cli/timeline.ts';
import type { SAGA_STATUSES } from '../cli/wire-words.ts';

interface ListSagasOptions {
  readonly saga?: string;
  readonly status?: (typeof SAGA_STATUSES)[number];
  readonly keyPrefix?: string;
  readonly search?: readonly string[];
  readonly limit?: number;
  readonly cursor?: string;
}

export async function listSagas(
  context: CliContext,
  { keyPrefix, search, status, ...rest }: ListSagasOptions,
): Promise<number> {
  const terms = search?.map(searchTerm);
  const statuses = status === undefined ? undefined : [status];
  const filter = { ...rest, ...defined({ key: keyPrefix, search: terms, status: statuses }) };
  const page = await ask(context, 'Reading instances', (client) => client.sagas.list(filter));
  const none = page.items.length === 0 ? await noneOfSaga(context, 'no instances', rest.saga) : '';
  const { paint } = context.out;
  const now = Date.now();
  const columns: readonly Column<SagaSummary>[] = [
    { title: 'SAGA', value: ({ saga }) => saga },
    { title: 'KEY', value: ({ key }) => key, paint: paint.name, flexible: true },
    { title: 'RUN', value: ({ run }) => run, align: 'right', spare: true },
    {
      title: 'STATUS',
      value: ({ status }) => status,
      paint: (text, { status }) => paintStatus(status, paint, text),
    },
    { title: 'DECISIONS', value: ({ version }) => version, align: 'right', spare: true },
    {
      title: 'RELEASE',
      value: ({ app, release }) => `${app} ${shortDigest(release)}`,
      paint: paint.dim,
      spare: true,
    },
    { title: 'CHANGED', value: ({ updatedAt }) => relativeTime(updatedAt, now), align: 'right' },
    {
      title: 'BLOCKED BY',
      value: ({ blockedBy }) => (blockedBy === null ? '' : blockedBy.message),
      flexible: true,
    },
  ];
  const anyBlocked = page.items.some(({ blockedBy }) => blockedBy !== null);
  return printPage(context.out, page, anyBlocked ? columns : columns.slice(0, -1), none);
}

/** `FIELD=VALUE` as the API takes it; `FIELD:VALUE` is that already. */
function searchTerm(text: string): string {
  return text.replace(/[=:]/, ':');
}

export async function listSagaFields(context: CliContext): Promise<number> {
  const items = await ask(context, 'Reading search fields', (client) => client.sagas.fields());
  const columns: readonly Column<SagaFields>[] = [
    { title: 'SAGA', value: ({ saga }) => saga },
    {
      title: 'FIELDS',
      value: ({ fields }) => fields.join(', '),
      paint: context.out.paint.name,
      flexible: true,
    },
  ];
  return printPage(
    context.out,
    { items, next: null },
    columns,
    'no saga names fields to search by (docs/guide/authoring.md)',
  );
}

interface ShowSagaOptions {
  readonly run?: number;
  readonly wait?: string;
  readonly at?: number;
  readonly state?: boolean;
  readonly limit: number;
  readonly before?: number;
}

export async function showSaga(
  context: CliContext,
  options: ShowSagaOptions,
  operands: readonly string[],
): Promise<number> {
  const [saga, key] = [operand(operands, 0), operand(operands, 1)];
  const run = defined({ run: options.run });
  if (options.at !== undefined)
    return showStateAt(context, { saga, key, version: options.at, ...run });
  const { wait, limit, before } = options;
  const waiting = wait === undefined ? 'Reading the instance' : 'Waiting for it to end';
  const detail = await ask(context, waiting, (client) =>
    client.sagas.get(saga, key, { ...run, ...defined({ wait }) }),
  );
  const timeline = await ask(context, 'Reading its story', (client) =>
    client.sagas.timeline(saga, key, { ...run, limit, ...defined({ before }) }),
  );
  const explanation = await ask(context, 'Asking where it stands', (client) =>
    client.sagas.explain(saga, key, run),
  );
  const { out } = context;
  if (out.json) {
    const { entries, earlier } = timeline;
    out.document({ ...detail, timeline: entries, earlier, explanation });
    return 0;
  }
  printInstance(context, detail, options.state === true);
  printEffects(out, detail.effects);
  out.line();
  const { paint, columns } = out;
  // What is still open is drawn up to now; what has ended, up to its end.
  const now = isEnded(detail) ? detail.updatedAt : new Date().toISOString();
  const chart = renderChart(timeline.entries, { paint, columns, now });
  for (const line of chart) out.line(line);
  if (chart.length > 0) out.line();
  if (timeline.earlier !== null) out.line(paint.dim(leftOut(detail, timeline.earlier)));
  for (const line of renderTimeline(timeline, { paint, columns })) out.line(line);
  out.line();
  printExplanation(out, explanation);
  return 0;
}

/** How to see the beginning of a story too long to be told at one time. */
function leftOut({ saga, key, run }: SagaDetail, earlier: number): string {
  const address = [saga, key].map((text) => plainText(shellWord(text))).join(' ');
  return `${earlier - 1} earlier decisions: holdfast sagas show ${address} --run ${run} --before ${earlier}`;
}

const ENDED = ['completed', 'compensated', 'failed', 'cancelled'];

function isEnded({ status }: SagaDetail): boolean {
  return ENDED.includes(status);
}

function printInstance({ out }: CliContext, detail: SagaDetail, withState: boolean): void {
  const { paint } = out;
  const { saga, key, status, run, version, startedAt, updatedAt, app, release, correlationId } =
    detail;
  out.line(
    `${paint.bold(plainText(`${saga} ${key}`))}  ${paintStatus(status, paint)}${run === 1 ? '' : `  run ${run}`}`,
  );
  const facts: (readonly [string, string])[] = [
    ['release', `${app} ${shortDigest(release)}`],
    [
      'started',
      `${localTime(startedAt)}  ${paint.dim(`${version} ${version === 1 ? 'decision' : 'decisions'} in ${spanText(millisBetween(startedAt, updatedAt))}`)}`,
    ],
  ];
  if (correlationId !== null && correlationId !== key)
    facts.push(['correlation', plainText(correlationId)]);
  const found = detail.search.map(({ field, value }) => `${field}=${value}`);
  if (found.length > 0) facts.push(['search', plainText(found.join('  '))]);
  if (detail.result !== null) facts.push(['result', jsonLine(detail.result)]);
  if (detail.failure !== null) facts.push(['because', failureText(detail.failure)]);
  if (detail.blockedBy !== null) {
    const { code, message, at } = detail.blockedBy;
    facts.push([
      'blocked by',
      paint.bad(plainText(`${message} (${code})${at === undefined ? '' : ` at ${at}`}`)),
    ]);
  }
  out.facts(facts);
  if (!withState) return;
  out.line(paint.dim('state'));
  out.line(jsonBlock(detail.state, 2));
}

interface VersionAddress {
  readonly saga: string;
  readonly key: string;
  readonly version: number;
  readonly run?: number;
}

async function showStateAt(
  context: CliContext,
  { saga, key, version, ...run }: VersionAddress,
): Promise<number> {
  const { out } = context;
  const at = await ask(context, 'Reading the state', (client) =>
    client.sagas.at(saga, key, version, run),
  );
  const explanation = await ask(context, 'Asking what it was about', (client) =>
    client.sagas.explain(saga, key, { ...run, version }),
  );
  if (out.json) {
    out.document({ ...at, explanation });
    return 0;
  }
  out.line(`${out.paint.bold(plainText(`${saga} ${key}`))}  version ${at.version}`);
  out.facts([
    ['event', `seq ${at.seq}`],
    ['recorded', localTime(at.recordedAt)],
    ['release', shortDigest(at.release)],
    ['state hash', shortDigest(at.stateHash)],
  ]);
  printExplanation(out, explanation);
  printChanges(out, at.changes);
  out.line(out.paint.dim('decision'));
  out.line(jsonBlock(at.decision, 2));
  out.line(out.paint.dim('state'));
  out.line(jsonBlock(at.state, 2));
  return 0;
}

interface ReasonOptions {
  readonly reason?: string;
}

export async function cancelSaga(
  context: CliContext,
  { reason }: ReasonOptions,
  operands: readonly string[],
): Promise<number> {
  const [saga, key] = [operand(operands, 0), operand(operands, 1)];
  const detail = await ask(context, 'Asking it to stop', (client) =>
    client.sagas.cancel(saga, key, reason),
  );
  return sayActed(context, detail, 'was asked to stop; what it has done is undone');
}

export async function redriveSaga(
  context: CliContext,
  { reason }: ReasonOptions,
  operands: readonly string[],
): Promise<number> {
  const [saga, key] = [operand(operands, 0), operand(operands, 1)];
  const detail = await ask(context, 'Redriving', (client) =>
    client.sagas.redrive(saga, key, reason),
  );
  return sayActed(context, detail, 'goes on from where it stood');
}

function sayActed({ out }: CliContext, detail: SagaDetail, said: string): number {
  if (out.json) out.document(detail);
  else
    out.line(
      `${out.paint.bold(plainText(`${detail.saga} ${detail.key}`))}  ${paintStatus(detail.status, out.paint)}  ${said}`,
    );
  return 0;
}
