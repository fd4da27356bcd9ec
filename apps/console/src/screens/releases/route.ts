import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/routes.ts';

export const releasesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/releases',
  component: lazyRouteComponent(() => import('./releases-screen.tsx'), 'ReleasesScreen'),
});

export const releaseRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/releases/$digest',
  component: lazyRouteComponent(() => import('./release-screen.tsx'), 'ReleaseScreen'),
});
