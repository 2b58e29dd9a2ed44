// What can be done with a sales document: sent, accepted, converted, paid, stamped, cancelled.
import { useState } from 'react';
import { useZone } from '../api/choices';
import { useLabels } from '../api/labels';
import { AcceptQuoteDocument, CancelSalesDocumentDocument, ConvertSalesDocumentDocument, RegisterStampDocument, RejectQuoteDocument, ReportCancellationDocument, SalesDocumentActionsDocument as Actions, SendSalesDocumentDocument, UpdateSalesDocumentDocument, WithdrawCancellationDocument, type ConvertSalesDocumentMutation, type SalesDocumentAction } from 'ficha-client';
import { useRecords } from '../api/records';
import { to, useRoutes } from '../app/routes';
import { Panel } from '../client/ActionPanel';
import { FormDialog } from '../form/FormDialog';
import type { Field } from '../form/fields';
import { useAct } from '../form/act';
import { fromLocal } from '../form/values';
import { RegisterPaymentForm } from '../receivables/RegisterPayment';
import { useWords } from '../words';
import SalesDocumentForm, { lineOf, linesField } from './SalesDocumentForm';
import type { Opened } from './SalesDocumentPage';

export function SalesDocumentActions({ document }: { document: Opened }) {
  const act = useAct();
  const [begun, begin] = useState<SalesDocumentAction>();
  const actions = useRecords(Actions, { documentId: document.id }).data?.salesDocument?.actions ?? [];
  const input = { id: document.id, expectedVersion: document.version };
  const done: Partial<Record<SalesDocumentAction, () => unknown>> = {
    ACCEPT: () => act(AcceptQuoteDocument, input),
    REJECT: () => act(RejectQuoteDocument, input),
    WITHDRAW_CANCELLATION: () => act(WithdrawCancellationDocument, input),
  };
  return (
    <Panel
      states={actions}
      onPress={({ action }) => {
        const doing = done[action];
        if (doing) void doing();
        else begin(action);
      }}
    >
      {begun && <Begun action={begun} label={actions.find(({ action }) => action === begun)?.actionLabel ?? ''} document={document} onClose={() => begin(undefined)} />}
    </Panel>
  );
}

interface Props {
  readonly action: SalesDocumentAction;
  readonly label: string;
  readonly document: Opened;
  readonly onClose: () => void;
}

function Begun(props: Props) {
  const { action, document, onClose } = props;
  switch (action) {
    case 'REGISTER_PAYMENT':
      return <RegisterPaymentForm target={{ salesDocumentId: document.id }} amount={'balance' in document ? document.balance : ''} onClose={onClose} />;
    case 'SEND':
      return <Send {...props} />;
    case 'CONVERT':
      return <Convert {...props} />;
    case 'CANCEL':
      return <Cancel {...props} />;
    case 'REGISTER_STAMP':
      return <Stamp {...props} />;
    case 'REPORT_CANCELLATION':
      return <Report {...props} />;
    case 'EDIT':
      return <Edit {...props} />;
    case 'CREDIT':
      return document.client && <SalesDocumentForm clientId={document.client.id} type="CREDIT_NOTE" invoice={document} onClose={onClose} />;
    default:
      return null;
  }
}

const common = ({ label, document, onClose }: Props) => ({ title: `${label} · ${document.folio}`, submit: label, fixed: { id: document.id, expectedVersion: document.version }, onClose });

const override = (label: string): Field => ({ name: 'overrideReason', label, wide: true });

function Send(props: Props) {
  const words = useWords();
  return <FormDialog {...common(props)} document={SendSalesDocumentDocument} fields={[override(words.overrideReason)]} values={{}} />;
}

function Convert(props: Props) {
  const words = useWords();
  const { go } = useRoutes();
  const targets = props.document.__typename === 'SalesQuote' ? ['SALES_NOTE', 'INVOICE'] : ['INVOICE'];
  const types = useLabels('SalesDocumentType').filter(({ value }) => targets.includes(value));
  return (
    <FormDialog
      {...common(props)}
      document={ConvertSalesDocumentDocument}
      fields={[{ name: 'to', label: words.convertTo, kind: 'choice', choices: types, required: true }, override(words.overrideReason)]}
      values={{ to: targets[0] }}
      onDone={({ convertSalesDocument }: ConvertSalesDocumentMutation) => convertSalesDocument.salesDocument && go(to.salesDocument(convertSalesDocument.salesDocument.id))}
    />
  );
}

function Cancel(props: Props) {
  const words = useWords();
  const reasons = useLabels('SatCancellationReason');
  return (
    <FormDialog
      {...common(props)}
      document={CancelSalesDocumentDocument}
      fields={[
        { name: 'reason', label: words.cancellationReason, kind: 'choice', choices: reasons, empty: words.nothing, wide: true },
        { name: 'substituteUuid', label: words.uuid, wide: true, show: ({ reason }) => reason === 'ERRORS_WITH_RELATION' },
      ]}
      values={{}}
      danger
    />
  );
}

function Stamp(props: Props) {
  const words = useWords();
  const zone = useZone();
  return (
    <FormDialog
      {...common(props)}
      document={RegisterStampDocument}
      fields={[
        { name: 'uuid', label: words.uuid, required: true, wide: true },
        { name: 'stampedAt', label: words.stampedAt, kind: 'datetime-local', required: true, send: (value) => fromLocal(String(value ?? ''), zone) },
      ]}
      values={{}}
    />
  );
}

function Report(props: Props) {
  const words = useWords();
  const states = useLabels('SatCancellationState');
  return (
    <FormDialog
      {...common(props)}
      document={ReportCancellationDocument}
      fields={[{ name: 'satState', label: words.state, kind: 'choice', choices: states, required: true, wide: true }]}
      values={{}}
    />
  );
}

function Edit(props: Props) {
  const words = useWords();
  const { document } = props;
  const values = { lines: document.lines.map(lineOf), currency: document.currency, notes: document.notes, dueOn: 'dueOn' in document ? document.dueOn : null, expiresOn: 'expiresOn' in document ? document.expiresOn : null };
  return (
    <FormDialog
      {...common(props)}
      fixed={{ id: document.id }}
      submit={words.save}
      document={UpdateSalesDocumentDocument}
      wide
      fields={[
        linesField(words.lines, document.client?.id),
        { name: 'dueOn', label: words.dueOn, kind: 'date', show: () => 'dueOn' in document },
        { name: 'expiresOn', label: words.expiresOn, kind: 'date', show: () => 'expiresOn' in document },
        { name: 'notes', label: words.notes, kind: 'multiline' },
      ]}
      values={values}
      version={document.version}
    />
  );
}
