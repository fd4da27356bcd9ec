import { useEffect } from 'react';
import type { ReactNode } from 'react';

interface PageProps {
  readonly title: string;
  /** In the window's title where it differs: `order-42 · order`. */
  readonly windowTitle?: string;
  readonly subtitle?: ReactNode;
  /** At the right end of the head. */
  readonly actions?: ReactNode;
  /** Fills the height and scrolls inside itself, as lists do. Default: the page scrolls. */
  readonly fill?: boolean;
  readonly children: ReactNode;
}

/** The frame of every screen: one `h1`, the window's title, and the acts. */
export function Page({
  title,
  windowTitle = title,
  subtitle,
  actions,
  fill = false,
  children,
}: PageProps) {
  useEffect(() => {
    document.title = `${windowTitle} · Holdfast`;
  }, [windowTitle]);
  return (
    <div className={fill ? 'flex h-full min-h-0 flex-col' : 'h-full overflow-y-auto'}>
      <header className="flex min-h-12 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-3 py-2 md:px-4">
        <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3 max-md:basis-56">
          <h1 title={title} className="truncate text-base font-semibold">
            {title}
          </h1>
          {subtitle !== undefined && <div className="text-ink-2">{subtitle}</div>}
        </div>
        {actions !== undefined && (
          <div className="flex flex-wrap items-center gap-2">{actions}</div>
        )}
      </header>
      {children}
    </div>
  );
}

interface PanelProps {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** A part of a screen with a heading of its own. */
export function Panel({ title, aside, children }: PanelProps) {
  return (
    <section
      aria-label={title}
      className="min-w-0 overflow-hidden rounded-lg border border-line bg-surface"
    >
      <div className="flex min-h-9 items-center justify-between gap-2 border-b border-line px-3 py-1.5">
        <h2 className="text-xs font-semibold text-ink-2">{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
