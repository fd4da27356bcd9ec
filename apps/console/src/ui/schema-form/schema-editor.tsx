/**
 * A value by form or as raw JSON, whichever the person likes: what is typed in one is there in the other.
 *
 * @module
 */
import { useMemo, useState } from 'react';
import type { Fault, Json } from '@holdfast/core';
import { cx } from '../../lib/class-names.ts';
import { draftOf, emptyDraft, readDraft } from '../../lib/field-drafts.ts';
import type { Draft, Reading } from '../../lib/field-drafts.ts';
import { fieldOf } from '../../lib/schema-fields.ts';
import type { Field } from '../../lib/schema-fields.ts';
import { SchemaForm } from './schema-form.tsx';

export interface Editor {
  readonly field: Field;
  /** null: raw JSON is edited. */
  readonly draft: Draft | null;
  readonly text: string;
  readonly read: () => Reading;
  readonly change: (draft: Draft) => void;
  readonly type: (text: string) => void;
  /** Whether the form has a place for all that the JSON holds. */
  readonly fits: boolean;
  readonly toForm: () => void;
  readonly toJson: () => void;
}

const JSON_FIELD: Field = { kind: 'json', nullable: false };

/** @param initial what it holds at first; undefined: an empty form */
export function useEditor(schema: unknown, initial?: Json): Editor {
  const field = useMemo(() => fieldOf(schema), [schema]);
  const [draft, setDraft] = useState<Draft | null>(() =>
    initial === undefined ? emptyDraft(field) : draftOf(field, initial),
  );
  const [text, setText] = useState(() =>
    initial === undefined ? '{}' : JSON.stringify(initial, null, 2),
  );
  const parsed = readDraft(JSON_FIELD, { kind: 'text', text });
  const asDraft = parsed.faults.length > 0 ? null : draftOf(field, parsed.value);
  const read = (): Reading => (draft === null ? parsed : readDraft(field, draft));
  return {
    field,
    draft,
    text,
    read,
    change: setDraft,
    type: setText,
    fits: asDraft !== null,
    toForm: () => setDraft(asDraft),
    toJson: () => {
      if (draft === null) return;
      // What is not JSON yet in some field is kept out of it; the rest goes over.
      setText(JSON.stringify(readDraft(field, draft).value ?? {}, null, 2));
      setDraft(null);
    },
  };
}

interface SchemaEditorProps {
  readonly editor: Editor;
  readonly faults: readonly Fault[];
  readonly label: string;
}

export function SchemaEditor({ editor, faults, label }: SchemaEditorProps) {
  const { field, draft, text } = editor;
  const raw: Draft = { kind: 'text', text };
  const onlyJson = field.kind === 'json';
  return (
    <div className="flex flex-col gap-3">
      {!onlyJson && (
        <div
          role="radiogroup"
          aria-label="How to write it"
          className="flex w-fit rounded-md border border-line p-0.5"
        >
          <Mode
            chosen={draft !== null}
            onChoose={editor.toForm}
            disabled={!editor.fits && draft === null}
          >
            Form
          </Mode>
          <Mode chosen={draft === null} onChoose={editor.toJson}>
            JSON
          </Mode>
        </div>
      )}
      {draft === null && !onlyJson && !editor.fits && (
        <p className="text-xs text-ink-2">
          The form has no place for this JSON: it can be sent as it is, or made to fit.
        </p>
      )}
      {draft === null || onlyJson ? (
        <SchemaForm
          field={JSON_FIELD}
          draft={draft ?? raw}
          onChange={(changed) => {
            if (changed.kind !== 'text') return;
            if (draft === null) editor.type(changed.text);
            else editor.change(changed);
          }}
          faults={faults}
          label={label}
        />
      ) : (
        <SchemaForm
          field={field}
          draft={draft}
          onChange={editor.change}
          faults={faults}
          label={label}
        />
      )}
    </div>
  );
}

interface ModeProps {
  readonly chosen: boolean;
  readonly onChoose: () => void;
  readonly disabled?: boolean;
  readonly children: string;
}

function Mode({ chosen, onChoose, disabled = false, children }: ModeProps) {
  return (
    <button
      type="button"
      role="radio"
      aria-checked={chosen}
      disabled={disabled}
      onClick={chosen ? undefined : onChoose}
      className={cx(
        'h-6 rounded px-2.5 text-xs font-medium disabled:opacity-55',
        chosen ? 'bg-chosen text-accent' : 'text-ink-2 hover:bg-hover',
      )}
    >
      {children}
    </button>
  );
}
