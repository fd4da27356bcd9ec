import { describe, expect, it } from 'vitest';
import type { ReleaseResource } from '@holdfast/core';
import { byApp } from './by-app.ts';

const release = (app: string, digest: string, registeredAt: string, active = false) =>
  ({ app, digest, registeredAt, active }) as ReleaseResource;

describe('byApp', () => {
  it('groups by app, the active one first, then the newest', () => {
    const found = byApp([
      release('shop', 'a', '2026-01-01T00:00:00Z'),
      release('house', 'd', '2026-01-04T00:00:00Z'),
      release('shop', 'b', '2026-01-02T00:00:00Z', true),
      release('shop', 'c', '2026-01-03T00:00:00Z'),
    ]);
    expect(
      found.map(({ app, active, releases }) => [
        app,
        active?.digest,
        releases.map(({ digest }) => digest),
      ]),
    ).toEqual([
      ['house', undefined, ['d']],
      ['shop', 'b', ['b', 'c', 'a']],
    ]);
  });
});
