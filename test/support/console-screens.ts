/** Every screen of the console, with data on it that is the same at each run: an evening in a restaurant. */
import { alertsSchema, attentionSchema } from '@holdfast/core';
import { z } from 'zod';
import type { AnsweringTarget } from './answering-target.ts';
import { eventually } from './eventually.ts';
import type { HoldfastServer } from './holdfast-server.ts';
import { expectStatus } from './http-api.ts';
import { MqttUser } from './mqtt.ts';
import { order, orderPlaced, UNAVAILABLE } from './orders.ts';

export interface Screen {
  /** Of its picture. */
  readonly name: string;
  readonly path: string;
  /** A text that stands there once its data does. */
  readonly shows: string | RegExp;
  /** No session, no navigation. */
  readonly alone?: boolean;
}

/** What a button of a screen opens. */
export interface ScreenDialog extends Screen {
  readonly button: RegExp;
}

const GUESTS = ['Ada', 'Grace', 'Edsger', 'Barbara', 'Alan'] as const;
const FIRST_ORDER = 1041;
const COMPLETED = 6;
const MINUTES_BETWEEN = 7;
const WAITING = 3;
const SOUP = 'soup-7';
const UNREACHED = '/evening-shift';
/** Has a child that has ended, and one that waits. */
const SUPPER = 'table-4';

const token = z.object({ token: z.string() });
const effects = z.looseObject({
  items: z.array(z.looseObject({ commandId: z.string(), effect: z.string(), state: z.string() })),
});
const releases = z.looseObject({
  items: z.array(z.looseObject({ digest: z.string(), app: z.string() })),
});

/** Somebody who is told, somebody who cannot be reached, and a watcher. */
export function configOf({ url }: AnsweringTarget): string {
  return `alerts:
  window: 1s
  targets:
    kitchen: { type: webhook, url: ${url}/alerts }
    phone: { type: ntfy, url: ${url}${UNREACHED}, severity: critical }
  ping: { url: ${url}/alive, interval: 10s }
`;
}

/**
 * Instances in every state that an operator meets, devices, keys.
 *
 * @param pass sets the server's clock forward, where it can be set
 * @returns a device that is connected until it is disposed of
 */
export async function furnish(
  server: HoldfastServer,
  target: AnsweringTarget,
  pass: (minutes: number) => void,
): Promise<MqttUser> {
  const { api } = server;
  target.breakPath(UNREACHED, 503);
  let number = FIRST_ORDER;
  const place = async (changes: Parameters<typeof order>[0] = {}): Promise<string> => {
    const orderId = `order-${number}`;
    const customer = GUESTS[number % GUESTS.length] ?? 'Ada';
    number += 1;
    await api.publish(orderPlaced(order({ orderId, customer, ...changes }), '/till/1'));
    return orderId;
  };
  for (let i = 1; i <= COMPLETED; i += 1) {
    const id = await place({ amount: 1800 + 350 * i });
    await api.waitForStatus('order', id, 'waiting');
    expectStatus(await api.completeWait('order', id, 'kitchen.ready', { shelf: `A${i}` }), 200);
    await api.waitForStatus('order', id, 'completed');
    pass(MINUTES_BETWEEN);
  }
  for (const changes of [{ amount: 12_000 }, { items: [{ sku: UNAVAILABLE, qty: 1 }] }])
    await api.waitForStatus('order', await place(changes), 'compensated');
  for (let i = 0; i < WAITING; i += 1) await api.waitForStatus('order', await place(), 'waiting');

  target.breakPath('/heat', 'silent');
  for (const id of ['rye-1', 'rye-2', 'rye-3']) {
    await api.publish({ type: 'bread.asked', source: '/till/1', data: { id, loaves: 2 } });
    await api.waitForStatus('bread', id, 'blocked');
  }
  target.mend('/heat');
  target.breakPath('/cool', 400);
  await api.publish({
    type: 'bread.asked',
    source: '/till/1',
    data: { id: 'toast-1', loaves: 1, burnt: true },
  });
  await api.waitForStatus('bread', 'toast-1', 'blocked');

  const { secret } = await api.createKey({
    name: 'kitchen display',
    scopes: ['publish', 'subscribe', 'view'],
  });
  const display = await MqttUser.connect(server.ready.mqtt, {
    key: secret,
    clientId: 'kitchen-display',
  });
  await display.client.subscribeAsync('kitchen/#', { qos: 1 });
  for (const [place, celsius] of [
    ['oven', 218],
    ['fridge', 4.5],
  ] as const) {
    await display.client.publishAsync(`kitchen/${place}/temperature`, JSON.stringify({ celsius }), {
      qos: 1,
      retain: true,
    });
  }
  // What cannot be read as the event it should be goes to quarantine.
  await display.client.publishAsync('kitchen/till/asked', 'one soup please', { qos: 1 });
  await eventually('it is in quarantine', async () => (await api.quarantine())[0]);
  await eventually('somebody is told', async () =>
    alertsSchema
      .parse((await api.get('/v1/alerts')).json)
      .deliveries.find(({ state }) => state === 'sent'),
  );
  await api.publish({ type: 'soup.asked', source: '/till/1', data: { id: SOUP } });
  await api.waitForStatus('soup', SOUP, 'waiting');
  await api.publish({ type: 'supper.asked', source: '/till/1', data: { id: SUPPER } });
  await api.waitForStatus('bread', `${SUPPER}-bread`, 'completed');
  await api.waitForStatus('soup', `${SUPPER}-soup`, 'waiting');
  return display;
}

