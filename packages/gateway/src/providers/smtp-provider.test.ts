import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { EffectResult } from '@holdfast/core';
import { EffectFault } from '@holdfast/core';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerOptions } from 'smtp-server';
import { selfSigned } from '../mqtt/testing/self-signed.ts';
import type { SmtpSettings } from './smtp-message.ts';
import { SmtpProvider } from './smtp-provider.ts';
import { contextOf, effectCall } from './testing-calls.ts';

const SELF_SIGNED = selfSigned();
const ends: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
  readonly user: string | undefined;
  readonly secure: boolean;
}

interface Relay {
  readonly port: number;
  readonly mails: Mail[];
}

/** A mail server that keeps what it takes. */
async function relay(options: SMTPServerOptions = {}): Promise<Relay> {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    key: SELF_SIGNED.key,
    cert: SELF_SIGNED.cert,
    authOptional: true,
    logger: false,
    closeTimeout: 100,
    onAuth: ({ username = '', password = '' }, _session, done) => {
      if (password === 's3cret-pass') done(null, { user: username });
      else done(Object.assign(new Error(`not ${password}`), { responseCode: 535 }));
    },
    onData: (stream, session, done) => {
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        const user: unknown = session.user;
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          text,
          user: typeof user === 'string' ? user : undefined,
          secure: session.secure,
        });
        done(null, 'kept as 42');
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  ends.push(() => new Promise((resolve) => server.close(() => resolve())));
  return { port: (server.server.address() as AddressInfo).port, mails };
}

/** Something that says the lines given, one after each line it hears, and then does as told. */
async function script(lines: readonly string[], then: (socket: Socket) => void): Promise<Relay> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    let at = 0;
    let heard = '';
    const say = (): void => {
      const line = lines[at++];
      if (line === undefined) then(socket);
      else socket.write(`${line}\r\n`);
    };
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString();
      // Inside a message it listens for the dot alone.
      const end = lines[at - 1]?.startsWith('354') === true ? '\r\n.\r\n' : '\r\n';
      for (let cut = heard.indexOf(end); cut >= 0; cut = heard.indexOf(end)) {
        heard = heard.slice(cut + end.length);
        say();
        if (lines[at - 1]?.startsWith('354') === true) break;
      }
    });
    say();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return { port: (server.address() as AddressInfo).port, mails: [] };
}

function settings({ port }: { port: number }, changes: Partial<SmtpSettings> = {}): SmtpSettings {
  return {
    kind: 'smtp',
    host: '127.0.0.1',
    port,
    secure: false,
    starttls: 'never',
    from: 'Kitchen <kitchen@shop.example>',
    to: ['{name} <{email}>'],
    cc: [],
    bcc: [],
    subject: 'Order {orderId}',
    text: 'Hello {name}, {note}',
    ...changes,
  };
}

const order = { orderId: 'o-1', name: 'Ann', email: 'ann@home.example', note: 'done' };
const values = {
  'secret://SMTP_PASSWORD': 's3cret-pass',
  'config://CA': SELF_SIGNED.cert,
  'config://HOST': 'localhost',
};

function send(
  of: SmtpSettings,
  input: object = order,
  signal: AbortSignal = AbortSignal.timeout(10_000),
): Promise<EffectResult> {
  return new SmtpProvider().execute(
    effectCall({ input: JSON.stringify(input) }),
    of,
    contextOf(values, signal),
  );
}
const codeOf = (result: EffectResult): string =>
  result.kind === 'succeeded' ? result.kind : `${result.kind} ${result.error.code}`;

describe('a mail', () => {
  test('is what the settings and the input say, with an id that every try of the command has', async () => {
    const to = await relay();
    const of = settings(to, {
      cc: ['boss@shop.example'],
      bcc: ['archive@shop.example'],
      replyTo: 'help@shop.example',
      html: '<p>{note}</p>',
    });
    const result = await send(of, { ...order, name: 'Ann, Ünal "the" <cook>', note: '<b>&' });
    expect(result).toMatchObject({ kind: 'succeeded' });
    expect(result.kind === 'succeeded' && JSON.parse(result.output)).toEqual({
      accepted: ['ann@home.example', 'boss@shop.example', 'archive@shop.example'],
      rejected: [],
      response: '250 kept as 42',
    });
    await send(of);
    const [first, second] = to.mails;
    expect(first?.from).toBe('kitchen@shop.example');
    expect(first?.to).toEqual(['ann@home.example', 'boss@shop.example', 'archive@shop.example']);
    const id = /^Message-ID: (.*)$/m.exec(first?.text ?? '')?.[1]?.trim();
    expect(id).toBe('<0123456789abcdef0123456789abcdef@shop.example>');
    expect(second?.text).toContain(`Message-ID: ${id}`);
    expect(first?.text).toContain('Subject: Order o-1');
    expect(first?.text).toContain('Reply-To: help@shop.example');
    expect(first?.text).toContain('X-Correlation-ID: o-1');
    expect(first?.text).toContain('<p>&lt;b&gt;&amp;</p>');
    expect(first?.text).not.toContain('archive@');
  });

  test.each([
    ['a second address', { email: 'ann@home.example, eve@evil.example' }],
    ['an address in brackets', { email: 'x> <eve@evil.example' }],
    ['a line break', { email: 'ann@home.example\r\nRCPT TO:<eve@evil.example>' }],
    ['a group', { email: 'all:eve@evil.example;' }],
    ['no address', { email: 'ann' }],
    ['nothing', { email: '' }],
  ])('is not sent where an address holds %s', async (_, changes) => {
    const to = await relay();
    const result = await send(settings(to), { ...order, ...changes }).catch((error: unknown) =>
      error instanceof EffectFault ? error.result : error,
    );
    expect(result).toMatchObject({ kind: 'failed', error: { code: 'template' } });
    expect(to.mails).toEqual([]);
  });

  test('has no header and no recipient that the input smuggles into names and subjects', async () => {
    const to = await relay();
    const evil = 'x\r\nBcc: eve@evil.example\r\n\r\nbody\u0000';
    const result = await send(settings(to, { subject: 'For {name}' }), { ...order, name: evil });
    expect(codeOf(result)).toBe('succeeded');
    expect(to.mails[0]?.to).toEqual(['ann@home.example']);
    const [head = ''] = (to.mails[0]?.text ?? '').split('\r\n\r\n');
    expect(head).toContain('Subject: For x Bcc: eve@evil.example body');
    expect(head).not.toMatch(/^Bcc:/m);
  });
});

