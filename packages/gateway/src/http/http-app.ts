/**
 * The HTTP API as a Hono app: routes from their records, each behind the same guard.
 *
 * Invariants:
 * 1. Every route goes through `guarded`: `Host`, key or session, scope, tenant and rate are checked before a body is
 *    read (I5). What is no route, the console's files for one, is not answered to a foreign `Host` either.
 * 2. Every refusal is problem details with a stable code (RFC 9457), also where no route matches.
 * 3. Who tries keys, sessions, links or tokens that do not exist is slowed (`failed-attempts.ts`).
 *
 * @module
 */
import { Hono } from 'hono';
import type { Context } from 'hono';
import { HoldfastError, jsonSchema } from '@holdfast/core';
import { HttpError, problemResponse, toResponse } from './answer.ts';
import { adminRoutes } from './admin-routes.ts';
import { AttemptGuard } from './attempt-guard.ts';
import { alertRoutes } from './alert-routes.ts';
import { attentionRoutes } from './attention-routes.ts';
import { auditRoutes } from './audit-routes.ts';
import { authorize } from './authorize.ts';
import { changesRoutes } from './changes-routes.ts';
import { conditional, isResource } from './conditional.ts';
import { ConsoleFiles } from './console-files.ts';
import { eventRoutes } from './event-routes.ts';
import { hostCheck } from './host-check.ts';
import type { HttpDeps, HttpEnv } from './http-port.ts';
import { HttpCounts } from '../metrics/http-counts.ts';
import { keyRoutes, secretRoutes } from './key-routes.ts';
import { metricsRoutes } from './metrics-routes.ts';
import { openApiDocument } from './openapi.ts';
import { operatorRoutes } from './operator-routes.ts';
import { overviewRoutes } from './overview-routes.ts';
import { quarantineRoutes } from './quarantine-routes.ts';
import { readOutRoutes } from './read-out-routes.ts';
import { recordingRoutes } from './recording-routes.ts';
import { scheduleRoutes } from './schedule-routes.ts';
import { releaseRoutes } from './release-routes.ts';
import { CallerGone } from './request-body.ts';
import type { Route } from './route.ts';
import { NO_BODY, NO_QUERY, openRoute } from './route.ts';
import { explainRoutes } from './explain-routes.ts';
import { sagaRoutes } from './saga-routes.ts';
import { sessionRoutes } from './session-routes.ts';
import { systemRoutes } from './system-routes.ts';
import { waitRoutes } from './wait-routes.ts';
import { workerRoutes } from './worker-routes.ts';

export type HttpApp = Hono<HttpEnv>;

/** All routes of the API. */
export function apiRoutes(deps: HttpDeps, counts = new HttpCounts()): readonly Route[] {
  const routes: Route[] = [
    ...systemRoutes(deps),
    ...adminRoutes(deps),
    ...alertRoutes(deps),
    ...metricsRoutes(deps, counts),
    ...recordingRoutes(deps),
    ...eventRoutes(deps, counts.intake),
    ...sagaRoutes(deps),
    ...explainRoutes(deps),
    ...waitRoutes(deps),
    ...quarantineRoutes(deps),
    ...operatorRoutes(deps),
    ...auditRoutes(deps),
    ...readOutRoutes(deps),
    ...scheduleRoutes(deps),
    ...releaseRoutes(deps),
    ...keyRoutes(deps),
    ...sessionRoutes(deps),
    ...secretRoutes(deps),
    ...workerRoutes(deps),
    ...overviewRoutes(deps),
    ...attentionRoutes(deps),
    ...changesRoutes(deps),
  ];
  let text: string | undefined;
  routes.push(
    openRoute({
      method: 'GET',
      path: '/openapi.json',
      operation: 'openapi',
      summary: 'This description.',
      query: NO_QUERY,
      body: NO_BODY,
      answers: { 200: jsonSchema },
      handle: async () => ({
        status: 200,
        text: (text ??= JSON.stringify(openApiDocument(routes, deps.info.version))),
      }),
    }),
  );
  return routes;
}

