/**
 * The two routes that all others hang on. A module of its own, so that a screen's route and the router do not import each
 * other.
 *
 * @module
 */
import { createRootRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { ErrorScreen, NotFoundScreen } from './error-screen.tsx';
import { Shell } from './shell.tsx';

export const rootRoute = createRootRoute({
  errorComponent: ErrorScreen,
  notFoundComponent: NotFoundScreen,
});

/** Parent of every screen that needs somebody signed in: navigation, live changes, notices. */
export const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  component: Shell,
});

export const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/login',
  component: lazyRouteComponent(
    () => import('../screens/sign-in/sign-in-screen.tsx'),
    'SignInScreen',
  ),
});
