import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/routes.ts';
import { readEventSearch, readPublishSearch } from './event-search.ts';

export const eventsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/events',
  validateSearch: readEventSearch,
  component: lazyRouteComponent(() => import('./events-screen.tsx'), 'EventsScreen'),
});

export const eventRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/events/$seq',
  component: lazyRouteComponent(() => import('./event-screen.tsx'), 'EventScreen'),
});

export const publishRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/events/publish',
  validateSearch: readPublishSearch,
  component: lazyRouteComponent(() => import('./publish-screen.tsx'), 'PublishScreen'),
});
