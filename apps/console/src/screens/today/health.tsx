import { CircleAlert, CircleCheck } from 'lucide-react';
import type { Overview } from '@holdfast/core';
import { buttonClass } from '../../ui/button.tsx';
import { AddressLink } from '../../ui/links.tsx';
import { Panel } from '../../ui/page.tsx';

/** Healthy or not, and what to do. */
export function Health({ overview }: { readonly overview: Overview }) {
  const { healthy, problems } = overview;
  return (
    <Panel title="Is it well?">
      {healthy && problems.length === 0 ? (
        <p className="flex items-center gap-2 p-3">
          <CircleCheck aria-hidden size={18} className="shrink-0 text-go" />
          <span>
            <strong className="font-semibold">Yes.</strong> Nothing needs you.
          </span>
        </p>
      ) : (
        <ul>
          {problems.map(({ code, message, path }) => (
            <li
              key={`${code} ${path} ${message}`}
              className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line p-3 last:border-b-0"
            >
              <CircleAlert aria-hidden size={18} className="shrink-0 text-care" />
              <span className="min-w-48 flex-1">
                {message} <span className="font-mono text-xs text-ink-3">{code}</span>
              </span>
              {path.startsWith('/') && (
                <AddressLink address={path} className={buttonClass('plain', 'small')}>
                  Look at it
                </AddressLink>
              )}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
