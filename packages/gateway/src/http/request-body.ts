import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { ErrorCode, Json } from '@holdfast/core';
import { HoldfastError } from '@holdfast/core';
import { parseJson, valueFault } from '../ingest/json-value.ts';
import { HttpError } from './answer.ts';

/** The caller went away before its body was whole; there is nobody to answer. */
export class CallerGone extends Error {
  override readonly name = 'CallerGone';
}

/**
 * Reads a body, counting bytes as they come: one that is too large is refused at the first byte beyond, whatever its
 * `Content-Length` claims.
 *
 * @throws HttpError 413 `tooLarge`; 415 for a content coding.
 * @throws CallerGone when the connection ends first.
 */
export function readBody(
  incoming: IncomingMessage,
  limit: number,
  tooLarge: Extract<ErrorCode, 'event.too_large' | 'request.invalid'> = 'request.invalid',
): Promise<Buffer> {
  const refuse = (): HttpError =>
    new HttpError(tooLarge, `the body is larger than ${limit} bytes`, { status: 413 });
  const coding = incoming.headers['content-encoding'];
  if (coding !== undefined && coding !== 'identity') {
    return Promise.reject(
      new HttpError('request.invalid', `content coding "${coding}" is not taken; send it plain`, {
        status: 415,
        headers: { 'accept-encoding': 'identity' },
      }),
    );
  }
  if (Number(incoming.headers['content-length'] ?? 0) > limit) return Promise.reject(refuse());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const done = (): void => {
      incoming.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone);
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > limit) {
        done();
        reject(refuse());
        return;
      }
      chunks.push(chunk);
    };
    const onEnd = (): void => {
      done();
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks));
    };
    const onGone = (): void => {
      done();
      reject(new CallerGone());
    };
    incoming.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
  });
}

/** @throws HoldfastError `code` when the bytes are not UTF-8, or not JSON, with the place. */
export function parseJsonBody(
  body: Buffer,
  code: Extract<ErrorCode, 'event.not_json' | 'request.invalid'>,
): Json {
  if (!isUtf8(body)) {
    throw new HoldfastError(code, 'the body is not UTF-8', {
      faults: [{ at: 'body', message: 'not UTF-8' }],
    });
  }
  const parsed = parseJson(body.toString('utf8'));
  if (parsed.ok) return parsed.value;
  const { at, message } = parsed.fault;
  throw new HoldfastError(code, `${message} at ${at}`, { faults: [parsed.fault] });
}

/** @throws HoldfastError `request.invalid` for U+0000 or too deep nesting. */
export function checkedJson(value: Json): Json {
  const fault = valueFault(value, '');
  if (fault === null) return value;
  throw new HoldfastError('request.invalid', `the value at "${fault.at}" ${fault.message}`, {
    faults: [fault],
  });
}
