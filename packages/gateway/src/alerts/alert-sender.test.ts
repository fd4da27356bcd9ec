import { once } from 'node:events';
import { createHmac } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { ALERT_KINDS, alertMessageSchema } from '@holdfast/core';
import { SMTPServer } from 'smtp-server';
import { selfSigned } from '../mqtt/testing/self-signed.ts';
import { platformClock } from '../providers/testing-calls.ts';
import type { OpenAlert } from './alert-record.ts';
import { AlertSender } from './alert-sender.ts';
import type { AlertTargetSettings, MailTarget } from './alert-settings.ts';
import { messageOf, testMessage } from './alert-words.ts';
import { conditionsOf } from './conditions.ts';
import { alertFacts, LIMITS, needGroup, NOW, receiver, webhook } from './testing/alert-fixtures.ts';

const sender = new AlertSender(platformClock);
const ends: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const BASE = 'https://console.example';
const ID = '0123456789abcdef0123456789abcdef';

function openAlert(over: Parameters<typeof needGroup>[0] = {}): OpenAlert {
  const needs = { groups: [needGroup(over)], nextDueAt: null };
  const [condition] = conditionsOf(alertFacts({ needs }), LIMITS, () => false).conditions;
  if (condition === undefined) throw new Error('no condition was found');
  const about = { ...condition.about };
  return {
    id: 'a1',
    condition: { ...condition, about },
    since: NOW,
    openedAt: NOW,
    overAt: null,
    told: {},
  };
}
const opened = (over: Parameters<typeof needGroup>[0] = {}) =>
  messageOf(ID, [{ alert: openAlert(over), notice: 'opened' }], BASE, NOW);
const resolved = () =>
  messageOf(ID, [{ alert: { ...openAlert(), overAt: NOW + 1 }, notice: 'resolved' }], BASE, NOW);
const send = (target: AlertTargetSettings, message = opened()) =>
  sender.send(target, message, AbortSignal.timeout(20_000));

async function inbox() {
  const made = await receiver();
  ends.push(async () => made[Symbol.asyncDispose]());
  return made;
}

const TRICK =
  'x\r\nBcc: evil@evil.example\r\nSubject: forged\r\n\r\n<b>body</b>\n.\r\nMAIL FROM:<evil@evil.example>\u2028\u202e\u0007\n\ncritical: forged\nWhat to do: http://evil.example';
/** A stranger’s words wherever any may stand. */
const WORDS = { message: TRICK, saga: TRICK, code: TRICK, tenant: TRICK, release: TRICK };

