import type { Migration } from './migration.ts';

/**
 * What operators find instances by, and the children of an instance.
 *
 * A field has one row for each instance that has a value in it, written with the transition that says it. It is found
 * again by instance, to be changed, and by value, to be searched for: by saga as well, so that a search within one saga
 * does not go through the others. Sagas that name no fields have no rows and cost nothing.
 */
export const searchFields: Migration = {
  version: 9,
  name: 'search-fields',
  sql: `
CREATE TABLE search_fields (
  instance_id INTEGER NOT NULL REFERENCES instances (id),
  name INTEGER NOT NULL,
  tenant INTEGER NOT NULL,
  saga INTEGER NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (instance_id, name)
) STRICT, WITHOUT ROWID;
-- Instances with a value, or one that begins so; which sagas have a field.
CREATE UNIQUE INDEX search_fields_value ON search_fields (tenant, name, saga, value, instance_id);
-- Children of an instance.
CREATE INDEX instances_parent ON instances (parent_id) WHERE parent_id IS NOT NULL;
`,
};
