import { useQueryClient } from '@tanstack/react-query';
import { firstPageOf, isLongList } from '../lib/long-lists.ts';
import { Button } from './button.tsx';

/**
 * How to go back to the newest, where a list stands still because it is long (`lib/long-lists.ts`); null while it is kept
 * true.
 *
 * @param data what the query holds
 */
export function useBackToNewest(queryKey: readonly unknown[], data: unknown): (() => void) | null {
  const queries = useQueryClient();
  if (!isLongList(data)) return null;
  return () => {
    queries.setQueryData(queryKey, firstPageOf);
    void queries.invalidateQueries({ queryKey, exact: true });
  };
}

interface StandsStillProps {
  /** `these 400 rows are`. */
  readonly what: string;
  readonly onNewest: () => void;
}

/** Says so, above such a list. */
export function StandsStill({ what, onNewest }: StandsStillProps) {
  return (
    <div
      role="status"
      className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-busy-wash px-3 py-1 text-xs text-busy md:px-4"
    >
      <span className="min-w-0 flex-1">
        So far down the list stands still: {what} as they were when they were loaded.
      </span>
      <Button size="small" onClick={onNewest}>
        Back to the newest
      </Button>
    </div>
  );
}
