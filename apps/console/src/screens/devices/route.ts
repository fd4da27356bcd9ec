import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/routes.ts';
import { readDeviceSearch } from './device-search.ts';

export const devicesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/devices',
  validateSearch: readDeviceSearch,
  component: lazyRouteComponent(() => import('./devices-screen.tsx'), 'DevicesScreen'),
});
