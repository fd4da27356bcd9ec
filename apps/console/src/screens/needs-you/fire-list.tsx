import type { AttentionGroup } from '@holdfast/core';
import { previewSentence } from './act-words.ts';
import type { FirePreview } from './act-words.ts';

interface FireListProps {
  readonly preview: FirePreview;
  readonly group: Pick<AttentionGroup, 'kind' | 'reason'>;
}

/** The outside calls that an act would make, with the keys that they would carry. */
export function FireList({ preview, group }: FireListProps) {
  return (
    <div className="flex flex-col gap-2">
      <p>{previewSentence(preview, group)}</p>
      {preview.calls.length > 0 && (
        <ul
          aria-label="Outside calls"
          // A region that scrolls must be reachable by keyboard.
          tabIndex={0}
          className="max-h-48 overflow-y-auto rounded-md border border-line"
        >
          {preview.calls.map(({ effect, commandId, idempotencyKey, key }) => (
            <li
              key={commandId}
              className="flex flex-wrap items-baseline gap-x-3 border-b border-line px-3 py-1.5 last:border-b-0"
            >
              <span className="font-mono text-xs font-medium">{effect}</span>
              {key !== null && <span className="font-mono text-xs text-ink-2">{key}</span>}
              <span className="w-full font-mono text-xs break-all text-ink-2">
                <span className="font-sans text-ink-3">key </span>
                {idempotencyKey}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
