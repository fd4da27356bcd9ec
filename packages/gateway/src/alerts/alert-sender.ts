/**
 * How a message reaches a target. Each sends once, and rejects with why it may not have arrived; whoever calls tries
 * again. Hosts are named by the configuration, so they may be on the home network; redirects are not followed.
 */
import { createHmac } from 'node:crypto';
import type { AlertMessage, Clock } from '@holdfast/core';
import { MICROS_PER_MILLI } from '@holdfast/core';
import { HttpClient } from '../providers/http-exchange.ts';
import { SmtpProvider } from '../providers/smtp-provider.ts';
import type { AlertTargetSettings, NtfyTarget, WebhookTarget } from './alert-settings.ts';
import { mailCall } from './alert-mail.ts';
import { requestUrl, sendRequest } from './plain-request.ts';

const MILLIS_PER_SECOND = 1000;
/** A secret of Standard Webhooks: the rest is base64. */
const WEBHOOK_SECRET = 'whsec_';
/** ntfy makes an attachment of a longer one; in bytes. */
const NTFY_BODY_BYTES = 4000;

export class AlertSender {
  readonly #clock: Clock;
  readonly #http: HttpClient;
  readonly #mail = new SmtpProvider();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#http = new HttpClient(clock);
  }

  /** @throws Error that says why it did not arrive, or may not have; HoldfastError for a setting that is at fault */
  async send(
    target: AlertTargetSettings,
    message: AlertMessage,
    signal: AbortSignal,
  ): Promise<void> {
    switch (target.type) {
      case 'webhook':
        return this.#webhook(target, message, signal);
      case 'ntfy':
        return this.#ntfy(target, message, signal);
      case 'smtp': {
        const { call, settings } = mailCall(target, message);
        const result = await this.#mail.execute(call, settings, { signal, resolve: noReference });
        if (result.kind === 'succeeded') return;
        throw new Error(`${result.error.code}: ${result.error.message}`);
      }
    }
  }

  async #webhook(target: WebhookTarget, message: AlertMessage, signal: AbortSignal): Promise<void> {
    const body = JSON.stringify(message);
    const headers = ['content-type', 'application/json', ...authorization(target.token)];
    const timestamp = Math.floor(this.#clock.now() / MICROS_PER_MILLI / MILLIS_PER_SECOND);
    headers.push('webhook-id', message.id, 'webhook-timestamp', String(timestamp));
    if (target.secret !== null) {
      const signed = signatureOf(target.secret(), message.id, timestamp, body);
      headers.push('webhook-signature', signed);
    }
    const url = requestUrl(target.url());
    await sendRequest(this.#http, { method: 'POST', url, headers, body }, signal);
  }

  /** https://docs.ntfy.sh/publish/ */
  async #ntfy(target: NtfyTarget, message: AlertMessage, signal: AbortSignal): Promise<void> {
    const { subject, text, severity, url: click, alerts } = message;
    const isOver = alerts.length > 0 && alerts.every(({ notice }) => notice === 'resolved');
    const isUrgent = !isOver && severity === 'critical';
    const named = {
      title: encodedWord(subject),
      priority: isOver ? '2' : isUrgent ? '5' : '3',
      click,
      tags: isOver ? 'white_check_mark' : isUrgent ? 'rotating_light' : 'warning',
      'content-type': 'text/plain; charset=utf-8',
    };
    const headers = [...Object.entries(named).flat(), ...authorization(target.token)];
    const url = requestUrl(target.url());
    const body = cutToBytes(text, NTFY_BODY_BYTES);
    await sendRequest(this.#http, { method: 'POST', url, headers, body }, signal);
  }

  close(): void {
    this.#http.close();
  }
}

/** As Standard Webhooks sign: HMAC-SHA256 over id, time and body, in base64. */
function signatureOf(secret: string, id: string, timestamp: number, body: string): string {
  const key = secret.startsWith(WEBHOOK_SECRET)
    ? Buffer.from(secret.slice(WEBHOOK_SECRET.length), 'base64')
    : Buffer.from(secret);
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

function authorization(token: (() => string) | null): readonly string[] {
  return token === null ? [] : ['authorization', `Bearer ${token()}`];
}

/** A header's value is ASCII; anything else is written as RFC 2047 §2 has it, which ntfy reads. */
function encodedWord(text: string): string {
  return /^[\x20-\x7e]*$/.test(text)
    ? text
    : `=?UTF-8?B?${Buffer.from(text.toWellFormed()).toString('base64')}?=`;
}

function cutToBytes(text: string, most: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= most) return text;
  // A character that is cut through is left out.
  return `${new TextDecoder().decode(bytes.subarray(0, most), { stream: true })}\n…`;
}

function noReference(): never {
  throw new Error('a message has no references to resolve');
}
