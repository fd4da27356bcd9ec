import type { ReactNode } from 'react';
import { Command } from './command.tsx';

interface EmptyProps {
  readonly title: string;
  /** What would stand here, and how it comes. */
  readonly children?: ReactNode;
  /** A command to paste that brings the first one. */
  readonly command?: string;
}

/** An empty list that teaches. */
export function Empty({ title, children, command }: EmptyProps) {
  return (
    <div className="mx-auto flex max-w-xl flex-col items-center gap-2 px-4 py-12 text-center">
      <h2 className="text-sm font-semibold">{title}</h2>
      {children !== undefined && <div className="text-ink-2">{children}</div>}
      {command !== undefined && <Command text={command} />}
    </div>
  );
}
