/** A message as a call of the `smtp` provider: what is said stands in the input alone, so that nothing of it is a template. */
import {
  type AlertMessage,
  type EffectCall,
  type ProviderSettings,
  splitMailAddress,
} from '@holdfast/core';
import type { MailTarget } from './alert-settings.ts';

/** The provider is held by the caller's signal instead. */
const TIMEOUT_MS = 60_000;

export function mailCall(
  target: MailTarget,
  { id, subject, text }: AlertMessage,
): { readonly call: EffectCall; readonly settings: ProviderSettings } {
  const { host, port, secure, starttls, auth, ca, from, to } = target;
  const people = { from: splitMailAddress(from), to: to.map(splitMailAddress) };
  const input = {
    host,
    subject,
    text,
    ...people,
    ...(auth === null ? {} : { user: auth.user, password: auth.password() }),
    ...(ca === null ? {} : { ca }),
  };
  return {
    settings: {
      kind: 'smtp',
      host: '{host}',
      port,
      secure,
      starttls,
      ...(auth === null ? {} : { auth: { user: '{user}', password: '{password}' } }),
      ...(ca === null ? {} : { ca: '{ca}' }),
      from: '{from.name} <{from.address}>',
      to: to.map((_, i) => `{to.${i}.name} <{to.${i}.address}>`),
      cc: [],
      bcc: [],
      subject: '{subject}',
      text: '{text}',
    },
    call: {
      // Gives the mail its id, the same for every try.
      commandId: id,
      attempt: 1,
      mode: 'call',
      tenant: '',
      effect: 'alert',
      app: 'holdfast',
      release: '',
      saga: 'alerts',
      key: id,
      run: 1,
      step: 'alert',
      input: JSON.stringify(input),
      timeout: TIMEOUT_MS,
      correlationId: null,
      traceparent: null,
    },
  };
}
