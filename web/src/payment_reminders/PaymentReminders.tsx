// The payment reminders (recordatorios de pago), item by item, and which go out next.
import { useState } from 'react';
import { ClientProfileDocument, ReminderPreviewDocument, UpdatePaymentRemindersDocument } from 'ficha-client';
import { useRecords } from '../api/records';
import { Link, to } from '../app/routes';
import { AddButton } from '../client/ActionPanel';
import type { Part } from '../client/BillingTab';
import { FormDialog } from '../form/FormDialog';
import type { Field } from '../form/fields';
import { Badge, Card, Value as Shown, Values } from '../ui/card';
import { Forbidden } from '../ui/states';
import { useWords } from '../words';
import { ruleOf, rulesField } from './Rules';

export function PaymentReminders({ client, billing }: Part) {
  const words = useWords();
  const [editing, edit] = useState(false);
  const reminders = billing.paymentReminders;
  const marks = reminders && [
    [reminders.attachPdf, words.attachPdf],
    [reminders.attachXml, words.attachXml],
    [reminders.workingDaysOnly, words.workingDaysOnly],
  ];
  if (!reminders && !client.viewerCanUpdateBilling) return <Forbidden title={words.reminders} />;
  return (
    <Card
      title={
        <>
          {words.reminders} <Badge tone={reminders?.enabled ? 'good' : 'neutral'}>{reminders?.enabled ? words.remindersOn : words.remindersOff}</Badge>
        </>
      }
      tools={<AddButton client={client} action="EDIT_BILLING" label={words.editReminders} onPress={() => edit(true)} />}
    >
      {reminders && (
        <Values>
          <Shown name={words.rules}>{reminders.rules.length ? <Lines lines={reminders.rules.map(({ summary }) => summary)} /> : null}</Shown>
          <Shown name={words.recipients}>{reminders.recipients?.length ? <Lines lines={reminders.recipients.map(({ name, email }) => (email ? `${name} <${email}>` : name))} /> : null}</Shown>
          <Shown name={words.cc}>{reminders.cc.length ? <Lines lines={reminders.cc} /> : null}</Shown>
          <Shown name={words.remindersWith}>{marks?.some(([on]) => on) ? <Lines lines={marks.flatMap(([on, name]) => (on ? [String(name)] : []))} /> : null}</Shown>
        </Values>
      )}
      <Preview clientId={client.id} />
      {editing && <Edit client={client} billing={billing} onClose={() => edit(false)} />}
    </Card>
  );
}

const Lines = ({ lines }: { lines: readonly string[] }) => (
  <ul className="lines">
    {lines.map((line) => (
      <li key={line}>{line}</li>
    ))}
  </ul>
);

function Preview({ clientId }: { clientId: string }) {
  const words = useWords();
  const reminders = useRecords(ReminderPreviewDocument, { id: clientId }).data?.reminderPreview;
  if (!reminders?.length) return null;
  return (
    <details className="more">
      <summary>
        {words.reminderPreview} · {reminders.length}
      </summary>
      <ul className="lines">
        {reminders.map(({ document, rule, sendsAt, sendsAtLabel, to: recipients, obstacleLabels }) => (
          <li key={`${document.id} ${rule?.id} ${sendsAt}`}>
            <Link target={to.salesDocument(document.id)}>{document.folio}</Link> · {sendsAtLabel ?? words.none} · {rule?.summary}
            <span className="under">
              {obstacleLabels.length ? <span className="bad-text">{obstacleLabels.join(', ')}</span> : recipients.map(({ name }) => name).join(', ')}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Edit({ client, billing, onClose }: Part & { onClose: () => void }) {
  const words = useWords();
  const contacts = useRecords(ClientProfileDocument, { id: client.id }).data?.client?.contacts ?? [];
  const reminders = billing.paymentReminders;
  const fields: Field[] = [
    { name: 'enabled', label: words.remindersOn, kind: 'switch', wide: true },
    rulesField(words.rules),
    { name: 'recipientIds', label: words.recipients, kind: 'several', choices: contacts.map(({ id, name, email }) => ({ value: id, label: email ? `${name} (${email})` : name })), wide: true },
    { name: 'cc', label: words.cc, kind: 'list', wide: true, send: (value) => (value as string[]).map((each) => each.trim()).filter(Boolean) },
    { name: 'attachPdf', label: words.attachPdf, kind: 'switch' },
    { name: 'attachXml', label: words.attachXml, kind: 'switch' },
    { name: 'workingDaysOnly', label: words.workingDaysOnly, kind: 'switch', wide: true },
  ];
  return (
    <FormDialog
      title={words.editReminders}
      document={UpdatePaymentRemindersDocument}
      fields={fields}
      values={{
        ...(reminders ?? { enabled: false, attachPdf: true, attachXml: true, workingDaysOnly: false }),
        rules: (reminders?.rules ?? []).map(ruleOf),
        recipientIds: (reminders?.recipients ?? []).map(({ id }) => id),
        cc: reminders?.cc ?? [],
      }}
      version={reminders?.version ?? null}
      fixed={{ clientId: client.id }}
      onClose={onClose}
    />
  );
}
