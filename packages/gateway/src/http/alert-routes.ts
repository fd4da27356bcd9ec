import { alertsSchema, alertsTestedSchema, testAlertsBodySchema } from '@holdfast/core';
import type { HttpDeps } from './http-port.ts';
import { keyRoute, NO_BODY, NO_QUERY } from './route.ts';
import type { Route } from './route.ts';

export function alertRoutes({ alerts, engine }: HttpDeps): readonly Route[] {
  return [
    keyRoute({
      method: 'GET',
      path: '/v1/alerts',
      operation: 'alerts',
      summary:
        'What needs a person, who was told, and how the targets do: of the tenant, and of the server as a whole.',
      scope: 'view',
      query: NO_QUERY,
      body: NO_BODY,
      answers: { 200: alertsSchema },
      handle: async (call) => ({ status: 200, json: await alerts.overview(call.tenant) }),
    }),
    keyRoute({
      method: 'POST',
      path: '/v1/alerts/test',
      operation: 'testAlerts',
      summary: 'Send a test message to all targets of alerts, or to one, and say which took it.',
      scope: 'admin',
      query: NO_QUERY,
      body: testAlertsBodySchema,
      answers: { 200: alertsTestedSchema },
      handle: async (call) => {
        const { target = null, reason } = call.body;
        const tested = await alerts.test(target);
        const about = { targets: tested.items.map((one) => one.target) };
        await engine.recordAct('alerts.tested', about, call.actor(reason));
        return { status: 200, json: tested };
      },
    }),
  ];
}
