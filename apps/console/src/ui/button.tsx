import type { ButtonHTMLAttributes, ReactNode } from 'react';
import { cx } from '../lib/class-names.ts';

export type ButtonLook = 'primary' | 'plain' | 'quiet' | 'danger';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** Default: `plain`. One `primary` in a view at most; `danger` for what cannot be taken back. */
  readonly look?: ButtonLook;
  readonly size?: 'small' | 'medium';
  readonly icon?: ReactNode;
  /** Shows that the act is under way, and holds further clicks. */
  readonly busy?: boolean;
}

const LOOKS: Readonly<Record<ButtonLook, string>> = {
  primary: 'bg-accent-fill text-on-accent hover:bg-accent-fill-hover border-transparent',
  plain: 'bg-surface text-ink border-line-strong hover:bg-hover',
  quiet: 'bg-transparent text-ink-2 border-transparent hover:bg-hover hover:text-ink',
  danger: 'bg-stop-fill text-white border-transparent hover:bg-stop-fill-hover',
};

const BASE =
  'inline-flex items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap transition-colors disabled:opacity-55';

/** Class names of a button, for links that look like one. */
export function buttonClass(
  look: ButtonLook = 'plain',
  size: 'small' | 'medium' = 'medium',
): string {
  return cx(BASE, LOOKS[look], size === 'small' ? 'h-7 px-2 text-xs' : 'h-8 px-3 text-sm');
}

export function Button({
  look,
  size,
  icon,
  busy = false,
  children,
  className,
  disabled,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled === true || busy}
      aria-busy={busy || undefined}
      className={cx(buttonClass(look, size), className)}
    >
      {icon}
      {children}
    </button>
  );
}

interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'aria-label'> {
  /** What it does, for those who cannot see the icon, and as its tooltip. */
  readonly label: string;
}

export function IconButton({ label, className, children, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      title={label}
      aria-label={label}
      {...rest}
      className={cx(
        'inline-flex size-8 shrink-0 items-center justify-center rounded-md text-ink-2 transition-colors hover:bg-hover hover:text-ink disabled:opacity-55',
        className,
      )}
    >
      {children}
    </button>
  );
}
