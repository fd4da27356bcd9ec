import { effect, NotDone } from '@holdfast/sdk';
import { z } from 'zod';

/**
 * Tells a person something: posts to `notice_url` of holdfast.release.yaml, or writes to the log where none is set.
 * `hold`: a notice whose fate is unknown waits for a person rather than being sent twice.
 */
export const sendNotice = effect(
  'notice.send',
  {
    input: z.object({ to: z.string(), text: z.string() }),
    output: z.object({ sent: z.boolean() }),
    timeout: '10s',
    inDoubt: 'hold',
  },
  async ({ to, text }, { config, idempotencyKey, log, signal }) => {
    const url = config.get('notice_url');
    if (!url) {
      log(`to ${to}: ${text}`);
      return { sent: false };
    }
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
      body: JSON.stringify({ to, text }),
      signal,
    });
    // These say for certain that nothing was done, so that it may be tried again.
    if (response.status === 429 || response.status === 503)
      throw new NotDone(`HTTP ${response.status}`);
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return { sent: true };
  },
);
