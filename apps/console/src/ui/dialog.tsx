/**
 * Dialogs on the browser's own `<dialog>`: focus stays inside, Escape closes, what is behind is inert. No script of ours
 * and no style element is needed for it.
 *
 * @module
 */
import { X } from 'lucide-react';
import { useEffect, useId, useRef } from 'react';
import type { ReactNode } from 'react';
import { cx } from '../lib/class-names.ts';
import { IconButton } from './button.tsx';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Default: `medium`, 32 rem. */
  readonly width?: 'medium' | 'wide';
  /** Hides title and cross: the content brings its own, and names itself by `title`. */
  readonly bare?: boolean;
}

/** Open while it is rendered. */
export function Dialog({ title, onClose, children, width = 'medium', bare = false }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const dialog = element.current;
    if (dialog === null) return undefined;
    const before = document.activeElement;
    dialog.showModal();
    // The browser takes the first thing that can have the focus; a dialog may know better.
    dialog.querySelector<HTMLElement>('[data-autofocus]')?.focus();
    return () => {
      dialog.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    // The browser brings keyboard use (Escape); a click on the backdrop is only a second way to it.
    <dialog
      ref={element}
      aria-labelledby={bare ? undefined : titleId}
      aria-label={bare ? title : undefined}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === element.current) onClose();
      }}
      className={cx(
        'm-auto max-h-[min(48rem,calc(100dvh-2rem))] w-[calc(100vw-2rem)] overflow-hidden rounded-lg border border-line bg-raised p-0 text-ink shadow-raised',
        width === 'wide' ? 'max-w-3xl' : 'max-w-lg',
        bare && 'mt-[12dvh]',
      )}
    >
      <div className="flex max-h-[inherit] min-w-0 flex-col wrap-anywhere">
        {!bare && (
          <header className="flex items-center justify-between gap-2 border-b border-line py-2 pr-2 pl-4">
            <h2 id={titleId} className="line-clamp-3 min-w-0 text-sm font-semibold" title={title}>
              {title}
            </h2>
            <IconButton label="Close" onClick={onClose}>
              <X aria-hidden size={16} />
            </IconButton>
          </header>
        )}
        <div className={cx('min-h-0 overflow-y-auto', !bare && 'p-4')}>{children}</div>
      </div>
    </dialog>
  );
}
