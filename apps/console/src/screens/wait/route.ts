import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/routes.ts';

/** Outside the shell: whoever has the link need not be signed in. */
export const waitRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/wait/$token',
  component: lazyRouteComponent(() => import('./wait-screen.tsx'), 'WaitScreen'),
});
