/** One numbered step of the schema. Once released it is never edited: the checksum of `sql` is kept in the database. */
export interface Migration {
  /** From 1, without gaps. Becomes `user_version`. */
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}
