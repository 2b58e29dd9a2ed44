// One of very many values, found on the server by what is typed.
import { useState } from 'react';
import { Button, ComboBox, Input, Label, ListBox, ListBoxItem, Popover } from 'react-aria-components';
import { IconDown } from './icons';
import { useItems, type Choice } from './inputs';

interface Props {
  readonly label: string;
  readonly choices: readonly Choice[];
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onSearch: (text: string) => void;
}

export function Finder({ label, choices, value, onChange, onSearch }: Props) {
  // What was typed belongs to one value: another one, put here from outside, is shown itself.
  const [typed, type] = useState({ value, text: value });
  const text = typed.value === value ? typed.text : value;
  const items = useItems(choices);
  return (
    <ComboBox
      className="field combo"
      items={items}
      inputValue={text}
      onInputChange={(next) => {
        type({ value, text: next });
        onSearch(next);
      }}
      selectedKey={value || null}
      onSelectionChange={(key) => {
        if (key === null) return;
        type({ value: String(key), text: choices.find((each) => each.value === key)?.label ?? String(key) });
        onChange(String(key));
      }}
      allowsCustomValue
      onBlur={() => !choices.some((each) => each.label === text) && text !== value && onChange(text.split(' · ')[0]?.trim() ?? '')}
      menuTrigger="focus"
      defaultFilter={() => true}
    >
      <Label>{label}</Label>
      <div className="combo-box">
        <Input className="input" />
        <Button className="clear">
          <IconDown />
        </Button>
      </div>
      <Popover className="popover">
        <ListBox className="menu">
          {(choice: Choice) => (
            <ListBoxItem className="menu-item" textValue={choice.label}>
              {choice.label}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}
