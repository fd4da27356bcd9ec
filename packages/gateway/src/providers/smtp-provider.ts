/**
 * The `smtp` provider: an effect that is one mail, with no code (R8.2).
 *
 * What a server's words say (RFC 5321 §4.2.1), told apart by whether it had the whole message:
 *
 * 1. Before the end of the message nothing was sent: a server must not deliver what it did not get to the end of
 *    (§4.1.1.4). A 5yz to sender, recipients or message is a definite refusal; to the greeting, TLS or credentials it is
 *    about us, and may be tried again.
 * 2. After it, 2yz is success and 4yz or 5yz says that it was not taken. Silence, and 421, leave it in doubt.
 *
 * One connection a message: what an idle one does between two of them cannot put a message in doubt.
 */
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { EffectFault } from '@holdfast/core';
import type {
  EffectCall,
  EffectProvider,
  EffectResult,
  Millis,
  ProviderContext,
  ProviderSettings,
} from '@holdfast/core';
import type { SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';
import { compileText } from './compiled-template.ts';
import type { Fill } from './compiled-template.ts';
import { guardedLookup, TARGET_REFUSED } from './outgoing-guard.ts';
import { compileMessage } from './smtp-message.ts';
import type { ComposeMessage, SmtpSettings } from './smtp-message.ts';
import { TemplateScope } from './template-scope.ts';

/** Longest wait for a connection, and for the server's first words. */
const CONNECT_TIMEOUT_MS: Millis = 10_000;
/** Longest wait for a server's goodbye. */
const QUIT_TIMEOUT_MS: Millis = 1000;
const MESSAGE_HEAD = 500;

interface CompiledSettings {
  readonly host: Fill<string>;
  readonly port: Fill<number>;
  readonly auth: { readonly user: Fill<string>; readonly password: Fill<string> } | null;
  readonly ca: Fill<string> | null;
  readonly message: ComposeMessage;
}

interface Credentials {
  readonly user: string;
  readonly pass: string;
}

/** What nodemailer's errors carry. */
interface SmtpFault {
  readonly message: string;
  readonly code: string | null;
  readonly status: number | null;
}

type Library = Awaited<ReturnType<typeof loadLibrary>>;

/** At first use: most servers send no mail. */
async function loadLibrary() {
  const [connection, composer] = await Promise.all([
    import('nodemailer/lib/smtp-connection'),
    import('nodemailer/lib/mail-composer'),
  ]);
  return { SMTPConnection: connection.default, MailComposer: composer.default };
}

export class SmtpProvider implements EffectProvider {
  readonly name = 'smtp';
  #library: Promise<Library> | null = null;
  readonly #compiled = new WeakMap<SmtpSettings, CompiledSettings>();

  async execute(
    call: EffectCall,
    settings: ProviderSettings,
    context: ProviderContext,
  ): Promise<EffectResult> {
    if (settings.kind !== 'smtp') throw new TypeError(`settings of ${settings.kind}, not of smtp`);
    if (call.mode === 'check') {
      const error = { code: 'check.unsupported', message: 'a mail server cannot be asked' };
      return { kind: 'in_doubt', error };
    }
    const compiled = this.#compile(settings);
    const scope = new TemplateScope(call, context);
    const options = compiled.message(scope, call);
    const host = compiled.host(scope);
    const port = compiled.port(scope);
    const auth = compiled.auth;
    const credentials =
      auth === null ? null : { user: auth.user(scope), pass: auth.password(scope) };
    const ca = compiled.ca?.(scope);
    this.#library ??= loadLibrary();
    const { SMTPConnection, MailComposer } = await this.#library;
    const mail = new MailComposer(options).compile();
    // Not in the message: whoever gets it need not see the others.
    mail.keepBcc = false;
    const content = await mail.build();
    const dialogue = new Dialogue(mail.getEnvelope(), content, credentials, context.signal);
    return dialogue.run(SMTPConnection, host, port, {
      secure: settings.secure,
      requireTLS: settings.starttls === 'required',
      ignoreTLS: settings.starttls === 'never',
      opportunisticTLS: false,
      tls: { ...(ca === undefined ? {} : { ca }), minVersion: 'TLSv1.2' },
    });
  }

  #compile(settings: SmtpSettings): CompiledSettings {
    let compiled = this.#compiled.get(settings);
    if (compiled === undefined) {
      compiled = compileSettings(settings);
      this.#compiled.set(settings, compiled);
    }
    return compiled;
  }
}

function compileSettings(settings: SmtpSettings): CompiledSettings {
  const { host, port, auth, ca } = settings;
  const portOf = compileText(String(port));
  return {
    host: compileText(host),
    port: (scope) => {
      const number = Number(portOf(scope));
      if (Number.isInteger(number) && number > 0 && number < 65_536) return number;
      const message = `port ${port} gives no number of a port`;
      throw new EffectFault({ kind: 'not_done', error: { code: 'config.invalid', message } });
    },
    auth:
      auth === undefined
        ? null
        : { user: compileText(auth.user), password: compileText(auth.password) },
    ca: ca === undefined ? null : compileText(ca),
    message: compileMessage(settings),
  };
}

