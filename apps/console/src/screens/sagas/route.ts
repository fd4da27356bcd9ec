import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/routes.ts';
import { readSagaSearch } from './saga-search.ts';

export const sagasRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/sagas',
  validateSearch: readSagaSearch,
  component: lazyRouteComponent(() => import('./sagas-screen.tsx'), 'SagasScreen'),
});
