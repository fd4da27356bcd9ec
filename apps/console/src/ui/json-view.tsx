/**
 * JSON for reading: folded by depth, long texts cut until asked for. Text is only ever text here: React escapes it, and
 * nothing turns a value into markup or a link.
 *
 * @module
 */
import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import type { Json } from '@holdfast/core';
import { CopyButton } from './copy-button.tsx';

/** Levels that are open at first. */
const OPEN_DEPTH = 2;
/** Entries shown of one array or object at first. */
const SHOWN_ENTRIES = 50;
/** Characters shown of one text at first. */
const SHOWN_CHARACTERS = 400;

interface JsonViewProps {
  readonly value: Json | undefined;
  /** Names it for screen readers: `State at version 3`. */
  readonly label: string;
}

export function JsonView({ value, label }: JsonViewProps) {
  if (value === undefined) return <p className="text-ink-3">nothing</p>;
  return (
    <div
      role="group"
      aria-label={label}
      className="group/json relative font-mono text-xs leading-5"
    >
      <div className="absolute top-0 right-0 opacity-0 transition-opacity group-focus-within/json:opacity-100 group-hover/json:opacity-100">
        <CopyButton text={JSON.stringify(value, null, 2)} label="Copy JSON" />
      </div>
      <Value value={value} depth={0} />
    </div>
  );
}

interface ValueProps {
  readonly value: Json;
  readonly depth: number;
  readonly name?: string;
}

function Value({ value, depth, name }: ValueProps) {
  if (typeof value === 'object' && value !== null && sizeOf(value) > 0) {
    return <Branch value={value} depth={depth} name={name} />;
  }
  return (
    <div className="pl-4">
      <Name name={name} />
      <Leaf value={value} />
    </div>
  );
}

function Name({ name }: { readonly name: string | undefined }) {
  if (name === undefined) return null;
  return <span className="text-ink-2">{name}: </span>;
}

function sizeOf(value: object): number {
  return Array.isArray(value) ? value.length : Object.keys(value).length;
}

interface BranchProps {
  readonly value: readonly Json[] | { readonly [name: string]: Json };
  readonly depth: number;
  readonly name: string | undefined;
}

function Branch({ value, depth, name }: BranchProps) {
  const size = sizeOf(value);
  const [open, setOpen] = useState(depth < OPEN_DEPTH && size <= SHOWN_ENTRIES);
  const [all, setAll] = useState(false);
  const isArray = Array.isArray(value);
  const entries = open ? Object.entries(value).slice(0, all ? undefined : SHOWN_ENTRIES) : [];
  return (
    <div>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="inline-flex max-w-full items-center rounded text-left hover:bg-hover"
      >
        <ChevronRight
          aria-hidden
          size={12}
          className={open ? 'mr-1 shrink-0 rotate-90' : 'mr-1 shrink-0'}
        />
        <Name name={name} />
        <span className="pl-1 text-ink-3">
          {isArray ? `[${size}]` : `{${size}}`}
          {!open && ` ${preview(value)}`}
        </span>
      </button>
      {open && (
        <div className="ml-1.5 border-l border-line pl-2">
          {entries.map(([entry, child]) => (
            <Value key={entry} value={child} depth={depth + 1} name={entry} />
          ))}
          {entries.length < size && (
            <button
              type="button"
              onClick={() => setAll(true)}
              className="pl-4 text-accent hover:underline"
            >
              {size - entries.length} more
            </button>
          )}
        </div>
      )}
    </div>
  );
}

function preview(value: object): string {
  const text = Array.isArray(value) ? '' : Object.keys(value).slice(0, 4).join(', ');
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

function Leaf({ value }: { readonly value: Json }) {
  const [all, setAll] = useState(false);
  if (typeof value === 'string') {
    const cut = !all && value.length > SHOWN_CHARACTERS;
    return (
      <span className="break-all whitespace-pre-wrap text-go">
        {JSON.stringify(cut ? value.slice(0, SHOWN_CHARACTERS) : value)}
        {cut && (
          <button
            type="button"
            onClick={() => setAll(true)}
            className="ml-1 text-accent hover:underline"
          >
            all {value.length} characters
          </button>
        )}
      </span>
    );
  }
  if (value === null) return <span className="text-ink-3">null</span>;
  if (typeof value === 'object')
    return <span className="text-ink-3">{Array.isArray(value) ? '[]' : '{}'}</span>;
  return (
    <span className={typeof value === 'number' ? 'text-busy' : 'text-hold'}>{String(value)}</span>
  );
}
