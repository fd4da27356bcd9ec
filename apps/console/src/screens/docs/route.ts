import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/routes.ts';

export const docsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/docs',
  component: lazyRouteComponent(() => import('./docs-screen.tsx'), 'DocsScreen'),
});
