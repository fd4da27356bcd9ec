import { CopyButton } from '../../ui/copy-button.tsx';

interface CodeLinesProps {
  readonly title: string;
  readonly text: string;
}

/** Lines to paste into a file. */
export function CodeLines({ title, text }: CodeLinesProps) {
  return (
    <figure className="overflow-hidden rounded-md border border-line bg-sunken">
      <figcaption className="flex items-center justify-between gap-2 border-b border-line py-0.5 pr-1 pl-3 text-xs text-ink-2">
        {title}
        <CopyButton text={text} label={`Copy lines for ${title}`} />
      </figcaption>
      <pre
        aria-label={title}
        // A region that scrolls must be reachable by keyboard.
        tabIndex={0}
        className="overflow-x-auto px-3 py-2 font-mono text-xs leading-5"
      >
        {text}
      </pre>
    </figure>
  );
}
