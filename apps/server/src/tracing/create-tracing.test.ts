import { expect, test } from 'vitest';
import { tracesUrl } from './create-tracing.ts';

test.each([
  ['http://127.0.0.1:4318', 'http://127.0.0.1:4318/v1/traces'],
  ['http://127.0.0.1:4318/', 'http://127.0.0.1:4318/v1/traces'],
  ['https://otlp.example/tenant/', 'https://otlp.example/tenant/v1/traces'],
  ['https://otlp.example/v1/traces', 'https://otlp.example/v1/traces'],
  ['https://otlp.example/api?project=7', 'https://otlp.example/api/v1/traces?project=7'],
])('a collector at %s takes spans at %s', (endpoint, url) => {
  expect(tracesUrl(endpoint)).toBe(url);
});
