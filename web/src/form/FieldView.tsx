// One field of a form, with what is wrong with it, what would be right, and what is only doubtful.
import { Checkbox, CheckboxGroup, ComboBox, FieldError, Input, Label, ListBox, ListBoxItem, Popover, Button as Base, TextArea, TextField } from 'react-aria-components';
import { Button } from '../ui/buttons';
import { IconCheck, IconDown } from '../ui/icons';
import { NONE, Picker, useItems, type Choice } from '../ui/inputs';
import { useWords } from '../words';
import type { Field, FieldProps } from './fields';
import type { Problem } from './values';

/** From how many choices on one types to find one. */
const MANY = 10;

export function FieldView({ field, value, values, set, errors, warnings }: { field: Field } & FieldProps) {
  const findings = <Findings errors={errors} warnings={warnings} set={set} choices={'choices' in field ? field.choices : []} />;
  const className = field.wide || field.kind === 'multiline' || field.kind === 'custom' ? 'wide-field' : '';
  return (
    <div className={className} data-field={field.name}>
      <Control field={field} value={value} values={values} set={set} errors={errors} warnings={warnings}>
        {findings}
      </Control>
    </div>
  );
}

function Control({ field, value, values, set, errors, warnings, children }: { field: Field; children: React.ReactNode } & FieldProps) {
  const text = typeof value === 'string' ? value : '';
  switch (field.kind) {
    case 'switch':
      return (
        <>
          <Switch label={field.label} on={Boolean(value)} set={set} />
          {children}
        </>
      );
    case 'choice':
      return (
        <ChoiceField field={field} choices={field.choices} empty={field.empty} value={text} set={set} invalid={errors.length > 0}>
          {children}
        </ChoiceField>
      );
    case 'several':
      return (
        <Several label={field.label} choices={field.choices} value={Array.isArray(value) ? value : []} set={set}>
          {children}
        </Several>
      );
    case 'custom':
      return field.render({ value, values, set, errors, warnings });
    default:
      return (
        <Text field={field} value={field.kind === 'list' && Array.isArray(value) ? value.join(', ') : text} set={set} invalid={errors.length > 0}>
          {children}
        </Text>
      );
  }
}

const Name = ({ field }: { field: Field }) => {
  const words = useWords();
  return (
    <Label>
      {field.label}
      {field.required && <span className="required" title={words.required} aria-hidden="true">{' *'}</span>}
    </Label>
  );
};

function Text({ field, value, set, invalid, children }: { field: Field; value: string; set: (value: unknown) => void; invalid: boolean; children: React.ReactNode }) {
  const { kind = 'text' } = field;
  const keyboard = { decimal: 'decimal', number: 'numeric' } as const;
  const type = kind === 'multiline' || kind === 'decimal' || kind === 'list' || kind === 'number' ? 'text' : kind;
  return (
    <TextField
      className="field"
      value={value}
      onChange={(text) => set(field.kind === 'list' ? text.split(/[,;\n]\s*/) : text)}
      isInvalid={invalid}
      isRequired={field.required ?? false}
      validationBehavior="aria"
      type={type as 'text'}
    >
      <Name field={field} />
      {kind === 'multiline' ? <TextArea className="input" /> : <Input className="input" {...(kind in keyboard ? { inputMode: keyboard[kind as keyof typeof keyboard] } : {})} />}
      {field.hint && <span className="under">{field.hint}</span>}
      {children}
    </TextField>
  );
}

export function Switch({ label, on, set }: { label: string; on: boolean; set: (on: boolean) => void }) {
  return (
    <Checkbox className="switch" isSelected={on} onChange={set}>
      <span className="box">{on && <IconCheck />}</span>
      {label}
    </Checkbox>
  );
}

function Several({ label, choices, value, set, children }: { label: string; choices: readonly Choice[]; value: string[]; set: (value: unknown) => void; children: React.ReactNode }) {
  return (
    <CheckboxGroup className="field" value={value} onChange={set}>
      <Label>{label}</Label>
      {choices.map((choice) => (
        <Checkbox key={choice.value} value={choice.value} className="switch">
          {({ isSelected }) => (
            <>
              <span className="box">{isSelected && <IconCheck />}</span>
              {choice.label}
            </>
          )}
        </Checkbox>
      ))}
      {children}
    </CheckboxGroup>
  );
}

function ChoiceField({ field, choices, empty, value, set, invalid, children }: { field: Field; choices: readonly Choice[]; empty: string | undefined; value: string; set: (value: unknown) => void; invalid: boolean; children: React.ReactNode }) {
  const all = empty === undefined || !choices.length ? choices : [{ value: '', label: empty }, ...choices];
  const items = useItems(all);
  if (all.length <= MANY) {
    return (
      <Picker label={field.label} choices={all} value={value} onChange={set} invalid={invalid} required={field.required ?? false}>
        {children}
      </Picker>
    );
  }
  return (
    <ComboBox
      className="field combo"
      defaultItems={items}
      selectedKey={value || (empty === undefined ? null : NONE)}
      onSelectionChange={(key) => set(key === null || key === NONE ? '' : String(key))}
      isInvalid={invalid}
      isRequired={field.required ?? false}
      validationBehavior="aria"
      menuTrigger="focus"
    >
      <Name field={field} />
      <div className="combo-box">
        <Input className="input" />
        <Base className="clear">
          <IconDown />
        </Base>
      </div>
      {children}
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

export function Findings({ errors, warnings, set, choices }: { errors: readonly Problem[]; warnings: readonly Problem[]; set: (value: unknown) => void; choices: readonly Choice[] }) {
  const words = useWords();
  const named = (value: string) => choices.find((each) => each.value === value)?.label ?? value;
  const offered = [...new Set([...errors, ...warnings].flatMap(({ suggestion, allowed = [] }) => (suggestion ? [suggestion] : allowed.length <= 6 ? allowed : [])))];
  if (!errors.length && !warnings.length) return null;
  return (
    <>
      {errors.length > 0 && <FieldError className="error">{errors.map(({ message }) => message).join(' ')}</FieldError>}
      {warnings.length > 0 && <span className="doubt" role="status">{warnings.map(({ message }) => message).join(' ')}</span>}
      {offered.length > 0 && (
        <span className="row">
          {offered.map((value) => (
            <Button key={value} kind="quiet" className="small" onPress={() => set(value)}>
              {words.useSuggestion(named(value))}
            </Button>
          ))}
        </span>
      )}
    </>
  );
}
