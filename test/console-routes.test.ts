/** The list of screens that tests look at (`support/console-screens.ts`) is held to the console's own routes. */
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { ROOT } from './support/checkout.ts';
import { screensOf } from './support/console-screens.ts';

const ROUTER = join(ROOT, 'apps/console/src/app/router.tsx');
const routed = z.object({ router: z.looseObject({ routesByPath: z.record(z.string(), z.any()) }) });

afterEach(() => void vi.unstubAllGlobals());

test('every route has a screen that is looked at, and every such screen a route', async () => {
  // Of the browser, the console's modules ask this much before anything is shown.
  vi.stubGlobal('window', {
    location: { origin: 'http://127.0.0.1' },
    matchMedia: () => ({ matches: false }),
  });
  // Not by a literal: the console is compiled for the browser, apart from the tests.
  const { router } = routed.parse(await import(ROUTER));
  const routes = Object.keys(router.routesByPath);
  const paths = screensOf({
    waitToken: 'token',
    heldCommand: 'command',
    release: 'digest',
    placedSeq: 1,
    heldGroup: 'group',
  }).map(({ path }) => new URL(path, 'http://127.0.0.1').pathname);
  const takes = (route: string, path: string): boolean =>
    new RegExp(`^${route.replaceAll(/\$\w+/g, '[^/]+')}$`).test(path);
  // A path of its own goes before one with a name in it, as the router has it.
  const routeOf = (path: string): string | undefined =>
    routes.includes(path) ? path : routes.find((route) => takes(route, path));
  expect(routes.length).toBeGreaterThan(10);
  expect(new Set(paths.map(routeOf))).toEqual(new Set(routes));
});
