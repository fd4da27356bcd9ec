import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/routes.ts';
import { readEffectSearch } from './effect-search.ts';

export const effectsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/effects',
  validateSearch: readEffectSearch,
  component: lazyRouteComponent(() => import('./effects-screen.tsx'), 'EffectsScreen'),
});

export const effectRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/effects/$commandId',
  component: lazyRouteComponent(() => import('./effect-screen.tsx'), 'EffectScreen'),
});
