import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/routes.ts';
import { readInstanceSearch } from './instance-search.ts';

export const instanceRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/sagas/$saga/$key',
  validateSearch: readInstanceSearch,
  component: lazyRouteComponent(() => import('./instance-screen.tsx'), 'InstanceScreen'),
});