export function createHttpApp(deps: HttpDeps): HttpApp {
  // The path as it was sent: parameters are then decoded once, so that keys may hold "/" and "%".
  const app = new Hono<HttpEnv>({
    getPath: (request, options) =>
      sentPath(options?.env?.incoming.url ?? new URL(request.url).pathname),
  });
  const counts = new HttpCounts();
  const routes = apiRoutes(deps, counts);
  const guard = guarded(deps, counts);
  for (const route of routes) {
    app.on(route.method, route.path.replaceAll(/\{(\w+)\}/g, ':$1'), guard(route));
  }
  const allowed = allowedMethods(routes);
  const isOurs = hostCheck(deps.config);
  const { consoleFolder } = deps;
  const files = consoleFolder === undefined ? null : new ConsoleFiles(consoleFolder, deps.log);
  app.notFound(async (context) => {
    const { headers } = context.env.incoming;
    if (!isOurs(headers.host)) return problemResponse(foreignHost(headers.host));
    const methods = allowed(context.req.path);
    const file = methods.includes('GET')
      ? null
      : await files?.answer(context.req.method, context.req.path, headers);
    if (file) return file;
    if (methods.length === 0) {
      return problemResponse(
        new HoldfastError('not_found', `there is no route ${context.req.path}`),
      );
    }
    return problemResponse(
      new HttpError('request.invalid', `${context.req.method} is not allowed here`, {
        status: 405,
        headers: { allow: methods.join(', ') },
      }),
    );
  });
  app.onError((error) => failure(error, 'routing', deps));
  return app;
}

/** Wraps a route's handler; one handler a route, so that Hono composes nothing per request. */
function guarded(
  deps: HttpDeps,
  counts: HttpCounts,
): (route: Route) => (context: Context<HttpEnv>) => Promise<Response> {
  const isOurs = hostCheck(deps.config);
  const attempts = new AttemptGuard(deps.attempts);
  return (route) => {
    const isTagged = isResource(route);
    return async (context) => {
      const { incoming, outgoing } = context.env;
      try {
        const { headers } = incoming;
        if (!isOurs(headers.host)) throw foreignHost(headers.host);
        attempts.before(route, incoming);
        const caller = route.scope === 'open' ? null : authorize(incoming, deps, route.scope);
        if (caller !== null) deps.rates.take(caller.principal.keyId);
        const ran = await route.run(context, caller);
        const answer = isTagged ? conditional(ran, headers['if-none-match']) : ran;
        counts.answered(route, 'status' in answer ? answer.status : 200);
        return toResponse(answer, outgoing);
      } catch (caught) {
        const error = await attempts.after(route, incoming, caught);
        const response = failure(error, `${route.method} ${route.path}`, deps);
        counts.answered(route, response.status);
        return response;
      }
    };
  };
}

/** @param what the route's own path, not the one asked for: that may hold a wait's token */
function failure(error: unknown, what: string, { log }: HttpDeps): Response {
  if (!(error instanceof HoldfastError) && !(error instanceof CallerGone)) {
    const fault = error instanceof Error ? (error.stack ?? error.message) : String(error);
    log.error({ route: what, error: fault }, 'a request failed unexpectedly');
  } else if (error instanceof HoldfastError && log.isLevelEnabled?.('debug') === true) {
    log.debug({ route: what, code: error.code }, 'a request was refused');
  }
  return problemResponse(error);
}

function foreignHost(host: string | undefined): HttpError {
  return new HttpError('request.invalid', `"${host ?? ''}" is not a name of this server`, {
    status: 421,
    hint: 'Use localhost, 127.0.0.1 or [::1]; other names are allowed by the setting http.allowedHosts.',
  });
}

/** The path of a request target: origin form, or absolute form (RFC 9112 §3.2). */
function sentPath(target: string): string {
  const path = target.startsWith('/') ? target : (URL.parse(target)?.pathname ?? '/');
  const query = path.indexOf('?');
  return query === -1 ? path : path.slice(0, query);
}

/** Which methods a path answers to, for 405. */
function allowedMethods(routes: readonly Route[]): (path: string) => readonly string[] {
  const patterns = routes.map((route) => ({
    method: route.method,
    pattern: new RegExp(`^${route.path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
  }));
  return (path) => {
    const methods = patterns
      .filter(({ pattern }) => pattern.test(path))
      .map(({ method }) => method);
    return methods.includes('GET') ? [...methods, 'HEAD'] : methods;
  };
}
