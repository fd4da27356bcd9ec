import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/routes.ts';
import { readDocsSearch } from './docs-search.ts';

export const docsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/docs',
  validateSearch: readDocsSearch,
  component: lazyRouteComponent(() => import('./docs-screen.tsx'), 'DocsScreen'),
});
