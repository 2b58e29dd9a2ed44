// Three columns: what the form began with, what somebody else made of it, and what was typed here.
import { useState } from 'react';
import { Button } from '../ui/buttons';
import { useWords, type Words } from '../words';
import type { Field } from './fields';
import { same, type Value, type Values } from './values';

interface Props {
  readonly fields: readonly Field[];
  readonly base: Values;
  readonly theirs: Values;
  readonly mine: Values;
  readonly choose: (values: Values) => void;
}

export function Conflict({ fields, base, theirs, mine, choose }: Props) {
  const words = useWords();
  const changed = fields.filter(({ name }) => !same(base[name], theirs[name]));
  // Theirs is sides where nothing was typed here, and offered where both typed.
  const [sides, setSides] = useState<Readonly<Record<string, 'theirs' | 'mine'>>>(() =>
    Object.fromEntries(changed.map(({ name }) => [name, same(base[name], mine[name]) ? 'theirs' : 'mine'])),
  );
  const chosen = () => Object.fromEntries(fields.map(({ name }) => [name, sides[name] === 'theirs' ? theirs[name] : mine[name]]));
  return (
    <section className="conflict" role="alert" aria-label={words.conflictTitle}>
      <h3>{words.conflictTitle}</h3>
      <p>{words.conflictHelp}</p>
      <table>
        <thead>
          <tr>
            {[words.conflictField, words.conflictBase, words.conflictTheirs, words.conflictMine].map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {changed.map((field) => (
            <tr key={field.name}>
              <th scope="row">{field.label}</th>
              <td>{textOf(field, base[field.name], words)}</td>
              {(['theirs', 'mine'] as const).map((side) => (
                <td key={side}>
                  <label>
                    <input type="radio" name={`conflict-${field.name}`} checked={sides[field.name] === side} onChange={() => setSides((all) => ({ ...all, [field.name]: side }))} />{' '}
                    {textOf(field, (side === 'mine' ? mine : theirs)[field.name], words)}
                  </label>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <Button onPress={() => choose({ ...mine, ...chosen() })}>{words.confirm}</Button>
    </section>
  );
}

const textOf = (field: Field, value: Value, words: Words): string => {
  if (value === null || value === undefined || value === '') return words.none;
  const choices = 'choices' in field ? field.choices : [];
  const one = (each: unknown) => choices.find((choice) => choice.value === each)?.label ?? (typeof each === 'object' ? JSON.stringify(each) : String(each));
  if (typeof value === 'boolean') return value ? words.yes : words.no;
  return Array.isArray(value) ? value.map(one).join(', ') : one(value);
};
