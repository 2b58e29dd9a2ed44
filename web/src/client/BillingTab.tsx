// The billing tab (facturación y ventas).
import { BankAccounts } from '../bank_account/BankAccounts';
import { CfdiProfile } from '../cfdi_profile/CfdiProfile';
import { ClientBillingDocument, type ClientBillingQuery } from 'ficha-client';
import { useRecords } from '../api/records';
import { Ledger } from '../receivables/Ledger';
import { PaymentReminders } from '../payment_reminders/PaymentReminders';
import { Receivables } from '../receivables/Receivables';
import { StatementCard } from '../receivables/Statement';
import { SalesDocuments } from '../sales_document/SalesDocuments';
import { Failure, Loading } from '../ui/states';
import type { Shown } from './ClientPage';

export type Billing = NonNullable<ClientBillingQuery['client']>;

export interface Part {
  readonly client: Shown;
  readonly billing: Billing;
}

export default function BillingTab({ client }: { client: Shown }) {
  const { data, error, loading, reload } = useRecords(ClientBillingDocument, { id: client.id });
  const billing = data?.client;
  if (!billing) return loading ? <Loading /> : <Failure error={error} onRetry={reload} />;
  return (
    <div className="stack">
      <Receivables client={client} billing={billing} />
      <StatementCard client={client} billing={billing} />
      <PaymentReminders client={client} billing={billing} />
      <CfdiProfile client={client} billing={billing} />
      <BankAccounts client={client} billing={billing} />
      <SalesDocuments client={client} />
      <Ledger client={client} />
    </div>
  );
}
