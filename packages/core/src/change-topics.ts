/** What `GET /v1/changes` tells of. Apart from the schemas, so that a page can have it without their library. */
export const CHANGE_TOPICS = [
  'sagas',
  'events',
  'effects',
  'waits',
  'schedules',
  'quarantine',
  'releases',
  'keys',
] as const;
