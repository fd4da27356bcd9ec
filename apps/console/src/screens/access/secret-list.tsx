import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { Empty } from '../../ui/empty.tsx';
import { Command } from '../../ui/command.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Problem } from '../../ui/problem.tsx';

/** Names only. Values go in by the command line, which keeps them out of browsers, and never come out. */
export function SecretList() {
  const query = useQuery({ queryKey: ['secrets'], queryFn: () => api().secrets.list() });
  if (query.isPending) return <Loading />;
  if (query.error !== null) {
    return <Problem error={query.error} onRetry={() => void query.refetch()} />;
  }
  if (query.data.length === 0) {
    return (
      <Empty title="No secret is set" command="holdfast secrets set PAYMENT_KEY">
        Effects read secrets by name, as <code>secret://PAYMENT_KEY</code>. Their values are set on
        the command line and never shown:
      </Empty>
    );
  }
  return (
    <div className="flex flex-col gap-3 overflow-y-auto p-3 md:p-4">
      <ul className="rounded-lg border border-line bg-surface">
        {query.data.map((name) => (
          <li key={name} className="border-b border-line px-3 py-2 font-mono text-xs last:border-0">
            {name}
          </li>
        ))}
      </ul>
      <p className="text-ink-2">Values are never shown. To set or replace one:</p>
      <Command text="holdfast secrets set NAME" />
    </div>
  );
}
