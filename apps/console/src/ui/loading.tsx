interface LoadingProps {
  readonly label?: string;
}

/** Shown only after a moment, so that a quick answer does not flicker. */
export function Loading({ label = 'Loading' }: LoadingProps) {
  return (
    <div role="status" className="animate-appear flex items-center gap-2 p-4 text-ink-2">
      <span
        aria-hidden
        className="size-3 animate-spin rounded-full border-2 border-line-strong border-t-accent"
      />
      {label}…
    </div>
  );
}
