import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/routes.ts';
import { readNeedsYouSearch } from './needs-you-search.ts';

export const needsYouRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/needs-you',
  validateSearch: readNeedsYouSearch,
  component: lazyRouteComponent(() => import('./needs-you-screen.tsx'), 'NeedsYouScreen'),
});
