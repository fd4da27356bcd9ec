import { FileCode } from 'lucide-react';
import type { SourcePlace } from '../api/shapes.ts';

/** A line of the author's source, and where it is. */
export function SourceLine({ place }: { readonly place: SourcePlace }) {
  const { file, line, column, source } = place;
  return (
    <div className="overflow-hidden rounded-md border border-line bg-sunken font-mono text-xs">
      <div className="flex items-center gap-1.5 border-b border-line px-2.5 py-1 text-ink-2">
        <FileCode aria-hidden size={12} className="shrink-0" />
        <span className="min-w-0 truncate">
          {file}:{line}:{column}
        </span>
      </div>
      {source !== null && (
        <pre
          className="overflow-x-auto px-2.5 py-1.5"
          tabIndex={0}
          aria-label={`Line ${line} of ${file}`}
        >
          <span className="mr-3 text-ink-3 select-none">{line}</span>
          {source.trim()}
        </pre>
      )}
    </div>
  );
}
