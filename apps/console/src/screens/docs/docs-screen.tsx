import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/pending.ts';
import { Loading } from '../../ui/loading.tsx';
import { Page } from '../../ui/page.tsx';
import { Problem } from '../../ui/problem.tsx';

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly summary?: string }>>>>;
}

export function DocsScreen() {
  const query = useQuery({
    queryKey: ['openapi'],
    queryFn: ({ signal }) => call<Description>('/openapi.json', { signal }),
  });
  return (
    <Page title="API">
      {query.error !== null && <Problem error={query.error} />}
      {query.isPending && <Loading />}
      <ul className="p-4">
        {Object.entries(query.data?.paths ?? {}).flatMap(([path, methods]) =>
          Object.entries(methods).map(([method, { summary }]) => (
            <li key={`${method} ${path}`} className="flex gap-3 border-b border-line py-1.5">
              <span className="w-16 font-mono text-xs uppercase">{method}</span>
              <span className="font-mono text-xs">{path}</span>
              <span className="text-ink-2">{summary}</span>
            </li>
          )),
        )}
      </ul>
    </Page>
  );
}