/** What the addresses of some screens name. */
export interface Furnished {
  readonly waitToken: string;
  readonly heldCommand: string;
  readonly release: string;
  readonly placedSeq: number;
  /** Of what needs a person: the ovens that did not answer. */
  readonly heldGroup: string;
}

/** What `furnish` made. */
export async function furnished(
  server: HoldfastServer,
  target: AnsweringTarget,
): Promise<Furnished> {
  const { api } = server;
  const held = effects
    .parse((await api.get('/v1/effects?state=held')).json)
    .items.find(({ effect }) => effect === 'oven.heat');
  const release = releases
    .parse((await api.get('/v1/releases')).json)
    .items.find(({ app }) => app === 'restaurant');
  const [placed] = await api.events('?type=order.placed');
  const asked = token.parse(JSON.parse(target.callsOf('/ask')[0]?.body ?? '{}'));
  const group = attentionSchema
    .parse((await api.get('/v1/attention')).json)
    .groups.find(({ kind }) => kind === 'doubtful');
  if (!held || !release || !placed || !group) throw new Error('the server is not furnished');
  return {
    waitToken: asked.token,
    heldCommand: held.commandId,
    release: release.digest,
    placedSeq: placed.seq,
    heldGroup: group.id,
  };
}

/** Each screen of the router, with all its views. */
export function screensOf(made: Furnished): readonly Screen[] {
  const done = `order-${FIRST_ORDER + 1}`;
  return [
    { name: 'sign-in', path: '/login', shows: 'Sign in to this server.', alone: true },
    {
      name: 'wait',
      path: `/wait/${made.waitToken}`,
      shows: 'Does the soup need salt?',
      alone: true,
    },
    { name: 'today', path: '/', shows: 'Accepted' },
    { name: 'needs-you', path: '/needs-you', shows: /oven\.heat in doubt/ },
    {
      name: 'needs-you-group',
      path: `/needs-you?group=${made.heldGroup}`,
      shows: /These effects were called/,
    },
    { name: 'sagas', path: '/sagas', shows: done },
    { name: 'instance', path: `/sagas/order/${done}`, shows: 'Where it stands' },
    {
      name: 'instance-blocked',
      path: '/sagas/bread/rye-2?story=list&version=1',
      shows: 'Where it stands',
    },
    { name: 'instance-family', path: `/sagas/supper/${SUPPER}`, shows: `soup ${SUPPER}-soup` },
    { name: 'instance-child', path: `/sagas/bread/${SUPPER}-bread`, shows: 'Cause and family' },
    { name: 'events', path: '/events', shows: 'order.placed' },
    { name: 'event', path: `/events/${made.placedSeq}`, shows: 'What became of it' },
    { name: 'publish', path: '/events/publish?type=order.placed', shows: /Taken by order/ },
    { name: 'devices', path: '/devices', shows: 'kitchen/oven/temperature' },
    { name: 'devices-clients', path: '/devices?view=clients', shows: 'kitchen-display' },
    {
      name: 'devices-retained',
      path: '/devices?view=retained',
      shows: 'kitchen/fridge/temperature',
    },
    { name: 'effects', path: '/effects', shows: 'oven.heat' },
    { name: 'effect', path: `/effects/${made.heldCommand}`, shows: 'oven.heat' },
    { name: 'waits', path: '/schedules', shows: 'kitchen.ready' },
    { name: 'timers', path: '/schedules?view=timers', shows: done.slice(0, 5) },
    { name: 'cron', path: '/schedules?view=cron', shows: 'morning-bread' },
    { name: 'releases', path: '/releases', shows: 'restaurant' },
    { name: 'release', path: `/releases/${made.release}`, shows: 'restaurant' },
    { name: 'access', path: '/access', shows: 'kitchen display' },
    { name: 'audit', path: '/access?view=audit', shows: 'key.created' },
    { name: 'secrets', path: '/access?view=secrets', shows: /secret/i },
    { name: 'settings', path: '/settings', shows: 'http.host' },
    { name: 'alerts', path: '/settings?view=alerts', shows: 'Dead-man ping' },
    { name: 'server', path: '/settings?view=server', shows: 'Drain…' },
    { name: 'api', path: '/docs', shows: '/v1/events' },
  ];
}

/** What the buttons of the screens open: every dialog, and the palette. */
export function dialogsOf(screens: readonly Screen[]): readonly ScreenDialog[] {
  const on = (name: string, button: RegExp, more: Partial<Screen> = {}): ScreenDialog => {
    const screen = screens.find((one) => one.name === name);
    if (screen === undefined) throw new Error(`there is no screen ${name}`);
    return { ...screen, ...more, button };
  };
  const waiting = { path: `/sagas/soup/${SOUP}` };
  return [
    on('today', /^Go to/),
    on('needs-you-group', /^Resolve/),
    on('needs-you-group', /^Redrive/),
    on('needs-you-group', /^Cancel/),
    on('instance-blocked', /^Redrive…/),
    on('instance-blocked', /^Cancel…/),
    on('instance', /^Restart…/),
    on('instance', /^Complete or fail…/, waiting),
    on('effect', /^Resolve…/),
    on('waits', /^End the wait/),
    on('releases', /^(Activate|Roll back)…/),
    on('access', /^Create a key…/),
    on('access', /^Revoke kitchen display/),
    on('alerts', /^Test kitchen/),
    on('server', /^Reload…/),
    on('server', /^Drain…/),
  ];
}
