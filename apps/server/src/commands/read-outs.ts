/** What the server shows of itself: `upstreams list`, `outbox list`, `tenants list`, `settings list`, `session show`, `events types`. */
import { writeTenant } from '@holdfast/core';
import type {
  EffectResource,
  EventTypeResource,
  SettingResource,
  TenantResource,
  UpstreamResource,
} from '@holdfast/core';
import { ask } from '../cli/connect.ts';
import type { CliContext } from '../cli/context.ts';
import { shortDigest } from '../cli/json-text.ts';
import { plainText } from '../cli/plain-text.ts';
import { printPage } from '../cli/print-page.ts';
import type { Column } from '../cli/table.ts';
import { localTime, relativeTime, spanText } from '../cli/time-text.ts';
import type { OUTBOX_STATES } from '../cli/wire-words.ts';

const MILLIS = 1000;
const PERCENT = 100;

/** One line for each effect, under the upstream that it calls. */
interface EffectLine {
  readonly upstream: UpstreamResource;
  readonly effect: UpstreamResource['effects'][number];
}

export async function listUpstreams(context: CliContext): Promise<number> {
  const items = await ask(context, 'Reading upstreams', (client) => client.upstreams());
  const { out } = context;
  if (out.json) {
    out.document({ items, next: null });
    return 0;
  }
  const { paint } = out;
  const rows = items.flatMap((upstream) =>
    upstream.effects.map((effect): EffectLine => ({ upstream, effect })),
  );
  const shut = ({ upstream }: EffectLine): boolean => upstream.breaker !== 'closed';
  const columns: readonly Column<EffectLine>[] = [
    { title: 'UPSTREAM', value: ({ upstream }) => upstream.upstream ?? '', flexible: true },
    {
      title: 'BREAKER',
      value: ({ upstream: { breaker, retryIn } }) =>
        `${breaker.replace('_', '-')}${retryIn === null ? '' : ` ${spanText(retryIn)}`}`,
      paint: (text, row) => (shut(row) ? paint.bad(text) : paint.good(text)),
    },
    { title: 'EFFECT', value: ({ effect }) => effect.effect, paint: paint.name, flexible: true },
    { title: 'OUT', value: ({ effect }) => effect.inFlight, align: 'right', spare: true },
    { title: 'WAIT', value: ({ effect }) => effect.pending, align: 'right' },
    {
      title: 'HELD',
      value: ({ effect }) => effect.held,
      align: 'right',
      paint: (text, { effect }) => (effect.held > 0 ? paint.bad(text) : text),
    },
    { title: 'TRIES', value: ({ effect }) => triesOf(effect), align: 'right', spare: true },
    {
      title: 'FAIL',
      value: ({ effect: { failureRate } }) =>
        failureRate === null ? null : `${Math.round(failureRate * PERCENT)} %`,
      align: 'right',
    },
    {
      title: 'P50',
      value: ({ effect }) => secondsText(effect.seconds.p50),
      align: 'right',
      spare: true,
    },
    {
      title: 'P95',
      value: ({ effect }) => secondsText(effect.seconds.p95),
      align: 'right',
      spare: true,
    },
  ];
  return printPage(out, { items: rows, next: null }, columns, 'no release has effects');
}

function triesOf({ attempts }: EffectLine['effect']): number {
  return Object.values(attempts).reduce((sum, count) => sum + count, 0);
}

function secondsText(seconds: number | null): string | null {
  return seconds === null ? null : spanText(seconds * MILLIS);
}