describe('the connection', () => {
  const auth = { user: 'shop', password: 'secret://SMTP_PASSWORD' };

  test.each([
    ['STARTTLS', { starttls: 'required' as const }, {}],
    ['TLS from the first byte', { secure: true }, { secure: true }],
  ])('is encrypted by %s, and logs in', async (_, changes, options) => {
    const to = await relay(options);
    const of = settings(to, { ...changes, host: 'config://HOST', ca: 'config://CA', auth });
    expect(codeOf(await send(of))).toBe('succeeded');
    expect(to.mails[0]).toMatchObject({ user: 'shop', secure: true });
  });

  test('is not made to a server whose certificate nobody vouches for', async () => {
    const to = await relay();
    const of = settings(to, { starttls: 'required', host: 'localhost', auth });
    expect(codeOf(await send(of))).toBe('not_done connect');
    expect(to.mails).toEqual([]);
  });

  test('says nothing in the clear where TLS is required and the server has none', async () => {
    const to = await relay({ disabledCommands: ['STARTTLS'] });
    const of = settings(to, { starttls: 'required', auth });
    expect((await send(of)).kind).toBe('not_done');
    expect(to.mails).toEqual([]);
  });

  test('is not made to where no name may lead', async () => {
    const server = await relay();
    const result = await send(settings(server, { host: '0.0.0.0.nip.invalid' }));
    expect(result.kind).toBe('not_done');
    const zero = await send(settings(server, { host: '0x0' }));
    expect(codeOf(zero)).toBe('failed target.refused');
  });

  test('that nobody takes is certainly not done', async () => {
    const closed = createServer();
    closed.listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, 'close');
    expect(codeOf(await send(settings({ port })))).toBe('not_done connect');
  });

  test('with a wrong password may be tried again, for it is about us', async () => {
    const to = await relay();
    const of = settings(to, {
      starttls: 'required',
      host: 'localhost',
      ca: 'config://CA',
      auth: { user: 'shop', password: 'wrong' },
    });
    expect(codeOf(await send(of))).toBe('not_done smtp.535');
  });
});

describe('what the server says', () => {
  const refusing = (code: number, on: 'onMailFrom' | 'onRcptTo' | 'onData'): SMTPServerOptions => {
    const error = Object.assign(new Error('no'), { responseCode: code });
    if (on !== 'onData')
      return { [on]: (_: unknown, __: unknown, done: (e: Error) => void) => done(error) };
    return {
      onData: (stream, _session, done) => {
        stream.resume();
        stream.on('end', () => done(error));
      },
    };
  };

  test.each([
    [550, 'onMailFrom', 'failed smtp.550'],
    [450, 'onMailFrom', 'not_done smtp.450'],
    [550, 'onRcptTo', 'failed smtp.550'],
    [451, 'onRcptTo', 'not_done smtp.451'],
    [554, 'onData', 'failed smtp.554'],
    [452, 'onData', 'not_done smtp.452'],
    [421, 'onData', 'in_doubt smtp.421'],
  ] as const)('%i in %s is %s', async (code, on, outcome) => {
    const to = await relay(refusing(code, on));
    expect(codeOf(await send(settings(to)))).toBe(outcome);
  });

  test('one of several recipients refused: the others get it, and the output names it', async () => {
    const to = await relay({
      onRcptTo: ({ address }, _session, done) => {
        if (address.startsWith('boss')) done(Object.assign(new Error('no'), { responseCode: 550 }));
        else done();
      },
    });
    const result = await send(settings(to, { cc: ['boss@shop.example'] }));
    expect(result.kind === 'succeeded' && JSON.parse(result.output)).toMatchObject({
      accepted: ['ann@home.example'],
      rejected: ['boss@shop.example'],
    });
  });

  const hello = ['220 hi', '250 hi', '250 ok', '250 ok'];
  const all = [...hello, '354 go on'];

  test('nothing more, once it has the whole message: in doubt', async () => {
    const server = await script(all, (socket) => socket.destroy());
    expect(codeOf(await send(settings(server)))).toBe('in_doubt connection.lost');
  });

  test('nothing more before the message: certainly not done', async () => {
    const server = await script(hello, (socket) => socket.destroy());
    expect(codeOf(await send(settings(server)))).toBe('not_done connect');
  });

  test('too late: in doubt with the message, not done without', async () => {
    const waiting = await script(all, () => undefined);
    expect(codeOf(await send(settings(waiting), order, AbortSignal.timeout(300)))).toBe(
      'in_doubt timeout',
    );
    const mute = await script([], () => undefined);
    expect(codeOf(await send(settings(mute), order, AbortSignal.timeout(300)))).toBe(
      'not_done connect',
    );
  });

  test('garbage: certainly not done', async () => {
    const server = await script(['SSH-2.0-OpenSSH'], (socket) => socket.destroy());
    expect((await send(settings(server))).kind).toBe('not_done');
  });
});
