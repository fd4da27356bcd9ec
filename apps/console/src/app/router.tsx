import { createRouter } from '@tanstack/react-router';
import { Loading } from '../ui/loading.tsx';
import { parseUrlState, writeUrlState } from '../lib/url-state.ts';
import { accessRoute } from '../screens/access/route.ts';
import { devicesRoute } from '../screens/devices/route.ts';
import { docsRoute } from '../screens/docs/route.ts';
import { effectRoute, effectsRoute } from '../screens/effects/route.ts';
import { eventRoute, eventsRoute, publishRoute } from '../screens/events/route.ts';
import { needsYouRoute } from '../screens/needs-you/route.ts';
import { releaseRoute, releasesRoute } from '../screens/releases/route.ts';
import { settingsRoute } from '../screens/settings/route.ts';
import { schedulesRoute } from '../screens/schedules/route.ts';
import { instanceRoute } from '../screens/instance/route.ts';
import { sagasRoute } from '../screens/sagas/route.ts';
import { todayRoute } from '../screens/today/route.ts';
import { waitRoute } from '../screens/wait/route.ts';
import { ErrorScreen, NotFoundScreen } from './error-screen.tsx';
import { rootRoute, shellRoute, signInRoute } from './routes.ts';

/** Screens inside the shell: one line each. Those without it (sign-in, the page of a wait) are children of the root. */
const tree = rootRoute.addChildren([
  shellRoute.addChildren([
    todayRoute,
    needsYouRoute,
    sagasRoute,
    instanceRoute,
    eventsRoute,
    eventRoute,
    publishRoute,
    devicesRoute,
    effectsRoute,
    effectRoute,
    schedulesRoute,
    releasesRoute,
    releaseRoute,
    accessRoute,
    settingsRoute,
    docsRoute,
  ]),
  signInRoute,
  waitRoute,
]);

export const router = createRouter({
  routeTree: tree,
  parseSearch: parseUrlState,
  stringifySearch: writeUrlState,
  defaultPreload: 'intent',
  defaultErrorComponent: ErrorScreen,
  defaultNotFoundComponent: NotFoundScreen,
  defaultPendingComponent: Loading,
  scrollRestoration: false,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
