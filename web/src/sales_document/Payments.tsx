// What was paid of a document.
import { ReversePaymentDocument } from 'ficha-client';
import { useAct, useConfirm } from '../form/act';
import { Badge, Card } from '../ui/card';
import { Button } from '../ui/buttons';
import { Empty } from '../ui/states';
import { Table } from '../ui/table';
import { useWords } from '../words';
import type { Opened } from './SalesDocumentPage';

type Payable = Extract<Opened, { payments: unknown }>;

export function Payments({ document }: { document: Payable }) {
  const words = useWords();
  const act = useAct();
  const confirm = useConfirm();
  const reverse = async ({ id, amountLabel }: Payable['payments'][number]) => {
    if (await confirm({ title: words.reversePayment, text: amountLabel })) await act(ReversePaymentDocument, { id });
  };
  return (
    <Card title={words.payments}>
      {document.payments.length ? (
        <Table
          label={words.payments}
          rows={document.payments}
          id={({ id }) => id}
          columns={[
            { key: 'paid', title: words.paidAt, heads: true, cell: (payment) => payment.paidAtLabel },
            { key: 'form', title: words.paymentForm, cell: (payment) => payment.paymentForm?.name ?? null },
            { key: 'reference', title: words.paymentReference, cell: (payment) => payment.reference },
            { key: 'amount', title: words.amount, figure: true, cell: (payment) => `${payment.amountLabel} ${payment.currency}` },
            {
              key: 'actions',
              title: '',
              cell: (payment) =>
                payment.reversedAtLabel ? (
                  <Badge tone="bad">{words.reversed}</Badge>
                ) : (
                  <Button kind="quiet" className="small" label={`${words.reversePayment} ${payment.amountLabel}`} onPress={() => void reverse(payment)}>
                    {words.reversePayment}
                  </Button>
                ),
            },
          ]}
        />
      ) : (
        <Empty>{words.noPayments}</Empty>
      )}
    </Card>
  );
}
