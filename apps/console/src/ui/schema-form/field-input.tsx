import { Plus, Trash2 } from 'lucide-react';
import { useId } from 'react';
import type { ReactNode } from 'react';
import { cx } from '../../lib/class-names.ts';
import { emptyDraft, escaped, withItem } from '../../lib/field-drafts.ts';
import type { Draft } from '../../lib/field-drafts.ts';
import type { GroupField, ListField, VariantsField } from '../../lib/schema-fields.ts';
import { Button, IconButton } from '../button.tsx';
import { controlClass, Faults, labelOf, Optional } from './field-parts.tsx';
import type { FieldProps } from './field-parts.tsx';
import { FlagButtons } from './flag-buttons.tsx';
import { LeafInput } from './leaf-input.tsx';

export function FieldInput(props: FieldProps) {
  const { field } = props;
  switch (field.kind) {
    case 'group':
      return <GroupInput {...props} field={field} />;
    case 'list':
      return <ListInput {...props} field={field} />;
    case 'variants':
      return <VariantsInput {...props} field={field} />;
    case 'flag':
      return props.form.look === 'plain' ? (
        <FlagButtons {...props} field={field} />
      ) : (
        <LeafInput {...props} field={field} />
      );
    default:
      return <LeafInput {...props} field={field} />;
  }
}

function GroupInput(props: FieldProps<GroupField>) {
  const { field, draft, onChange, required, at, form, top = false } = props;
  if (draft.kind !== 'group') return null;
  const members = (
    <div className="flex flex-col gap-3">
      {field.members.map((member) => (
        <FieldInput
          key={member.name}
          field={member.field}
          draft={draft.members[member.name] ?? emptyDraft(member.field, member.required)}
          onChange={(changed) =>
            onChange({ ...draft, members: { ...draft.members, [member.name]: changed } })
          }
          name={member.name}
          required={member.required}
          at={`${at}/${escaped(member.name)}`}
          form={form}
        />
      ))}
      <Faults form={form} at={at} />
    </div>
  );
  if (top && draft.on) return members;
  return (
    <Frame {...props}>
      {(!required || field.nullable) && (
        <Button size="small" onClick={() => onChange({ ...draft, on: !draft.on })}>
          {draft.on ? 'Leave out' : 'Fill in'}
        </Button>
      )}
      {draft.on && members}
    </Frame>
  );
}

function ListInput(props: FieldProps<ListField>) {
  const { field, draft, onChange, at, form } = props;
  if (draft.kind !== 'list') return null;
  const { items } = draft;
  const change = (id: number, changed: Draft): void => {
    const next = items.map((item) => (item.id === id ? { id, draft: changed } : item));
    onChange({ kind: 'list', items: next });
  };
  const remove = (id: number): void => {
    onChange({ kind: 'list', items: items.filter((item) => item.id !== id) });
  };
  const label = labelOf(props);
  return (
    <Frame {...props}>
      {items.map((item, i) => (
        <div key={item.id} className="flex items-start gap-2">
          <div className="min-w-0 flex-1">
            <FieldInput
              field={field.item}
              draft={item.draft}
              onChange={(changed) => change(item.id, changed)}
              name={`${label} ${i + 1}`}
              required
              at={`${at}/${i}`}
              form={form}
            />
          </div>
          <IconButton label={`Remove ${label} ${i + 1}`} onClick={() => remove(item.id)}>
            <Trash2 aria-hidden size={14} />
          </IconButton>
        </div>
      ))}
      {items.length < field.max && (
        <Button
          size="small"
          className="self-start"
          icon={<Plus aria-hidden size={14} />}
          onClick={() => {
            onChange({ kind: 'list', items: withItem(items, emptyDraft(field.item)) });
          }}
        >
          Add to {label}
        </Button>
      )}
      <Faults form={form} at={at} />
    </Frame>
  );
}

function VariantsInput(props: FieldProps<VariantsField>) {
  const { field, draft, onChange, at, form, required } = props;
  const id = useId();
  if (draft.kind !== 'variants') return null;
  const chosen = field.variants[draft.chosen];
  const inner = draft.drafts[draft.chosen];
  const label = labelOf(props);
  return (
    <Frame {...props}>
      <label htmlFor={id} className="sr-only">
        Shape of {label}
      </label>
      <select
        id={id}
        value={draft.chosen}
        onChange={(event) => onChange({ ...draft, chosen: Number(event.target.value) })}
        className={controlClass(form.look)}
      >
        {(!required || field.nullable || chosen === undefined) && <option value={-1}>none</option>}
        {field.variants.map(({ name }, i) => (
          <option key={name} value={i}>
            {name}
          </option>
        ))}
      </select>
      {chosen !== undefined && inner !== undefined && (
        <FieldInput
          field={chosen.field}
          draft={inner}
          onChange={(changed) => {
            const drafts = draft.drafts.map((one, i) => (i === draft.chosen ? changed : one));
            onChange({ ...draft, drafts });
          }}
          name={chosen.name}
          required
          at={at}
          form={form}
          top
        />
      )}
    </Frame>
  );
}

/** Fields that belong together, under one name. */
function Frame(props: FieldProps & { readonly children: ReactNode }) {
  const { field, required, form, children, name } = props;
  return (
    <fieldset className="flex min-w-0 flex-col gap-2 rounded-md border border-line p-3 pt-1.5">
      <legend className="px-1 text-xs font-medium text-ink-2" title={name}>
        {labelOf(props)}
        {!required && <Optional />}
      </legend>
      {field.hint !== undefined && (
        <p className={cx('text-ink-2', form.look === 'exact' && 'text-xs')}>{field.hint}</p>
      )}
      {children}
    </fieldset>
  );
}
