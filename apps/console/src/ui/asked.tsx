import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Loading } from './loading.tsx';
import { Problem } from './problem.tsx';

interface AskedProps<Data> {
  readonly query: UseQueryResult<Data>;
  /** What failed: `The alerts cannot be read`. */
  readonly problem?: string;
  readonly children: (data: Data) => ReactNode;
}

/** One question to the server: that it is on its way, what went wrong with it, and the last answer there was. */
export function Asked<Data>({ query, problem, children }: AskedProps<Data>) {
  return (
    <>
      {query.isPending && <Loading />}
      {query.error !== null && (
        <div className="p-3 md:p-4">
          <Problem
            error={query.error}
            {...(problem === undefined ? {} : { title: problem })}
            onRetry={() => void query.refetch()}
          />
        </div>
      )}
      {query.data !== undefined && children(query.data)}
    </>
  );
}
