/** `holdfast alerts list|test`. */
import type { Alert, AlertDelivery, AlertTarget } from '@holdfast/core';
import { ask } from '../cli/connect.ts';
import type { CliContext } from '../cli/context.ts';
import { plainText } from '../cli/plain-text.ts';
import type { Column } from '../cli/table.ts';
import { localTime, relativeTime, spanText } from '../cli/time-text.ts';

/** Deliveries that are shown; `--json` has all that the server remembers. */
const SHOWN_DELIVERIES = 10;
const FAILED = 1;

export async function listAlerts(context: CliContext): Promise<number> {
  const alerts = await ask(context, 'Reading alerts', (client) => client.alerts.show());
  const { out } = context;
  if (out.json) {
    out.document(alerts);
    return 0;
  }
  const { open, targets, deliveries, ping } = alerts;
  if (open.length === 0) out.line('no alert is open');
  for (const alert of open) printAlert(context, alert);
  if (targets.length > 0) {
    out.line();
    out.table(targets, targetColumns(context));
  } else {
    out.note(
      out.paintError.dim(
        'nobody is told of them: name a target in alerts.targets (docs/guide/alerts.md)',
      ),
    );
  }
  if (ping !== null) {
    const last = ping.lastSentAt === null ? 'never sent' : `last ${localTime(ping.lastSentAt)}`;
    const why = ping.error === null ? '' : `: ${plainText(ping.error)}`;
    out.facts([['ping', `${ping.state}, every ${spanText(ping.interval)}, ${last}${why}`]]);
  }
  if (deliveries.length > 0) {
    out.line();
    out.table(deliveries.slice(0, SHOWN_DELIVERIES), deliveryColumns(context));
  }
  return 0;
}

function printAlert({ out }: CliContext, alert: Alert): void {
  const { paint } = out;
  const { severity, kind, title, message, next, since, toldAt, count } = alert;
  const colour = severity === 'critical' ? paint.bad : paint.warn;
  out.line(`${colour(severity)}  ${paint.bold(plainText(title))}`);
  out.facts([
    ['  kind', `${kind}, ${count}`],
    ...(message === '' ? [] : [['  cause', plainText(message)] as const]),
    ['  next', plainText(next)],
    ['  since', localTime(since)],
    ['  told', toldAt === null ? 'nobody yet' : localTime(toldAt)],
  ]);
}

function targetColumns({ out: { paint } }: CliContext): readonly Column<AlertTarget>[] {
  const paintOf = { idle: paint.dim, well: paint.good, failing: paint.bad };
  return [
    { title: 'TARGET', value: ({ name }) => name, paint: paint.name },
    { title: 'TYPE', value: ({ type }) => type },
    {
      title: 'STATE',
      value: ({ state }) => state,
      paint: (text, { state }) => paintOf[state](text),
    },
    { title: 'SENT', value: ({ sent }) => sent, align: 'right' },
    { title: 'WAITING', value: ({ queued }) => queued, align: 'right' },
    { title: 'FROM', value: ({ severity }) => severity },
    { title: 'LAST ERROR', value: ({ error }) => error ?? '', flexible: true },
  ];
}

function deliveryColumns({ out: { paint } }: CliContext): readonly Column<AlertDelivery>[] {
  const now = Date.now();
  const paintOf = { sent: paint.good, failing: paint.warn, dropped: paint.bad };
  return [
    { title: 'DELIVERY', value: ({ at }) => relativeTime(at, now), align: 'right' },
    { title: 'TO', value: ({ target }) => target, paint: paint.name },
    {
      title: 'STATE',
      value: ({ state }) => state,
      paint: (text, { state }) => paintOf[state](text),
    },
    { title: 'TRIES', value: ({ attempts }) => attempts, align: 'right' },
    { title: 'SUBJECT', value: ({ subject }) => subject, flexible: true },
    { title: 'ERROR', value: ({ error }) => error ?? '', flexible: true, spare: true },
  ];
}

interface TestOptions {
  readonly reason?: string;
}

export async function testAlerts(
  context: CliContext,
  { reason }: TestOptions,
  operands: readonly string[],
): Promise<number> {
  const { items } = await ask(context, 'Sending a test', (client) =>
    client.alerts.test(operands[0], reason),
  );
  const { out } = context;
  const failed = items.some(({ ok }) => !ok);
  if (out.json) {
    out.document({ items });
    return failed ? FAILED : 0;
  }
  if (items.length === 0) {
    out.note('there are no targets: name some in alerts.targets (docs/guide/alerts.md)');
    return FAILED;
  }
  const { paint } = out;
  out.table(items, [
    { title: 'TARGET', value: ({ target }) => target, paint: paint.name },
    { title: 'TYPE', value: ({ type }) => type },
    {
      title: '',
      value: ({ ok }) => (ok ? 'took it' : 'failed'),
      paint: (text, { ok }) => (ok ? paint.good(text) : paint.bad(text)),
    },
    { title: 'TOOK', value: ({ took }) => spanText(took), align: 'right' },
    { title: 'WHY', value: ({ error }) => error ?? '', flexible: true },
  ]);
  return failed ? FAILED : 0;
}
