// Receivables (cuentas por cobrar): terms, days and limit, and what is owed.
import { useState } from 'react';
import { useLabels } from '../api/labels';
import { UpdateReceivableTermsDocument } from 'ficha-client';
import { AddButton } from '../client/ActionPanel';
import type { Part } from '../client/BillingTab';
import { FormDialog } from '../form/FormDialog';
import type { Field } from '../form/fields';
import { Card, Value, Values } from '../ui/card';
import { Forbidden } from '../ui/states';
import { useWords } from '../words';
import { Ageing } from './Ageing';
import { Credits } from './Credits';
import { RegisterPaymentForm } from './RegisterPayment';
import { Button } from '../ui/buttons';

export function Receivables({ client, billing }: Part) {
  const words = useWords();
  const [opened, open] = useState<'terms' | 'payment'>();
  const owed = billing.receivables;
  const close = () => open(undefined);
  if (!owed) return <Forbidden title={words.receivables} />;
  return (
    <Card
      title={words.receivables}
      tools={
        <>
          {client.viewerCanUpdateBilling && <Button kind="quiet" onPress={() => open('payment')}>{words.registerPayment}</Button>}
          <AddButton client={client} action="EDIT_BILLING" label={words.editTerms} onPress={() => open('terms')} />
        </>
      }
    >
      <div className="figures">
        <Figure name={words.balance} value={owed.balanceLabel} currency={owed.currency} />
        <Figure name={words.overdueBalance} value={owed.overdueBalanceLabel} currency={owed.currency} bad={Number(owed.overdueBalance) > 0} />
        <Figure name={words.creditAvailable} value={owed.creditAvailableLabel ?? words.noLimit} currency={owed.creditAvailable ? owed.currency : ''} bad={Number(owed.creditAvailable) < 0} />
      </div>
      <Values>
        <Value name={words.terms}>{owed.termsLabel}</Value>
        <Value name={words.creditDays}>{owed.creditDays}</Value>
        <Value name={words.creditLimit}>{owed.creditLimitLabel ?? words.noLimit}</Value>
        <Value name={words.creditUsed}>{owed.creditUsedLabel}</Value>
        {Number(owed.creditBalance) > 0 && <Value name={words.creditBalance}>{owed.creditBalanceLabel}</Value>}
        {owed.currencies.filter(({ currency }) => currency !== owed.currency).map(({ currency, balanceLabel }) => (
          <Value key={currency} name={`${words.balance} · ${currency}`}>
            {balanceLabel}
          </Value>
        ))}
      </Values>
      <Ageing ageing={owed.ageing} currency={owed.currency} />
      <Credits client={client} owed={owed} />
      {opened === 'terms' && <Terms client={client} billing={billing} onClose={close} />}
      {opened === 'payment' && <RegisterPaymentForm target={{ clientId: client.id }} onClose={close} />}
    </Card>
  );
}

const Figure = ({ name, value, currency, bad = false }: { name: string; value: string; currency: string; bad?: boolean }) => (
  <div className={`figure-box ${bad ? 'bad-text' : ''}`}>
    <span className="muted">{name}</span>
    <strong>{value}</strong> <span className="muted">{currency}</span>
  </div>
);

function Terms({ client, billing, onClose }: Part & { onClose: () => void }) {
  const words = useWords();
  const terms = useLabels('ClientPaymentTerms');
  const onCredit: Pick<Field, 'show'> = { show: (values) => values['terms'] === 'CREDIT' };
  const fields: Field[] = [
    { name: 'terms', label: words.terms, kind: 'choice', choices: terms, wide: true },
    { name: 'creditDays', label: words.creditDays, kind: 'number', ...onCredit },
    { name: 'creditLimit', label: words.creditLimit, kind: 'decimal', hint: words.noLimitHint, ...onCredit },
    { name: 'confirmed', label: words.confirmed, kind: 'switch', wide: true, ...onCredit },
  ];
  const owed = billing.receivables;
  return (
    <FormDialog
      title={words.editTerms}
      document={UpdateReceivableTermsDocument}
      fields={fields}
      values={{ terms: owed?.terms ?? null, creditDays: owed?.creditDays === null ? '' : String(owed?.creditDays), creditLimit: owed?.creditLimit ?? '', confirmed: false }}
      version={owed?.version ?? null}
      fixed={{ clientId: client.id }}
      onClose={onClose}
    />
  );
}
