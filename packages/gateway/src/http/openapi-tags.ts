/** The API's chapters: the first word of a path below `/v1`, else `server`. */
export const TAGS: Readonly<Record<string, string>> = {
  server: 'The server itself: how it is, what runs here, operating and observing it.',
  events: 'The journal: publish events, list and follow them, and see what became of each.',
  sagas: 'Instances of sagas: where each stands and why, its whole story, acts on it.',
  waits: 'What outside parties are waited for, and their answers.',
  effects: 'Outside calls: what was asked, how it ended, and settling what is in doubt.',
  outbox: 'Work items that are not settled: what is due, under way or held.',
  upstreams: 'The outside services that effects call: breakers, failures, latency.',
  quarantine: 'What could not be processed, with the reason, and what to do about it.',
  attention: 'All that needs a person, in groups.',
  reprocess: 'Running chosen events again.',
  schedules: 'Timers, timeouts of waits and cron triggers.',
  releases: 'Bundles of sagas and effects: registered, rehearsed, active.',
  'event-types': 'The events that the active releases know.',
  workers: 'Processes elsewhere that make effect calls.',
  mqtt: 'The broker: who is connected, what is retained, what is said.',
  keys: 'Who may do what.',
  secrets: 'Values that effects refer to. They go in and never come out.',
  session: 'The console’s session.',
  tenants: 'Whose data there is.',
  settings: 'The configuration in force, and where each value comes from.',
  audit: 'What operators did, chained, and the proof of it.',
  alerts: 'What somebody was told of.',
  overview: 'Whether anything is lost, and how much is going on.',
  changes: 'That something changed, as it happens.',
};

export function tagOf(path: string): string {
  return /^\/v1\/([a-z-]+)/.exec(path)?.[1] ?? 'server';
}
