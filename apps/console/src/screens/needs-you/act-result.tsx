import { CircleCheck } from 'lucide-react';
import type { AttentionActAnswer, AttentionItem } from '@holdfast/core';
import { formatCount } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { InstanceLink } from '../../ui/links.tsx';
import { nameOf } from './item-table.tsx';

interface ActResultProps {
  readonly answer: AttentionActAnswer;
  /** Those that were loaded, to name what was refused. */
  readonly items: readonly AttentionItem[];
  readonly onClose: () => void;
}

/** What was done, and what was not and why. */
export function ActResult({ answer, items, onClose }: ActResultProps) {
  const { done, refused, left } = answer;
  return (
    <div className="flex flex-col gap-4">
      <p className="flex items-center gap-2">
        <CircleCheck aria-hidden size={16} className="shrink-0 text-go" />
        {formatCount(done)} done{refused.length > 0 && `, ${formatCount(refused.length)} refused`}
        {left > 0 && `, ${formatCount(left)} not tried`}.
      </p>
      {left > 0 && (
        <p className="text-ink-2">
          It was stopped, here or because the server stops. Those not tried are as they were: act
          again.
        </p>
      )}
      {refused.length > 0 && (
        <ul
          aria-label="Refused"
          tabIndex={0}
          className="max-h-80 overflow-y-auto rounded-md border border-line"
        >
          {refused.map(({ item, problem }) => {
            const known = items.find((one) => one.item === item);
            return (
              <li key={item} className="border-b border-line px-3 py-2 last:border-b-0">
                <p className="flex flex-wrap items-baseline gap-x-3">
                  {known !== undefined && known.saga !== null && known.key !== null ? (
                    <InstanceLink saga={known.saga} instance={known.key} full />
                  ) : (
                    <span className="font-mono text-xs">
                      {known === undefined ? item : nameOf(known)}
                    </span>
                  )}
                  <span className="font-mono text-xs text-ink-2">{problem.code}</span>
                </p>
                <p>{problem.detail ?? problem.title}</p>
                {problem.hint !== undefined && <p className="text-ink-2">{problem.hint}</p>}
              </li>
            );
          })}
        </ul>
      )}
      <div className="flex justify-end">
        <Button look="primary" onClick={onClose}>
          Close
        </Button>
      </div>
    </div>
  );
}
