import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import { useCallback, useMemo } from 'react';
import { api } from '../../api/client.ts';
import { cx } from '../../lib/class-names.ts';
import { FilterBar, TextFilter } from '../../ui/filter-bar.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Page } from '../../ui/page.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Method } from './method.tsx';
import { grouped, isDescription, isLike, operationsOf } from './openapi-model.ts';
import type { Operation } from './openapi-model.ts';
import { OperationView } from './operation-view.tsx';

const route = getRouteApi('/shell/docs');

/** The API's description, readable without a network: it is the server's own `/openapi.json`. */
export function DocsScreen() {
  const { q, op } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery({
    queryKey: ['openapi'],
    queryFn: async () => {
      const answer = await api().openapi();
      if (isDescription(answer)) return answer;
      throw new Error('what stands at /openapi.json is no description of an API');
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  const onType = useCallback(
    (typed: string | undefined) =>
      void navigate({ search: (before) => ({ ...before, q: typed }), replace: true }),
    [navigate],
  );
  const operations = useMemo(
    () => (query.data === undefined ? [] : operationsOf(query.data)),
    [query.data],
  );
  const found = useMemo(
    () => (q === undefined ? operations : operations.filter((one) => isLike(one, q))),
    [operations, q],
  );
  const chosen = operations.find(({ id }) => id === op);
  return (
    <Page
      title="API"
      subtitle={query.data !== undefined && `version ${query.data.info.version}`}
      actions={
        <a
          href="/openapi.json"
          className="text-accent hover:underline"
          download="holdfast-openapi.json"
        >
          openapi.json
        </a>
      }
      fill
    >
      {query.error !== null && (
        <div className="p-4">
          <Problem
            error={query.error}
            title="The description cannot be read"
            onRetry={() => void query.refetch()}
          />
        </div>
      )}
      {query.isPending && <Loading />}
      {query.data !== undefined && (
        <div className="flex min-h-0 flex-1">
          <div
            className={cx(
              'flex min-h-0 w-full flex-col lg:w-96 lg:border-r lg:border-line',
              chosen !== undefined && 'max-lg:hidden',
            )}
          >
            <FilterBar active={q !== undefined} onClear={() => onType(undefined)}>
              <TextFilter label="Find a route" value={q} onChange={onType} />
            </FilterBar>
            <nav aria-label="Routes" className="min-h-0 flex-1 overflow-y-auto p-2">
              {[...grouped(found)].map(([group, members]) => (
                <Group key={group} group={group} operations={members} />
              ))}
              {found.length === 0 && <p className="p-3 text-ink-2">No route is like this.</p>}
            </nav>
          </div>
          <div
            className={cx(
              'min-h-0 min-w-0 flex-1 overflow-y-auto',
              chosen === undefined && 'max-lg:hidden',
            )}
          >
            {chosen === undefined ? (
              <p className="p-4 text-ink-2">
                {query.data.info.description} Choose a route to see what it takes and answers.
              </p>
            ) : (
              <>
                <Link
                  to="/docs"
                  search={{ q }}
                  className="flex items-center gap-1.5 px-4 pt-3 text-accent hover:underline lg:hidden"
                >
                  <ArrowLeft aria-hidden size={14} /> All routes
                </Link>
                <OperationView key={chosen.id} operation={chosen} description={query.data} />
              </>
            )}
          </div>
        </div>
      )}
    </Page>
  );
}

function Group({
  group,
  operations,
}: {
  readonly group: string;
  readonly operations: readonly Operation[];
}) {
  const { q } = route.useSearch();
  return (
    <section aria-label={group} className="mb-3">
      <h2 className="px-2 pb-1 text-xs font-semibold text-ink-2">{group}</h2>
      <ul>
        {operations.map(({ id, method, path, summary }) => (
          <li key={id}>
            <Link
              to="/docs"
              search={{ q, op: id }}
              title={summary}
              className="flex items-center gap-2 rounded-md px-2 py-1 hover:bg-hover aria-[current=page]:bg-chosen"
            >
              <span className="w-14 shrink-0">
                <Method method={method} />
              </span>
              <span className="min-w-0 truncate font-mono text-xs">{path}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