interface OutboxOptions {
  readonly state?: (typeof OUTBOX_STATES)[number];
  readonly effect?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

export async function listOutbox(context: CliContext, options: OutboxOptions): Promise<number> {
  const page = await ask(context, 'Reading the outbox', (client) => client.outbox(options));
  const { paint } = context.out;
  const now = Date.now();
  const columns: readonly Column<EffectResource>[] = [
    { title: 'COMMAND', value: ({ commandId }) => shortDigest(commandId), paint: paint.dim },
    { title: 'EFFECT', value: ({ effect }) => effect, paint: paint.name },
    {
      title: 'STATE',
      value: ({ state, doubtful }) => `${state}${doubtful ? ' in doubt' : ''}`,
      paint: (text, { state }) => (state === 'held' ? paint.bad(text) : text),
    },
    { title: 'TRIES', value: ({ attempts }) => attempts, align: 'right' },
    { title: 'OF', value: ({ saga, key }) => `${saga} ${key}`, flexible: true },
    {
      title: 'ASKED',
      value: ({ createdAt }) => relativeTime(createdAt, now),
      align: 'right',
      spare: true,
    },
    {
      title: 'DUE',
      value: ({ dueAt }) => (dueAt === null ? '' : relativeTime(dueAt, now)),
      align: 'right',
    },
  ];
  return printPage(context.out, page, columns, 'the outbox is empty');
}

export async function listTenants(context: CliContext): Promise<number> {
  const items = await ask(context, 'Reading tenants', (client) => client.tenants());
  const { paint } = context.out;
  const columns: readonly Column<TenantResource>[] = [
    { title: 'TENANT', value: ({ tenant }) => writeTenant(tenant), paint: paint.name },
    { title: 'KEYS', value: ({ keys }) => keys, align: 'right' },
    { title: 'LIVE', value: ({ live }) => live, align: 'right' },
  ];
  return printPage(context.out, { items, next: null }, columns, 'no tenants');
}

export async function listSettings(
  context: CliContext,
  { changed = false }: { readonly changed?: boolean },
): Promise<number> {
  const found = await ask(context, 'Reading settings', (client) => client.settings());
  const items = changed
    ? found.items.filter(({ origin }) => origin.kind !== 'default')
    : found.items;
  const { out } = context;
  if (out.json) {
    out.document({ file: found.file, items });
    return 0;
  }
  const dimmed = (text: string, { origin }: SettingResource): string =>
    origin.kind === 'default' ? out.paint.dim(text) : text;
  const columns: readonly Column<SettingResource>[] = [
    { title: 'SETTING', value: ({ name }) => name },
    { title: 'VALUE', value: ({ written }) => written, paint: dimmed, flexible: true },
    { title: 'FROM', value: ({ origin }) => origin.at, paint: dimmed, flexible: true },
  ];
  return printPage(out, { items, next: null }, columns, 'all are as they come');
}

export async function showSession(context: CliContext): Promise<number> {
  const session = await ask(context, 'Asking who this is', (client) => client.session.get());
  const { out } = context;
  if (out.json) {
    out.document(session);
    return 0;
  }
  const { keyId, name, tenant, scopes, expiresAt } = session;
  out.facts([
    ['key', `${out.paint.name(plainText(name))}  ${keyId}`],
    ['tenant', plainText(writeTenant(tenant))],
    ['scopes', scopes.join(', ')],
    ['expires', expiresAt === null ? 'never' : localTime(expiresAt)],
  ]);
  return 0;
}

export async function listEventTypes(context: CliContext): Promise<number> {
  const items = await ask(context, 'Reading event types', (client) => client.eventTypes());
  const { paint } = context.out;
  const takers = ({ sagas }: EventTypeResource, starts: boolean): string =>
    sagas
      .filter((one) => one.starts === starts)
      .map(({ saga }) => saga)
      .join(', ');
  const columns: readonly Column<EventTypeResource>[] = [
    { title: 'TYPE', value: ({ type }) => type, paint: paint.name },
    { title: 'STARTS', value: (type) => takers(type, true), flexible: true },
    { title: 'GOES TO', value: (type) => takers(type, false), flexible: true },
    { title: 'DATA', value: ({ schema }) => fieldsOf(schema), flexible: true },
    { title: 'APP', value: ({ app }) => app },
  ];
  return printPage(
    context.out,
    { items, next: null },
    columns,
    'no active release takes events; make one: holdfast deploy',
  );
}

/** What the data of an event holds, `?` after what may be left out; the whole schema is in `--json`. */
function fieldsOf(schema: EventTypeResource['schema']): string {
  if (schema === null) return 'any';
  const { properties, required } = schema;
  if (typeof properties !== 'object' || properties === null || Array.isArray(properties))
    return JSON.stringify(schema);
  const needed = Array.isArray(required) ? required : [];
  return Object.keys(properties)
    .map((name) => (needed.includes(name) ? name : `${name}?`))
    .join(', ');
}
