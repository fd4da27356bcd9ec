// The same order in DBOS. Arguments: POSTGRES_URL ORDERS IN_FLIGHT; prints a load result as JSON.
import { DBOS } from '@dbos-inc/dbos-sdk';

const [url, orders, inFlight] = process.argv.slice(2);
DBOS.setConfig({
  name: 'bench',
  systemDatabaseUrl: url,
  systemDatabasePoolSize: 40,
  runAdminServer: false,
  logLevel: 'error',
});
const step = (name) => DBOS.runStep(async () => ({ ok: 1 }), { name });
const order = DBOS.registerWorkflow(
  async () => ({ a: await step('reserve'), b: await step('charge'), c: await step('ship') }),
  { name: 'order' },
);
await DBOS.launch();
const input = { orderId: 'o-123', amount: 42, note: 'y'.repeat(200) };
const latencies = [];
let next = 0;
const started = performance.now();
await Promise.all(
  Array.from({ length: Number(inFlight) }, async () => {
    while (next++ < Number(orders)) {
      const at = performance.now();
      await order(input);
      latencies.push(performance.now() - at);
    }
  }),
);
const elapsed = performance.now() - started;
latencies.sort((a, b) => a - b);
const at = (share) =>
  latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))];
const result = {
  done: latencies.length,
  errors: 0,
  perSecond: (latencies.length / elapsed) * 1000,
  p50: at(0.5),
  p99: at(0.99),
};
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exit(0);
