// The form in which a payment is registered, on a document or on the client's account.
import { useCatalogs, useZone } from '../api/choices';
import { RegisterPaymentDocument } from 'ficha-client';
import { FormDialog } from '../form/FormDialog';
import { fromLocal } from '../form/values';
import { useWords } from '../words';

/** `target` is the client's id or the document's, as the input has them; `amount` what the form begins with. */
export function RegisterPaymentForm({ target, amount = '', onClose }: { target: { clientId: string } | { salesDocumentId: string }; amount?: string; onClose: () => void }) {
  const words = useWords();
  const zone = useZone();
  const { paymentForms } = useCatalogs();
  return (
    <FormDialog
      title={words.registerPayment}
      document={RegisterPaymentDocument}
      fields={[
        { name: 'amount', label: words.amount, kind: 'decimal', required: true },
        { name: 'paymentForm', label: words.paymentForm, kind: 'choice', choices: paymentForms, required: true },
        { name: 'paidAt', label: words.paidAt, kind: 'datetime-local', send: (value) => fromLocal(String(value ?? ''), zone) },
        { name: 'reference', label: words.paymentReference },
      ]}
      values={{ amount, paymentForm: '03' }}
      fixed={target}
      submit={words.registerPayment}
      onClose={onClose}
    />
  );
}
