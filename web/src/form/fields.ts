// How a form's fields are declared: each by its name in the mutation's input.
import type { ReactNode } from 'react';
import type { Choice } from '../ui/inputs';
import type { Problem, Value, Values } from './values';

export interface FieldProps {
  readonly value: Value;
  /** What the form holds besides. */
  readonly values: Values;
  readonly set: (value: Value) => void;
  /** What is wrong with it, with the path within it. */
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
}

interface Common {
  readonly name: string;
  readonly label: string;
  readonly required?: boolean;
  readonly hint?: string;
  /** Takes the form's whole width. */
  readonly wide?: boolean;
  readonly show?: (values: Values) => boolean;
  /** What is sent of the value; by default the value itself. */
  readonly send?: (value: Value) => unknown;
  /** What is sent where the input says the value in more than the field of this name. */
  readonly states?: (value: Value) => Values;
}

export type Field = Common &
  (
    | { readonly kind?: 'text' | 'email' | 'tel' | 'number' | 'decimal' | 'date' | 'datetime-local' | 'multiline' }
    | { readonly kind: 'switch' }
    | { readonly kind: 'choice'; readonly choices: readonly Choice[]; readonly empty?: string }
    | { readonly kind: 'several'; readonly choices: readonly Choice[] }
    | { readonly kind: 'list' }
    | { readonly kind: 'custom'; readonly render: (props: FieldProps) => ReactNode }
  );

/** What the input has of a field. */
export const stated = (field: Field, value: Value): Values => field.states?.(value) ?? { [field.name]: sent(field, value) };

/** What is sent of a field's value: an empty text is null, numbers are numbers. */
function sent(field: Field, value: Value): unknown {
  if (field.send) return field.send(value);
  if (typeof value !== 'string') return value ?? null;
  const text = value.trim();
  if (!text) return null;
  // What is no number goes as it is: the server refuses it, where JSON would make it null.
  return field.kind === 'number' && Number.isFinite(Number(text)) ? Number(text) : text;
}
