/**
 * The message of one `smtp` call. Nothing that the input holds can add a recipient, a header or markup:
 *
 * 1. A filled address is one address, and no other; a name goes beside it as a value of its own.
 * 2. Control characters in names and subjects become spaces; the composer encodes what is not ASCII (RFC 2047).
 * 3. Holes of the input are escaped in HTML.
 */
import { splitMailAddress } from '@holdfast/core';
import type { EffectCall, ProviderSettings } from '@holdfast/core';
import type { MailComposerOptions } from 'nodemailer/lib/mail-composer';
import { compileText } from './compiled-template.ts';
import type { Fill } from './compiled-template.ts';
import { templateFault } from './template-scope.ts';
import type { TemplateScope } from './template-scope.ts';

export type SmtpSettings = Extract<ProviderSettings, { kind: 'smtp' }>;

interface Address {
  readonly name: string;
  readonly address: string;
}

export type ComposeMessage = (scope: TemplateScope, call: EffectCall) => MailComposerOptions;

/** RFC 5321 §4.1.2 without quoted local parts and address literals; letters of any script (RFC 6531). */
const ADDRESS = /^[^\s@,;:<>"()[\]\\\p{C}]+@[^\s@,;:<>"()[\]\\\p{C}]+$/u;
/** RFC 5321 §4.5.3.1.3, the brackets left out. */
const MAX_ADDRESS_LENGTH = 254;

/** @throws RangeError for templates that no release could have been built with. */
export function compileMessage(settings: SmtpSettings): ComposeMessage {
  const from = compileAddress(settings.from);
  const to = settings.to.map(compileAddress);
  const cc = settings.cc.map(compileAddress);
  const bcc = settings.bcc.map(compileAddress);
  const replyTo = settings.replyTo === undefined ? null : compileAddress(settings.replyTo);
  const subject = compileText(settings.subject);
  const text = settings.text === undefined ? null : compileText(settings.text);
  const html = settings.html === undefined ? null : compileText(settings.html, escapeHtml);
  return (scope, call) => {
    const sender = from(scope);
    const headers: Record<string, string> = {
      'X-Correlation-ID': oneLine(call.correlationId ?? call.key),
    };
    if (call.traceparent !== null) headers['traceparent'] = oneLine(call.traceparent);
    return {
      from: sender,
      to: to.map((fill) => fill(scope)),
      cc: cc.map((fill) => fill(scope)),
      bcc: bcc.map((fill) => fill(scope)),
      ...(replyTo === null ? {} : { replyTo: replyTo(scope) }),
      subject: oneLine(subject(scope)),
      ...(text === null ? {} : { text: text(scope) }),
      ...(html === null ? {} : { html: html(scope) }),
      messageId: messageIdOf(call, sender),
      headers,
      xMailer: false,
      disableFileAccess: true,
      disableUrlAccess: true,
    };
  };
}

/** The same for every try of the command, so that a server or a reader can tell a repeat (RFC 5322 §3.6.4). */
function messageIdOf({ commandId }: EffectCall, { address }: Address): string {
  return `<${commandId}@${address.slice(address.indexOf('@') + 1)}>`;
}

function compileAddress(template: string): Fill<Address> {
  const { name, address } = splitMailAddress(template);
  const nameOf = compileText(name);
  const addressOf = compileText(address);
  return (scope) => {
    const filled = addressOf(scope);
    if (filled.length > MAX_ADDRESS_LENGTH || !ADDRESS.test(filled)) {
      throw templateFault(`${template} gives no mail address, or more than one`);
    }
    return { name: oneLine(nameOf(scope)), address: filled };
  };
}

function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/\p{C}+/gu, ' ')
    .trim();
}

const HTML_ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => HTML_ENTITIES[character] ?? '');
}
