import type { ReleaseResource } from '@holdfast/core';

export interface AppReleases {
  readonly app: string;
  readonly active: ReleaseResource | null;
  /** The active one first, then the newest. */
  readonly releases: readonly ReleaseResource[];
}

/** Releases by the app they belong to, apps by name. */
export function byApp(releases: readonly ReleaseResource[]): readonly AppReleases[] {
  const apps = Map.groupBy(releases, ({ app }) => app);
  return [...apps]
    .map(([app, own]) => ({
      app,
      active: own.find(({ active }) => active) ?? null,
      releases: own.toSorted(
        (one, other) =>
          Number(other.active) - Number(one.active) ||
          other.registeredAt.localeCompare(one.registeredAt),
      ),
    }))
    .toSorted((one, other) => one.app.localeCompare(other.app));
}
