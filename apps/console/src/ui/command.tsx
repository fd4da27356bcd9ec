import { CopyButton } from './copy-button.tsx';

interface CommandProps {
  readonly text: string;
}

/** A command line to paste. */
export function Command({ text }: CommandProps) {
  return (
    <div className="mt-2 flex w-full max-w-full items-start gap-1 rounded-md border border-line bg-sunken py-1 pr-1 pl-3 text-left">
      <code className="min-w-0 flex-1 py-1 font-mono text-xs break-all whitespace-pre-wrap">
        {text}
      </code>
      <CopyButton text={text} label="Copy command" />
    </div>
  );
}
