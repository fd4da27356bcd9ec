import { z } from 'zod';
import { ratio } from './setting-fields.ts';

/** A header's name (RFC 9110 §5.1) and the secret that is its value. */
const SECRET_HEADER = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+=secret:\/\/[A-Za-z_][A-Za-z0-9_]*$/;

/** Of traces that go to an OpenTelemetry collector. */
export function tracing() {
  return z
    .strictObject({
      endpoint: z
        .string()
        .refine(
          isCollectorUrl,
          'must be an http:// or https:// address without user name and password; tracing.headers has what the collector is to be told',
        )
        .optional()
        .describe(
          'Address of an OpenTelemetry collector that takes OTLP over HTTP, as in `http://127.0.0.1:4318`; `/v1/traces` is added unless it ends so. Absent: nothing is traced.',
        ),
      headers: z
        .array(
          z
            .string()
            .regex(
              SECRET_HEADER,
              'must name a header and its secret, as in authorization=secret://OTLP_TOKEN; set it by holdfast secrets set OTLP_TOKEN',
            ),
        )
        .prefault([])
        .describe(
          'Headers that the collector wants, each as `NAME=secret://SECRET`; the secret is the whole value, read for each batch.',
        ),
      sample: ratio
        .prefault(1)
        .describe(
          'The part, from 0 to 1, of the traces that begin here which is told of. A producer that sends `traceparent` has decided for its own.',
        ),
      service: z.string().min(1).prefault('holdfast').describe('Name of this server in traces.'),
    })
    .prefault({});
}

function isCollectorUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return (protocol === 'http:' || protocol === 'https:') && username === '' && password === '';
}
