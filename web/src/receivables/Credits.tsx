// Payments and credit notes of which something is left: it is applied to what the client owes, or paid back.
import { ApplyCreditDocument, ClientSalesDocumentsDocument, RefundCreditDocument } from 'ficha-client';
import { useState } from 'react';
import { useRecords } from '../api/records';
import type { Part } from '../client/BillingTab';
import { FormDialog } from '../form/FormDialog';
import { Button } from '../ui/buttons';
import { Table } from '../ui/table';
import { useWords } from '../words';

type Owed = NonNullable<Part['billing']['receivables']>;

interface Credit {
  readonly id: string;
  readonly name: string;
  readonly left: string;
  /** As the inputs name it. */
  readonly source: { readonly paymentId: string } | { readonly creditNoteId: string };
}

export function Credits({ client, owed }: { client: Part['client']; owed: Owed }) {
  const words = useWords();
  const [opened, open] = useState<{ action: 'apply' | 'refund'; credit: Credit }>();
  const close = () => open(undefined);
  const credits: readonly Credit[] = [
    ...owed.unappliedPayments.map(({ id, reference, paidAtLabel, leftLabel, currency }) => ({
      id,
      name: `${words.paidAt} ${paidAtLabel}${reference ? ` · ${reference}` : ''}`,
      left: `${leftLabel} ${currency}`,
      source: { paymentId: id },
    })),
    ...owed.unappliedCreditNotes.map(({ id, folio, leftLabel, currency }) => ({ id, name: `${words.creditNote} ${folio}`, left: `${leftLabel} ${currency}`, source: { creditNoteId: id } })),
  ];
  if (!credits.length) return null;
  return (
    <section className="sub" aria-label={words.unapplied}>
      <h3>{words.unapplied}</h3>
      <Table
        label={words.unapplied}
        rows={credits}
        id={({ id }) => id}
        columns={[
          { key: 'name', title: words.line, heads: true, cell: ({ name }) => name },
          { key: 'left', title: words.unapplied, figure: true, cell: ({ left }) => left },
          {
            key: 'actions',
            title: '',
            cell: (credit) =>
              client.viewerCanUpdateBilling ? (
                <span className="row">
                  <Button kind="quiet" className="small" label={words.applyCreditTitle(credit.name)} onPress={() => open({ action: 'apply', credit })}>
                    {words.applyCredit}
                  </Button>
                  <Button kind="quiet" className="small" label={words.refundCreditTitle(credit.name)} onPress={() => open({ action: 'refund', credit })}>
                    {words.refundCredit}
                  </Button>
                </span>
              ) : null,
          },
        ]}
      />
      {opened?.action === 'apply' && <Apply clientId={client.id} credit={opened.credit} onClose={close} />}
      {opened?.action === 'refund' && (
        <FormDialog
          title={words.refundCreditTitle(opened.credit.name)}
          submit={words.refundCredit}
          document={RefundCreditDocument}
          fields={[{ name: 'amount', label: words.amount, kind: 'decimal', hint: words.applyAmountHint }]}
          values={NONE}
          fixed={opened.credit.source}
          onClose={close}
        />
      )}
    </section>
  );
}

const NONE = {};

function Apply({ clientId, credit, onClose }: { clientId: string; credit: Credit; onClose: () => void }) {
  const words = useWords();
  const { data } = useRecords(ClientSalesDocumentsDocument, { id: clientId, filter: { balance: { gt: '0' } }, orderBy: [{ field: 'DUE_ON', direction: 'ASC' }], first: 100 });
  const documents = (data?.client?.salesDocuments?.nodes ?? []).flatMap((each) =>
    'balanceLabel' in each ? [{ value: each.id, label: `${each.folio} · ${each.balanceLabel} ${each.currency}${each.dueOnLabel ? ` · ${each.dueOnLabel}` : ''}` }] : [],
  );
  return (
    <FormDialog
      title={words.applyCreditTitle(credit.name)}
      submit={words.applyCredit}
      document={ApplyCreditDocument}
      fields={[
        { name: 'salesDocumentId', label: words.applyTo, kind: 'choice', choices: documents, required: true, wide: true },
        { name: 'amount', label: words.amount, kind: 'decimal', hint: words.applyAmountHint },
      ]}
      values={NONE}
      fixed={credit.source}
      onClose={onClose}
    />
  );
}
