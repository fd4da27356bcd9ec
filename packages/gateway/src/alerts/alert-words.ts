/** What a message says, in words and as data. */
import {
  ALERT_SEVERITIES,
  type Alert,
  type AlertMessage,
  type AlertNotice,
  formatMicros,
  type Micros,
  writeTenant,
} from '@holdfast/core';
import type { Notice } from './alert-book.ts';
import type { OpenAlert } from './alert-record.ts';

/** Most alerts that are spelled out; of the rest the number is told. */
const MOST_SPELLED_OUT = 20;
/** What a program or a sender has to say of a cause may be long. */
const MESSAGE_HEAD = 500;
const TITLE_HEAD = 150;
const DIGEST_HEAD = 12;

/** @param base address of the console, without a slash at its end */
export function alertOf(open: OpenAlert, base: string): Alert {
  const { id, condition, since, openedAt, told } = open;
  const { kind, severity, tenant, title, message, next, count, path, about } = condition;
  const toldAt = Math.max(...Object.values(told).map(({ at }) => at));
  return {
    id,
    kind,
    severity,
    tenant,
    title: oneLine(title, TITLE_HEAD),
    message: head(message, MESSAGE_HEAD),
    next,
    count,
    since: formatMicros(since),
    url: base + path,
    about,
    openedAt: formatMicros(openedAt),
    toldAt: Number.isFinite(toldAt) ? formatMicros(toldAt) : null,
  };
}

export function messageOf(
  id: string,
  notices: readonly Notice[],
  base: string,
  at: Micros,
): AlertMessage {
  const alerts = notices.map(({ alert, notice }) => {
    const { openedAt: _, toldAt: __, ...said } = alertOf(alert, base);
    const resolvedAt =
      notice === 'resolved' && alert.overAt !== null ? formatMicros(alert.overAt) : null;
    return { ...said, notice, resolvedAt };
  });
  const open = alerts.filter(({ notice }) => notice !== 'resolved');
  const severity = worst(open.map((one) => one.severity));
  const [only] = alerts;
  return {
    id,
    type: 'holdfast.alerts',
    at: formatMicros(at),
    subject: subjectOf(alerts),
    text: textOf(alerts),
    severity,
    url: only !== undefined && alerts.length === 1 ? only.url : `${base}/needs-you`,
    alerts,
  };
}

/** What shows that a target can be reached. */
export function testMessage(id: string, base: string, at: Micros): AlertMessage {
  return {
    id,
    type: 'holdfast.test',
    at: formatMicros(at),
    subject: 'Holdfast: a test',
    text: `Alerts of this server come here. Nothing is wrong.\n${base}/`,
    severity: 'warning',
    url: `${base}/`,
    alerts: [],
  };
}

type Told = AlertMessage['alerts'][number];

function worst(severities: readonly Told['severity'][]): Told['severity'] {
  return ALERT_SEVERITIES.findLast((one) => severities.includes(one)) ?? 'warning';
}

const STILL: Readonly<Record<AlertNotice, string>> = {
  opened: '',
  reminder: 'still: ',
  resolved: 'resolved: ',
};

function subjectOf(alerts: readonly Told[]): string {
  const [only] = alerts;
  if (only !== undefined && alerts.length === 1) {
    const where = only.tenant === null || only.tenant === '' ? '' : ` (tenant ${only.tenant})`;
    return oneLine(`Holdfast: ${STILL[only.notice]}${only.title}${where}`, TITLE_HEAD * 2);
  }
  const over = alerts.filter(({ notice }) => notice === 'resolved').length;
  const open = alerts.length - over;
  const needs = `${open} ${open === 1 ? 'thing needs' : 'things need'} a person`;
  if (over === 0) return `Holdfast: ${needs}`;
  return open === 0 ? `Holdfast: ${over} resolved` : `Holdfast: ${needs}, ${over} resolved`;
}

function textOf(alerts: readonly Told[]): string {
  const parts = alerts.slice(0, MOST_SPELLED_OUT).map(paragraph);
  const left = alerts.length - parts.length;
  if (left > 0) parts.push(`and ${left} more`);
  return parts.join('\n\n');
}

function paragraph(told: Told): string {
  const { notice, severity, title, tenant, about, since, message, next, url, resolvedAt } = told;
  const names = Object.entries(about).map(
    ([name, value]) => `${name} ${name === 'release' ? value.slice(0, DIGEST_HEAD) : value}`,
  );
  const where = [tenant === null ? 'the whole server' : `tenant ${writeTenant(tenant)}`, ...names];
  const lines = [
    `${notice === 'resolved' ? '' : `${severity}: `}${STILL[notice]}${title}`,
    oneLine(where.join(', '), MESSAGE_HEAD),
    resolvedAt === null ? `since ${since}` : `from ${since} to ${resolvedAt}`,
  ];
  // Somebody else's words: they begin no line that could be taken for ours.
  if (message !== '') lines.push(oneLine(message, MESSAGE_HEAD));
  if (notice !== 'resolved') lines.push(`What to do: ${oneLine(next, MESSAGE_HEAD)}`);
  return [...lines, url].join('\n');
}

function head(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most).toWellFormed()}…` : text;
}

/** For a subject or a header: nothing in it can begin another line. */
function oneLine(text: string, most: number): string {
  return head(
    text
      .toWellFormed()
      .replaceAll(/\p{C}+/gu, ' ')
      .trim(),
    most,
  );
}
