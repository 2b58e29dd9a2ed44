// The form of a mutation. While one types, the server is asked what it would say (`validateOnly`); what is wrong stands at
// its field once that was touched. If somebody else changed the record meanwhile, one chooses value by value.
import { fieldErrors, type FieldErrors } from 'ficha-client';
import { useEffect, useMemo, useRef, useState, type FormEvent } from 'react';
import type { TypedDocumentNode } from 'urql';
import { sentence, useSend } from '../api/records';
import { Button } from '../ui/buttons';
import { useNotify } from '../ui/notices';
import { useWords } from '../words';
import { Conflict } from './Conflict';
import { FieldView } from './FieldView';
import { stated, type Field } from './fields';
import { blank, findingsOf, NO_FINDINGS, same, type Findings, type Problem, type Values } from './values';

/** Milliseconds after the last key before the server is asked. */
const PAUSE = 350;

export interface FormProps<Data> {
  readonly document: TypedDocumentNode<Data, { input: never } & Record<string, unknown>>;
  readonly fields: readonly Field[];
  /** What the record holds now, by field; of a new one what the form begins with. */
  readonly values: Values;
  /** Of a record that is there: everything but what was changed is left out of the input. */
  readonly version?: number | null | undefined;
  /** What the input has besides the fields, as the record's id. */
  readonly fixed: Values;
  readonly submit?: string;
  readonly danger?: boolean;
  /** Called after it was saved. */
  readonly onDone: (data: Data) => void;
  readonly onCancel: () => void;
}

export function MutationForm<Data>(props: FormProps<Data>) {
  const { fields, onCancel } = props;
  const words = useWords();
  const form = useMutationForm(props);
  const shown = fields.filter(({ show }) => show?.(form.values) ?? true);
  const names = new Set(shown.map(({ name }) => name));
  const errors = fieldErrors(form.findings.errors, names);
  const warnings = fieldErrors(form.findings.warnings, names);
  const general = [...errors.form, ...warnings.form].filter(({ code }) => !(code === 'CONFLICT' && form.conflict));
  const at = ({ fields: sorted }: FieldErrors<Problem>, name: string) => (form.touched.has(name) || form.submitted ? (sorted[name] ?? []) : []);
  return (
    <form className="form dialog-body" onSubmit={form.submit} noValidate>
      {form.conflict && <Conflict fields={shown} {...form.conflict} choose={form.choose} />}
      <div className="fields">
        {shown.map((field) => (
          <FieldView
            key={field.name}
            field={field}
            value={form.values[field.name]}
            values={form.values}
            set={(value) => form.set(field.name, value)}
            errors={at(errors, field.name)}
            warnings={at(warnings, field.name)}
          />
        ))}
      </div>
      {form.submitted && general.length > 0 && (
        <div className="failure" role="alert">
          {general.map(({ message }) => (
            <p key={message}>{message}</p>
          ))}
        </div>
      )}
      {form.failure && (
        <div className="failure" role="alert">
          {form.failure}
        </div>
      )}
      <footer>
        <Button onPress={onCancel}>{words.cancel}</Button>
        <Button kind={props.danger ? 'danger' : 'primary'} submits disabled={form.sending}>
          {props.submit ?? words.save}
        </Button>
      </footer>
    </form>
  );
}

function useMutationForm<Data>({ document, fields, values: record, version, fixed, onDone, onCancel }: FormProps<Data>) {
  const words = useWords();
  const send = useSend();
  const notify = useNotify();
  const [base, setBase] = useState({ record, version });
  const [values, setValues] = useState(record);
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [findings, setFindings] = useState<Findings>(NO_FINDINGS);
  const [submitted, setSubmitted] = useState(false);
  const [sending, setSending] = useState(false);
  const [failure, setFailure] = useState('');
  const [conflicting, setConflicting] = useState(false);
  // What was sent and perhaps done: sent again as it is, it is done once.
  const unanswered = useRef({ text: '', key: '' });

  const isNew = version === undefined;
  const input = useMemo(() => {
    const shown = fields.filter(({ name, show }) => (show?.(values) ?? true) && (isNew ? !blank(values[name]) : !same(values[name], base.record[name])));
    return Object.assign({ ...fixed }, ...shown.map((field) => stated(field, values[field.name]))) as Values;
  }, [fields, fixed, values, base, isNew]);
  useValidation(document, input, isNew ? fields.filter((field) => field.required).every(({ name }) => !blank(values[name])) : true, touched, setFindings);

  const save = async () => {
    if (!isNew && Object.keys(input).length === Object.keys(fixed).length) return onCancel();
    setSending(true);
    setFailure('');
    try {
      const expected = isNew || base.version === null ? {} : { expectedVersion: base.version };
      const sent = { input: { ...input, ...expected } as never };
      const text = JSON.stringify(sent);
      if (unanswered.current.text !== text) unanswered.current = { text, key: ('randomUUID' in crypto && crypto.randomUUID()) || '' };
      const data = await send(document, sent, unanswered.current);
      unanswered.current.text = '';
      const result = findingsOf(data);
      setFindings(result);
      setConflicting(result.errors.some(({ code }) => code === 'CONFLICT'));
      if (result.errors.length) return;
      notify({ text: result.warnings.length ? words.warningsTitle : words.saved, details: result.warnings.map(({ message }) => message) });
      onDone(data);
    } catch (error) {
      setFailure(sentence(error as Error, words.offline));
    } finally {
      setSending(false);
    }
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    event.stopPropagation(); // a dialog within a form's own dialog is in the same tree
    setSubmitted(true);
    const missing = fields.filter((field) => field.required && (field.show?.(values) ?? true) && blank(values[field.name]));
    if (missing.length) {
      setFindings({ errors: missing.map(({ name, label }) => ({ code: 'REQUIRED', message: `${label}: ${words.required}`, path: [name] })), warnings: [] });
      event.currentTarget.querySelector<HTMLElement>(`[data-field="${missing[0]?.name}"] :is(input, textarea, button)`)?.focus();
      return;
    }
    void save();
  };
  const choose = (chosen: Values) => {
    setBase({ record, version });
    setValues(chosen);
    setConflicting(false);
    setFindings(NO_FINDINGS);
  };
  const set = (name: string, value: unknown) => {
    setValues((all) => ({ ...all, [name]: value }));
    setTouched((all) => (all.has(name) ? all : new Set(all).add(name)));
  };
  const conflict = conflicting && version !== base.version ? { base: base.record, theirs: record, mine: values } : undefined;
  return { values, set, touched, findings, submitted, sending, failure, submit, conflict, choose };
}

/** Ask what the server would say of `input`, once typing pauses; only the newest answer counts. */
function useValidation<Data>(document: FormProps<Data>['document'], input: Values, complete: boolean, touched: ReadonlySet<string>, tell: (findings: Findings) => void) {
  const send = useSend();
  const turn = useRef(0);
  const text = JSON.stringify(input);
  useEffect(() => {
    if (!touched.size || !complete) return undefined;
    turn.current += 1;
    const own = turn.current;
    const timer = setTimeout(() => {
      send(document, { input: { ...JSON.parse(text), validateOnly: true } as never }, { change: false }).then(
        (data) => own === turn.current && tell(findingsOf(data)),
        () => undefined, // a value that no input takes yet, as half a date: said when it is saved
      );
    }, PAUSE);
    return () => {
      turn.current += 1;
      clearTimeout(timer);
    };
  }, [document, text, complete, touched, send, tell]);
}