describe('a webhook', () => {
  test('gets JSON that says what, where, since when, how many, what next, and a link', async () => {
    const hook = await inbox();
    await send(
      webhook({ url: () => `${hook.url}/in?a=1`, token: () => 't0ken' }),
      opened({ tenant: 'shop', count: 12 }),
    );
    const [got] = hook.got;
    expect(got).toMatchObject({ method: 'POST', path: '/in?a=1' });
    expect(got?.headers).toMatchObject({
      'content-type': 'application/json',
      authorization: 'Bearer t0ken',
      'webhook-id': ID,
    });
    expect(got?.headers['webhook-signature']).toBeUndefined();
    const message = alertMessageSchema.parse(JSON.parse(got?.body ?? ''));
    expect(message).toMatchObject({
      id: ID,
      type: 'holdfast.alerts',
      subject: 'Holdfast: 12 instances of order are blocked (tenant shop)',
      severity: 'critical',
      alerts: [{ kind: 'blocked', notice: 'opened', tenant: 'shop', count: 12, resolvedAt: null }],
    });
    expect(message.url).toMatch(/^https:\/\/console\.example\/needs-you\?group=[\w-]+$/);
    expect(message.text).toContain('tenant shop');
    expect(message.text).toContain('since 2026-');
    expect(message.text).toContain('no price');
    expect(message.text).toContain('What to do: Mend the cause');
    expect(message.text).toContain(message.url);
  });

  test.each([
    ['plain-secret', Buffer.from('plain-secret')],
    ['whsec_aGVsbG8gd29ybGQ=', Buffer.from('hello world')],
  ])('is signed as Standard Webhooks say: %s', async (secret, key) => {
    const hook = await inbox();
    await send(webhook({ url: () => hook.url, secret: () => secret }));
    const [got] = hook.got;
    if (got === undefined) throw new Error('nothing came');
    const { headers, body } = got;
    const signed = `${ID}.${String(headers['webhook-timestamp'])}.${body}`;
    const signature = createHmac('sha256', key).update(signed).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${signature}`);
    expect(Math.abs(Number(headers['webhook-timestamp']) * 1000 - Date.now())).toBeLessThan(60_000);
  });

  test('that refuses, or sends on elsewhere, has not got it; why is told without the address', async () => {
    const hook = await inbox();
    hook.status = 500;
    await expect(send(webhook({ url: () => hook.url }))).rejects.toThrow('answered 500: not today');
    hook.status = 302;
    await expect(send(webhook({ url: () => hook.url }))).rejects.toThrow('answered 302');
    expect(hook.got).toHaveLength(2);
    await expect(send(webhook({ url: () => 'ftp://secret.example' }))).rejects.toThrow(
      /^the url is no http/,
    );
  });
});

describe('ntfy', () => {
  const ntfy = (url: string): AlertTargetSettings => ({
    name: 'phone',
    type: 'ntfy',
    kinds: ALERT_KINDS,
    severity: 'warning',
    tenants: null,
    url: () => `${url}/my-topic`,
    token: () => 'tk_1',
  });

  test('shows title, text, priority and a click that lands on the thing', async () => {
    const phone = await inbox();
    await send(ntfy(phone.url));
    await send(ntfy(phone.url), opened({ kind: 'quarantine' }));
    await send(ntfy(phone.url), resolved());
    expect(phone.got[0]).toMatchObject({
      method: 'POST',
      path: '/my-topic',
      headers: {
        title: 'Holdfast: 1 instance of order is blocked',
        priority: '5',
        click: opened().url,
        authorization: 'Bearer tk_1',
      },
      body: opened().text,
    });
    expect(phone.got.map(({ headers }) => headers['priority'])).toEqual(['5', '3', '2']);
    expect(phone.got[2]?.headers['title']).toBe(
      'Holdfast: resolved: 1 instance of order is blocked',
    );
  });

  test('a title with other letters is encoded, and nothing in it makes another header', async () => {
    const phone = await inbox();
    await send(ntfy(phone.url), opened({ saga: 'bücher\r\nx-evil: 1' }));
    const headers = phone.got[0]?.headers;
    expect(headers?.['x-evil']).toBeUndefined();
    const [, encoded = ''] = /^=\?UTF-8\?B\?(.*)\?=$/.exec(String(headers?.['title'])) ?? [];
    expect(Buffer.from(encoded, 'base64').toString()).toBe(
      'Holdfast: 1 instance of bücher x-evil: 1 is blocked',
    );
  });

  test('a long text is cut to what ntfy shows, at a whole character', async () => {
    const phone = await inbox();
    const many = Array.from({ length: 20 }, (_, i) => ({
      alert: openAlert({ saga: `s${i}`, message: 'ü'.repeat(400) }),
      notice: 'opened' as const,
    }));
    await send(ntfy(phone.url), messageOf(ID, many, BASE, NOW));
    const { body = '' } = phone.got[0] ?? {};
    expect(Buffer.byteLength(body)).toBeLessThan(4096);
    expect(body.endsWith('\n…')).toBe(true);
    expect(body).not.toContain('\uFFFD');
  });

  test('in a stranger’s words has no further header and begins no line of ours', async () => {
    const phone = await inbox();
    await send(ntfy(phone.url), opened(WORDS));
    expect(phone.got[0]?.headers).not.toHaveProperty('bcc');
    expect(phone.got[0]?.headers['title']).toMatch(/^=\?UTF-8\?B\?[\w+/=]+\?=$|^[\x20-\x7e]+$/);
    expect(phone.got[0]?.body).not.toMatch(/^What to do: http/m);
  });
});

describe('mail', () => {
  const { key, cert } = selfSigned();

  async function relay() {
    const mails: { from: string; to: readonly string[]; text: string; user: unknown }[] = [];
    const server = new SMTPServer({
      key,
      cert,
      logger: false,
      closeTimeout: 100,
      onAuth: ({ username = '', password = '' }, _session, done) => {
        if (password === '{p}ass') done(null, { user: username });
        else done(Object.assign(new Error('no'), { responseCode: 535 }));
      },
      onData: (stream, session, done) => {
        let text = '';
        stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
        stream.on('end', () => {
          const { mailFrom, rcptTo } = session.envelope;
          mails.push({
            from: mailFrom === false ? '' : mailFrom.address,
            to: rcptTo.map(({ address }) => address),
            text: text.replaceAll('=\r\n', ''),
            user: session.user,
          });
          done(null, 'kept');
        });
      },
    });
    server.on('error', () => undefined);
    server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    ends.push(() => new Promise((resolve) => server.close(() => resolve())));
    return { port: (server.server.address() as AddressInfo).port, mails };
  }

  const mail = (port: number, over: Partial<MailTarget> = {}): MailTarget => ({
    name: 'mail',
    type: 'smtp',
    kinds: ALERT_KINDS,
    severity: 'warning',
    tenants: null,
    host: 'localhost',
    port,
    secure: false,
    starttls: 'required',
    auth: { user: 'holdfast', password: () => '{p}ass' },
    ca: cert,
    from: 'Holdfast <holdfast@shop.example>',
    to: ['ops@shop.example', 'Night Shift <night@shop.example>'],
    ...over,
  });

  test('goes over TLS to all who are named, with subject, words and an id that stays', async () => {
    const { port, mails } = await relay();
    await send(mail(port), opened({ message: 'no price for {subject}' }));
    expect(mails).toHaveLength(1);
    const [{ from, to, text, user } = { from: '', to: [], text: '', user: '' }] = mails;
    expect({ from, to, user }).toEqual({
      from: 'holdfast@shop.example',
      to: ['ops@shop.example', 'night@shop.example'],
      user: 'holdfast',
    });
    expect(text).toContain('Subject: Holdfast: 1 instance of order is blocked');
    expect(text).toContain(`Message-ID: <${ID}@shop.example>`);
    expect(text).toContain('no price for {subject}');
    expect(text).toContain('What to do: Mend the cause');
  });

  test('in a stranger’s words has no further header, recipient or paragraph, in whatever they stand', async () => {
    const { port, mails } = await relay();
    await send(mail(port), opened(WORDS));
    await send(mail(port), opened({ ...WORDS, kind: 'quarantine', origin: TRICK }));
    expect(mails.map(({ to }) => to)).toEqual(
      Array(2).fill(['ops@shop.example', 'night@shop.example']),
    );
    for (const { text } of mails) {
      const [head = '', ...bodies] = text.split('\r\n\r\n');
      const names = Array.from(head.matchAll(/^([\w-]+):/gm), ([, name]) => name?.toLowerCase());
      expect(names.filter((name) => name === 'subject')).toHaveLength(1);
      expect(names).not.toContain('bcc');
      expect(head).not.toMatch(/[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f]/);
      const lines = bodies.join('\r\n\r\n').split('\r\n');
      expect(lines.filter((line) => /^(critical|What to do): ?(forged|http)/.test(line))).toEqual(
        [],
      );
    }
  });

  test('that is refused says why, and not the password', async () => {
    const { port, mails } = await relay();
    const wrong = mail(port, { auth: { user: 'holdfast', password: () => 'wr0ng-one' } });
    const refused = await send(wrong).then(
      () => '',
      (error: unknown) => String(error),
    );
    expect(refused).toContain('smtp.535');
    expect(refused).not.toContain('wr0ng-one');
    expect(mails).toEqual([]);
  });
});

test('of several the number is told, and the link is to all; a test says that nothing is wrong', () => {
  const one = openAlert();
  const two = openAlert({ tenant: 'north', saga: 'parcel' });
  const over = { ...openAlert({ saga: 'third' }), overAt: NOW };
  const message = messageOf(
    ID,
    [
      { alert: one, notice: 'reminder' },
      { alert: two, notice: 'opened' },
      { alert: over, notice: 'resolved' },
    ],
    BASE,
    NOW,
  );
  expect(message.subject).toBe('Holdfast: 2 things need a person, 1 resolved');
  expect(message.url).toBe(`${BASE}/needs-you`);
  expect(message.text).toContain('critical: still: 1 instance of order is blocked');
  expect(message.text).toContain('tenant north');
  expect(message.text).toContain('resolved: 1 instance of third is blocked');
  expect(testMessage(ID, BASE, NOW)).toMatchObject({ type: 'holdfast.test', alerts: [] });
});
