/**
 * Nothing that the API offers an operator is out of reach of the terminal: for each route there is a verb, or it is said
 * whom else it is for. A new route without an entry fails here.
 */
import { expect, test } from 'vitest';
import { apiRoutes } from '@holdfast/gateway';
import { buildProgram } from '../../apps/server/src/cli/program.ts';
import { HttpHouse } from '../support/http-house.ts';

/** For whom a route is that no verb asks. */
const OTHERS = {
  worker: 'workers ask it themselves: holdfast serve --mode effect',
  browser: 'the console asks it for the browser',
  monitor: 'monitors and load balancers ask it',
  maintainer: 'who looks for a fault in Holdfast itself asks it',
} as const;

type Way = { readonly verb: string } | { readonly for: keyof typeof OTHERS };
const verb = (words: string): Way => ({ verb: words });

const WAYS: Readonly<Record<string, Way>> = {
  actOnAttention: verb('attention redrive'),
  activateRelease: verb('release activate'),
  alerts: verb('alerts list'),
  beatWorker: { for: 'worker' },
  cancelSaga: verb('sagas cancel'),
  completeCommand: { for: 'worker' },
  completeWait: verb('waits complete'),
  completeWaitByToken: verb('waits complete'),
  confirmClock: verb('schedules confirm'),
  createKey: verb('keys create'),
  createLoginLink: verb('open'),
  discardQuarantine: verb('quarantine discard'),
  drain: verb('drain'),
  drainWorker: { for: 'worker' },
  explainSaga: verb('sagas show'),
  failWait: verb('waits fail'),
  failWaitByToken: verb('waits fail'),
  followChanges: verb('status'),
  getAttention: verb('attention list'),
  getEffect: verb('effects show'),
  getEvent: verb('events show'),
  getJournalVerification: verb('audit verify'),
  getOverview: verb('status'),
  getOverviewSeries: verb('status'),
  getQuarantine: verb('quarantine show'),
  getRehearsal: verb('release activate'),
  getRelease: verb('release show'),
  getReleaseBundle: { for: 'worker' },
  getReprocess: verb('reprocess'),
  getSaga: verb('sagas show'),
  getSettings: verb('settings list'),
  getStateAt: verb('sagas show'),
  getTimeline: verb('sagas show'),
  getWaitByToken: verb('waits show'),
  health: { for: 'monitor' },
  info: verb('status'),
  joinWorker: { for: 'worker' },
  leaseCommands: { for: 'worker' },
  leaveWorker: { for: 'worker' },
  listAttention: verb('attention show'),
  listAudit: verb('audit list'),
  listEffects: verb('effects list'),
  listEventTypes: verb('events types'),
  listEvents: verb('events list'),
  listKeys: verb('keys list'),
  listMqttClients: verb('mqtt clients'),
  listMqttRetained: verb('mqtt retained'),
  listMqttTopics: verb('mqtt topics'),
  listOutbox: verb('outbox list'),
  listQuarantine: verb('quarantine list'),
  listReleases: verb('release list'),
  listReprocesses: verb('reprocess'),
  listSagaFields: verb('sagas fields'),
  listSagas: verb('sagas list'),
  listSchedules: verb('schedules list'),
  listSecrets: verb('secrets list'),
  listTenants: verb('tenants list'),
  listUpstreams: verb('upstreams list'),
  listWaits: verb('waits list'),
  listWorkerRecords: verb('workers history'),
  listWorkers: verb('workers list'),
  metrics: { for: 'monitor' },
  openapi: { for: 'browser' },
  placeWorker: verb('workers place'),
  publishEvents: verb('events publish'),
  ready: verb('status'),
  recordProfile: { for: 'maintainer' },
  redriveQuarantine: verb('quarantine redrive'),
  redriveSaga: verb('sagas redrive'),
  registerRelease: verb('release register'),
  rehearseRelease: verb('deploy'),
  reload: verb('reload'),
  removeSecret: verb('secrets remove'),
  reprocess: verb('reprocess'),
  resolveEffect: verb('effects resolve'),
  restartSaga: verb('sagas restart'),
  revokeKey: verb('keys revoke'),
  rollbackRelease: verb('release rollback'),
  session: verb('session show'),
  setSecret: verb('secrets set'),
  signIn: { for: 'browser' },
  signOut: { for: 'browser' },
  startJournalVerification: verb('audit verify'),
  tailEvents: verb('events tail'),
  takeHeapSnapshot: { for: 'maintainer' },
  testAlerts: verb('alerts test'),
  verifyAudit: verb('audit verify'),
};

const program = buildProgram(() => () => Promise.resolve());

function verbsOf(
  command: ReturnType<typeof buildProgram>,
  words: readonly string[] = [],
): readonly string[] {
  return command.commands.flatMap((child) => {
    const path = [...words, child.name()];
    return child.commands.length === 0 ? [path.join(' ')] : verbsOf(child, path);
  });
}
const verbs = verbsOf(program);

test('every route has its verb, or is for somebody else', () => {
  const operations = apiRoutes(new HttpHouse().deps).map(({ operation }) => operation);
  expect(Object.keys(WAYS).toSorted()).toEqual(operations.toSorted());
  const missing = Object.entries(WAYS).flatMap(([operation, way]) =>
    'verb' in way && !verbs.includes(way.verb) ? [`${operation}: ${way.verb}`] : [],
  );
  expect(missing).toEqual([]);
});

/** As DESIGN lists them, of what exists so far. */
const DESIGNED = `serve|dev|init|deploy|status|events publish|events list|events show|events tail|sagas list|sagas show|
  sagas cancel|sagas redrive|sagas restart|waits list|waits complete|waits fail|quarantine list|quarantine show|
  quarantine redrive|quarantine discard|effects list|effects show|effects resolve|schedules list|release build|
  release register|release activate|release rollback|release list|release show|reprocess|drain|reload|keys create|keys list|
  keys revoke|secrets set|secrets list|secrets remove|config validate|config show|audit list|audit verify|open|mcp`;

test('every verb that DESIGN lists for what exists is there', () => {
  const designed = DESIGNED.split('|').map((words) => words.trim());
  expect(designed.filter((words) => !verbs.includes(words))).toEqual([]);
});
