// Inputs as the bars and the forms use them.
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { Button, Input, Label, ListBox, ListBoxItem, Popover, SearchField, Select, SelectValue, Text } from 'react-aria-components';
import { useWords } from '../words';
import { IconClose, IconDown, IconSearch } from './icons';

export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly hint?: string;
}

interface PickerProps {
  readonly label: string;
  readonly hideLabel?: boolean;
  readonly choices: readonly Choice[];
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly children?: ReactNode;
  readonly invalid?: boolean;
  readonly required?: boolean;
}

/** The key of the choice of nothing. */
export const NONE = '∅';

/** The choices as a list's items: the same ones while they say the same, or a list that is open would be made anew, and
 * what is just being chosen be lost, whenever its form is drawn. */
export function useItems(choices: readonly Choice[]): readonly (Choice & { id: string })[] {
  const text = JSON.stringify(choices);
  return useMemo(() => (JSON.parse(text) as Choice[]).map((each) => ({ ...each, id: each.value || NONE })), [text]);
}

/** One of some values, from a list that opens; it opens once there are some. */
export function Picker({ label, hideLabel = false, choices, value, onChange, children, invalid = false, required = false }: PickerProps) {
  const words = useWords();
  const items = useItems(choices);
  return (
    <Select
      className="field picker"
      selectedKey={value || (choices.some((each) => !each.value) ? NONE : null)}
      onSelectionChange={(key) => onChange(key === null || key === NONE ? '' : String(key))}
      isInvalid={invalid}
      isRequired={required}
      isDisabled={!choices.length}
      validationBehavior="aria"
      placeholder={words.choose}
      {...(hideLabel ? { 'aria-label': label } : {})}
    >
      {!hideLabel && (
        <Label>
          {label}
          {required && (
            <span className="required" aria-hidden="true">
              {' *'}
            </span>
          )}
        </Label>
      )}
      <Button className="input">
        <SelectValue>{({ defaultChildren, selectedText }) => selectedText || defaultChildren}</SelectValue>
        <IconDown />
      </Button>
      {children}
      <Popover className="popover">
        <ListBox className="menu" items={items}>
          {(choice) => (
            <ListBoxItem className="menu-item" textValue={choice.label}>
              <Text slot="label">{choice.label}</Text>
              {choice.hint && <Text slot="description">{choice.hint}</Text>}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  );
}

/** Milliseconds after the last key before a search is made. */
const PAUSE = 250;

/** A search box: `onSearch` hears what was typed once typing pauses, or at once on Enter or when it is cleared. */
export function Search({ label, value, onSearch }: { label: string; value: string; onSearch: (text: string) => void }) {
  const words = useWords();
  const [text, setText] = useState(value);
  const timer = useRef(0);
  const said = useRef(value);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    if (value === said.current) return; // what was typed meanwhile stays
    said.current = value; // a link, or the way back: the box shows what is searched for
    clearTimeout(timer.current);
    setText(value);
  }, [value]);
  const say = (next: string) => {
    clearTimeout(timer.current);
    said.current = next;
    onSearch(next);
  };
  const type = (next: string) => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = window.setTimeout(say, next ? PAUSE : 0, next);
  };
  return (
    <SearchField className="field search" aria-label={label} value={text} onChange={type} onSubmit={say}>
      <IconSearch />
      <Input className="input" placeholder={label} />
      {text && (
        <Button className="clear" aria-label={words.clearFilters}>
          <IconClose />
        </Button>
      )}
    </SearchField>
  );
}

export interface Span {
  /** A day as `2026-11-20`; empty without an end on that side. */
  readonly from: string;
  readonly until: string;
}

/** The days between two, both included. */
export function Days({ span, onChange }: { span: Span; onChange: (span: Span) => void }) {
  const words = useWords();
  const day = (end: keyof Span) => (
    <label className="field day">
      <span className="field-label">{words[end]}</span>
      <input type="date" className="input" value={span[end]} onChange={({ target }) => onChange({ ...span, [end]: target.value })} />
    </label>
  );
  return (
    <>
      {day('from')}
      {day('until')}
    </>
  );
}
