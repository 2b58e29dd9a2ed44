// What electronic invoicing needs of the client (datos de CFDI), and whether it suffices.
import { lazy, Suspense, useState } from 'react';
import { useCatalogs } from '../api/choices';
import { UpdateCfdiProfileDocument } from 'ficha-client';
import { AddButton } from '../client/ActionPanel';
import type { Part } from '../client/BillingTab';
import { FormDialog } from '../form/FormDialog';
import type { Field } from '../form/fields';
import type { Value as Typed } from '../form/values';
import { Badge, Card, Value, Values } from '../ui/card';
import { useWords } from '../words';

const ReadCertificate = lazy(() => import('../tax_certificate/ReadCertificate'));

export function CfdiProfile({ client, billing }: Part) {
  const words = useWords();
  const [editing, edit] = useState(false);
  const [reading, read] = useState(false);
  const { cfdiProfile: profile, cfdiReadiness: readiness } = billing;
  const coded = (value: { code: string; name: string } | null) => value && `${value.code} · ${value.name}`;
  return (
    <Card
      title={
        <>
          {words.cfdi} <Badge tone={readiness.ready ? 'good' : 'warning'}>{readiness.ready ? words.ready : words.notReady}</Badge>
        </>
      }
      tools={
        <>
          <AddButton client={client} action="EDIT" label={words.readCertificate} onPress={() => read(true)} />
          <AddButton client={client} action="EDIT" label={words.editCfdi} onPress={() => edit(true)} />
        </>
      }
    >
      {readiness.problems.length > 0 && (
        <ul className="problems">
          {readiness.problems.map(({ code, path, message, severity, severityLabel }) => (
            <li key={code + path.join()} className={severity === 'ERROR' ? 'bad-text' : ''}>
              <Badge tone={severity === 'ERROR' ? 'bad' : 'warning'}>{severityLabel}</Badge> {message}
            </li>
          ))}
        </ul>
      )}
      {profile && (
        <Values>
          <Value name={words.rfc}>{profile.rfc && <code>{profile.rfc}</code>}</Value>
          <Value name={words.cfdiName}>{profile.name}</Value>
          <Value name={words.taxRegime}>{coded(profile.taxRegime)}</Value>
          <Value name={words.cfdiUse}>{coded(profile.cfdiUse)}</Value>
          <Value name={words.postalCode}>{profile.postalCode}</Value>
          <Value name={words.paymentForm}>{coded(profile.paymentForm)}</Value>
          <Value name={words.paymentMethod}>{coded(profile.paymentMethod)}</Value>
          <Value name={words.currency}>{coded(profile.currency)}</Value>
          {profile.taxResidence && <Value name={words.taxResidence}>{coded(profile.taxResidence)}</Value>}
          {profile.taxId && <Value name={words.taxId}>{profile.taxId}</Value>}
          <Value name={words.validFrom}>{profile.validFromLabel}</Value>
        </Values>
      )}
      {editing && <Edit client={client} billing={billing} onClose={() => edit(false)} />}
      <Suspense>{reading && <ReadCertificate clientId={client.id} onClose={() => read(false)} />}</Suspense>
    </Card>
  );
}

const upper = (value: Typed) => (typeof value === 'string' && value.trim() ? value.trim().toUpperCase() : null);

function Edit({ client, billing, onClose }: Part & { onClose: () => void }) {
  const words = useWords();
  const { taxRegimes, cfdiUses, paymentForms, paymentMethods, currencies, countries } = useCatalogs();
  const profile = billing.cfdiProfile;
  const choice = (name: string, label: string, choices: readonly { value: string; label: string }[]): Field => ({ name, label, kind: 'choice', choices, empty: words.nothing });
  const fields: Field[] = [
    { name: 'rfc', label: words.rfc, send: upper },
    { name: 'postalCode', label: words.postalCode },
    { name: 'name', label: words.cfdiName, wide: true },
    choice('taxRegime', words.taxRegime, taxRegimes),
    choice('cfdiUse', words.cfdiUse, cfdiUses),
    choice('paymentForm', words.paymentForm, paymentForms),
    choice('paymentMethod', words.paymentMethod, paymentMethods),
    choice('currency', words.currency, currencies),
    choice('taxResidence', words.taxResidence, countries),
    { name: 'taxId', label: words.taxId },
  ];
  const codes = Object.fromEntries(
    (['taxRegime', 'cfdiUse', 'paymentForm', 'paymentMethod', 'currency', 'taxResidence'] as const).map((name) => [name, profile?.[name]?.code ?? null]),
  );
  return (
    <FormDialog
      title={words.editCfdi}
      document={UpdateCfdiProfileDocument}
      fields={fields}
      values={{ ...profile, ...codes }}
      version={profile?.version ?? null}
      fixed={{ clientId: client.id }}
      onClose={onClose}
    />
  );
}
