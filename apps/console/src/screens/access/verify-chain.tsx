import { useMutation } from '@tanstack/react-query';
import { ShieldAlert, ShieldCheck } from 'lucide-react';
import type { AuditReportResource } from '@holdfast/core';
import { api } from '../../api/client.ts';
import { formatCount, plural } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Problem } from '../../ui/problem.tsx';

/** Looks at every act there ever was, and says whether one was changed, removed or put in. */
export function VerifyChain() {
  const verify = useMutation({ mutationFn: () => api().audit.verify() });
  return (
    <div className="flex flex-col gap-2 border-b border-line px-3 py-2 md:px-4">
      <div>
        <Button size="small" busy={verify.isPending} onClick={() => verify.mutate()}>
          {verify.isPending ? 'Verifying…' : 'Verify the chain'}
        </Button>
      </div>
      <div role="status">
        {verify.data !== undefined && !verify.isPending && <Report report={verify.data} />}
      </div>
      {verify.error !== null && (
        <Problem error={verify.error} title="The chain cannot be verified" />
      )}
    </div>
  );
}

function Report({
  report: { ok, entries, head, faults },
}: {
  readonly report: AuditReportResource;
}) {
  if (ok) {
    return (
      <div className="flex items-start gap-2 rounded-md bg-go-wash p-2 text-go">
        <ShieldCheck aria-hidden size={16} className="mt-0.5 shrink-0" />
        <div className="min-w-0">
          <p>
            <strong className="font-semibold">The chain holds.</strong>{' '}
            {plural(entries, 'entry', 'entries')} of all tenants: none was changed, removed or put
            in.
          </p>
          {head !== null && (
            <p className="flex flex-wrap items-center gap-1 text-xs text-ink-2">
              Head <span className="font-mono break-all">{head}</span>
              <CopyButton text={head} label="Copy head" /> Kept elsewhere, it tells a chain that was
              made anew.
            </p>
          )}
        </div>
      </div>
    );
  }
  return (
    <div className="flex items-start gap-2 rounded-md bg-stop-wash p-2 text-stop">
      <ShieldAlert aria-hidden size={16} className="mt-0.5 shrink-0" />
      <div className="min-w-0">
        <p>
          <strong className="font-semibold">The chain is broken.</strong> The audit log is not as it
          was written: {plural(faults.length, 'fault')} in {formatCount(entries)} entries.
        </p>
        <ul className="mt-1 max-h-40 overflow-y-auto">
          {faults.map(({ no, what }, index) => (
            <li key={`${no} ${index}`}>
              Entry {formatCount(no)}: {what}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
