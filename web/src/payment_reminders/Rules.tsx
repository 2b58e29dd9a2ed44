// The rules by which reminders are sent, in the form of a client's and in that of the company's default ones.
import type { ReminderMoment } from 'ficha-client';
import { useLabels } from '../api/labels';
import type { Field } from '../form/fields';
import type { Problem, Value } from '../form/values';
import { Button } from '../ui/buttons';
import { Picker } from '../ui/inputs';
import { useWords } from '../words';

interface Rule {
  readonly moment: ReminderMoment;
  readonly days: number;
  readonly hour: number;
  readonly repeatEveryDays: number | null;
  readonly repeatAtMost: number | null;
}

/** A rule on record, as the form has it. */
export const ruleOf = ({ moment, days, hour, repeatEveryDays, repeatAtMost }: Rule): Rule => ({ moment, days, hour, repeatEveryDays, repeatAtMost });

export const rulesField = (label: string): Field => ({
  name: 'rules',
  label,
  kind: 'custom',
  render: ({ value, set, errors }) => <Rules rules={value as Rule[]} set={set} errors={errors} />,
});

function Rules({ rules, set, errors }: { rules: readonly Rule[]; set: (value: Value) => void; errors: readonly Problem[] }) {
  const words = useWords();
  const moments = useLabels('ReminderMoment');
  const put = (place: number, changes: Partial<Rule>) => set(rules.map((rule, each) => (each === place ? { ...rule, ...changes } : rule)));
  const figure = (place: number, name: 'days' | 'hour' | 'repeatEveryDays' | 'repeatAtMost', label: string) => (
    <label className="field">
      <span className="field-label">{label}</span>
      <input
        className="input"
        inputMode="numeric"
        value={rules[place]?.[name] ?? ''}
        onChange={({ target }) => put(place, { [name]: target.value === '' ? null : Number(target.value.replace(/\D/g, '')) })}
      />
    </label>
  );
  return (
    <fieldset className="rows">
      <legend>{words.rules}</legend>
      {rules.map((rule, place) => (
        <div key={place} className="rule">
          <Picker label={words.ruleMoment} choices={moments} value={rule.moment} onChange={(moment) => put(place, { moment: moment as ReminderMoment, days: moment === 'ON' ? 0 : rule.days || 1 })} />
          {rule.moment !== 'ON' && figure(place, 'days', words.ruleDays)}
          {figure(place, 'hour', words.ruleHour)}
          {rule.moment === 'AFTER' && figure(place, 'repeatEveryDays', words.repeatEvery)}
          {rule.moment === 'AFTER' && figure(place, 'repeatAtMost', words.repeatAtMost)}
          <Button kind="quiet" onPress={() => set(rules.filter((_, each) => each !== place))}>
            {words.remove}
          </Button>
          {errors.filter(({ path }) => path[1] === String(place)).map(({ message }) => (
            <span key={message} className="error" role="alert">
              {message}
            </span>
          ))}
        </div>
      ))}
      {errors.filter(({ path }) => path.length < 2).map(({ message }) => (
        <span key={message} className="error" role="alert">
          {message}
        </span>
      ))}
      <Button onPress={() => set([...rules, { moment: 'BEFORE', days: 3, hour: 9, repeatEveryDays: null, repeatAtMost: null }])}>{words.add}</Button>
    </fieldset>
  );
}
