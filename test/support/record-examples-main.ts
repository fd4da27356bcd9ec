/**
 * `npm run examples`: asks a real server each sample call, and writes what was asked and answered as the examples of
 * `/openapi.json`. To be run after a change of a route or of its shapes; a test holds the examples against them.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiRoutes } from '@holdfast/gateway';
import type { Route } from '@holdfast/gateway';
import { ROOT } from './checkout.ts';
import { HttpHouse } from './http-house.ts';
import { sampleCalls } from './sample-calls.ts';
import { Scene } from './scene.ts';

const FILE = 'packages/gateway/src/http/openapi-examples.ts';
/** Enough to see what it is. */
const LONGEST_TEXT = 200;
const MOST_ITEMS = 2;
const MOST_MEMBERS = 30;
const WORK = new Set([
  'joinWorker',
  'beatWorker',
  'leaseCommands',
  'completeCommand',
  'drainWorker',
  'leaveWorker',
]);

/** Shorter, and still of the same shape. */
function shortened(value: unknown): unknown {
  if (typeof value === 'string')
    return value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value;
  if (Array.isArray(value)) return value.slice(0, MOST_ITEMS).map(shortened);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).slice(0, MOST_MEMBERS);
  return Object.fromEntries(members.map(([name, member]) => [name, shortened(member)]));
}

async function record(scene: Scene, routes: ReadonlyMap<string, Route>): Promise<object> {
  const examples: Record<string, object> = {};
  for (const [operation, call] of Object.entries(sampleCalls(scene))) {
    const route = routes.get(operation);
    if (route === undefined || call.stream === true || operation === 'openapi') continue;
    const key =
      route.scope === 'open'
        ? null
        : (scene.keys.byScope.get(WORK.has(operation) ? 'work' : 'admin') ?? null);
    const body = call.body === undefined ? undefined : JSON.stringify(call.body);
    const answer = await scene.server.api.with({ key }).send(route.method, call.path, body, call);
    const asked = call.body === undefined ? {} : { body: shortened(call.body) };
    const isJson = answer.headers.get('content-type') === 'application/json';
    const answers =
      answer.status < 400 && isJson ? { [answer.status]: shortened(answer.json) } : {};
    examples[operation] = { ...asked, answers };
  }
  return examples;
}

const house = new HttpHouse();
const routes = new Map(apiRoutes(house.deps).map((route) => [route.operation, route]));
await using scene = await Scene.open();
const examples = JSON.stringify(await record(scene, routes), null, 2)
  .replaceAll(scene.server.dataDir, '/var/lib/holdfast')
  .replaceAll(/hf_[\w-]{43}/g, `hf_${'x'.repeat(43)}`)
  .replaceAll(/(?<=http:\/\/127\.0\.0\.1:)\d+/g, '7420');
writeFileSync(
  join(ROOT, FILE),
  `import type { Json } from '@holdfast/core';

interface Example {
  readonly body?: Json;
  readonly answers: Readonly<Record<string, Json>>;
}

/** What a real server was asked and answered, by operation: written by \`npm run examples\`. Long things are cut short. */
export const EXAMPLES: Readonly<Record<string, Example>> = ${examples};
`,
);