type Connection = InstanceType<Library['SMTPConnection']>;
type Envelope = Parameters<Connection['send']>[0];

/** One connection and one message over it. */
class Dialogue {
  readonly #envelope: Envelope;
  readonly #content: Buffer;
  readonly #credentials: Credentials | null;
  readonly #signal: AbortSignal;
  readonly #ends: (() => void)[] = [];
  /** What the server is being told: about us, or about the message. */
  #stage: 'us' | 'message' | 'handed_over' = 'us';
  #isTaken = false;

  constructor(
    envelope: Envelope,
    content: Buffer,
    credentials: Credentials | null,
    signal: AbortSignal,
  ) {
    this.#envelope = envelope;
    this.#content = content;
    this.#credentials = credentials;
    this.#signal = signal;
  }

  async run(
    SMTPConnection: Library['SMTPConnection'],
    host: string,
    port: number,
    options: SMTPConnectionOptions,
  ): Promise<EffectResult> {
    const gone = Promise.withResolvers<never>();
    gone.promise.catch(() => undefined);
    const late = (): void => gone.reject(Object.assign(new Error('no answer in time'), LATE));
    this.#signal.addEventListener('abort', late, { once: true });
    if (this.#signal.aborted) late();
    this.#ends.push(() => this.#signal.removeEventListener('abort', late));
    try {
      const socket = await Promise.race([this.#open(host, port), gone.promise]);
      const connection = new SMTPConnection({
        ...options,
        host,
        port,
        connection: socket,
        connectionTimeout: CONNECT_TIMEOUT_MS,
        greetingTimeout: CONNECT_TIMEOUT_MS,
      });
      this.#ends.push(() => this.#leave(connection));
      connection.once('error', (error: unknown) => gone.reject(error));
      return await Promise.race([this.#talk(connection), gone.promise]);
    } catch (error) {
      return this.#resultOf(faultOf(error));
    } finally {
      for (const end of this.#ends.toReversed()) end();
    }
  }

  #open(host: string, port: number): Promise<Socket> {
    const { promise, resolve, reject } = Promise.withResolvers<Socket>();
    const socket = connect({ host, port, lookup: guardedLookup('named') });
    this.#ends.push(() => {
      if (!this.#isTaken) socket.destroy();
    });
    const timer = setTimeout(
      () => reject(new Error(`no connection in ${CONNECT_TIMEOUT_MS} ms`)),
      CONNECT_TIMEOUT_MS,
    );
    this.#ends.push(() => clearTimeout(timer));
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve(socket);
    });
    socket.once('error', reject);
    return promise;
  }

  async #talk(connection: Connection): Promise<EffectResult> {
    await done((next) => connection.connect((error) => next(error ?? null)));
    const credentials = this.#credentials;
    if (credentials !== null) {
      await done((next) => connection.login(credentials, (error) => next(error ?? null)));
    }
    this.#stage = 'message';
    const content = Readable.from([this.#content]);
    // The end of the message goes out after the last of it was read from here.
    content.once('end', () => (this.#stage = 'handed_over'));
    const { promise, resolve, reject } = Promise.withResolvers<EffectResult>();
    connection.send(this.#envelope, content, (error, info) => {
      if (error !== null) {
        reject(error);
        return;
      }
      const { accepted, rejected, response } = info;
      resolve({ kind: 'succeeded', output: JSON.stringify({ accepted, rejected, response }) });
    });
    const result = await promise;
    this.#isTaken = true;
    return result;
  }

  /** A server that has taken the message is told goodbye, and need not answer in our time. */
  #leave(connection: Connection): void {
    if (!this.#isTaken) {
      connection.close();
      return;
    }
    connection.quit();
    const timer = setTimeout(() => connection.close(), QUIT_TIMEOUT_MS);
    timer.unref();
    connection.once('end', () => clearTimeout(timer));
  }

  #resultOf({ message, code, status }: SmtpFault): EffectResult {
    const text = message.length > MESSAGE_HEAD ? `${message.slice(0, MESSAGE_HEAD)}…` : message;
    const of = (fallback: string) => ({
      code: status === null ? fallback : `smtp.${status}`,
      message: text,
    });
    if (code === TARGET_REFUSED) return { kind: 'failed', error: { code, message } };
    const isDoubtful = this.#stage === 'handed_over' && (status === null || status === 421);
    if (isDoubtful) {
      return {
        kind: 'in_doubt',
        error: of(code === LATE.code ? 'timeout' : 'connection.lost'),
      };
    }
    const isRefusal = status !== null && status >= 500 && this.#stage !== 'us';
    return { kind: isRefusal ? 'failed' : 'not_done', error: of('connect') };
  }
}

const LATE = { code: 'TIMEOUT' };

function done(start: (next: (error: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => {
      if (error === null) resolve();
      else reject(error);
    });
  });
}

function faultOf(error: unknown): SmtpFault {
  const message = error instanceof Error ? error.message : String(error);
  const { code, responseCode } = (typeof error === 'object' && error !== null ? error : {}) as {
    readonly code?: unknown;
    readonly responseCode?: unknown;
  };
  return {
    message,
    code: typeof code === 'string' ? code : null,
    status: typeof responseCode === 'number' ? responseCode : null,
  };
}
