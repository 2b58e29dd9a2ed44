// A sales document: what it says, what came of it, and what can be done with it.
import { SalesDocumentDetailDocument, type SalesDocumentDetailQuery } from 'ficha-client';
import { useRecords } from '../api/records';
import { Link, to } from '../app/routes';
import { Badge, Card, Value, Values } from '../ui/card';
import { IconBack } from '../ui/icons';
import { Empty, Failure, Loading, Message } from '../ui/states';
import { Table } from '../ui/table';
import { useTitle } from '../ui/title';
import { useWords } from '../words';
import { Applications } from './Applications';
import { SalesDocumentActions } from './SalesDocumentActions';
import { Payments } from './Payments';
import { toneOf } from './SalesDocuments';

export type Opened = NonNullable<SalesDocumentDetailQuery['salesDocument']>;

export default function SalesDocumentPage({ id }: { id: string }) {
  const words = useWords();
  const { data, error, loading, reload } = useRecords(SalesDocumentDetailDocument, { documentId: id });
  const document = data?.salesDocument;
  useTitle(document?.folio);
  if (!document && loading) return <Loading />;
  if (!document && error) return <Failure error={error} onRetry={reload} />;
  if (!document) {
    return (
      <Message title={words.notFound}>
        <Link target={to.clients()}>{words.backToClients}</Link>
      </Message>
    );
  }
  return (
    <div className="page record">
      <Head document={document} />
      <SalesDocumentActions document={document} />
      <div className="columns even">
        <div className="stack">
          <Lines document={document} />
          {'payments' in document && <Payments document={document} />}
          {'applications' in document && <Applications applications={document.applications} own={document.id} currency={document.currency} />}
          {'applied' in document && <Applications applications={document.applied} own={document.id} currency={document.currency} />}
          <Story document={document} />
        </div>
        <Facts document={document} />
      </div>
    </div>
  );
}

function Head({ document }: { document: Opened }) {
  const words = useWords();
  return (
    <header className="record-head">
      {document.client && (
        <Link target={to.client(document.client.id, 'billing')} className="crumb">
          <IconBack />
          {document.client.legalName}
        </Link>
      )}
      <div className="record-name">
        <h1>{document.folio}</h1>
        <Badge tone={toneOf(document.state)}>{document.stateLabel}</Badge>
        {document.stampStatusLabel && <Badge>{document.stampStatusLabel}</Badge>}
        {'isOverdue' in document && document.isOverdue && <Badge tone="bad">{words.overdue}</Badge>}
      </div>
      <p className="muted">
        {document.issuedAtLabel}
        {document.issuedBy && ` · ${document.issuedBy.name}`}
      </p>
    </header>
  );
}

function Lines({ document }: { document: Opened }) {
  const words = useWords();
  const totals = [
    [words.subtotal, document.subtotalLabel, document.subtotal],
    [words.discount, document.discountLabel, document.discount],
    [words.taxes, document.taxLabel, document.tax],
    [words.withheld, document.withheldLabel, document.withheld],
  ].filter(([, , amount]) => Number(amount) !== 0);
  return (
    <Card title={words.lines}>
      <Table
        label={words.lines}
        rows={document.lines}
        id={({ id }) => id}
        columns={[
          {
            key: 'description',
            title: words.description,
            heads: true,
            cell: (line) => (
              <>
                {line.description}
                <span className="under">{[line.sku, line.product && `${line.product.code} ${line.product.name}`].filter(Boolean).join(' · ')}</span>
              </>
            ),
          },
          { key: 'quantity', title: words.quantity, figure: true, cell: (line) => `${line.quantityLabel} ${line.unit?.name ?? ''}` },
          { key: 'price', title: words.unitPrice, figure: true, cell: (line) => line.unitPriceLabel },
          { key: 'discount', title: words.discount, figure: true, cell: (line) => (Number(line.discount) ? line.discountLabel : null) },
          { key: 'amount', title: words.amount, figure: true, cell: (line) => line.amountLabel },
        ]}
      />
      <dl className="totals">
        {totals.map(([name, label]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{label}</dd>
          </div>
        ))}
        <div className="total">
          <dt>{words.total}</dt>
          <dd>
            {document.totalLabel} {document.currency}
          </dd>
        </div>
        {'balance' in document && (
          <div>
            <dt>{words.balance}</dt>
            <dd>{document.balanceLabel}</dd>
          </div>
        )}
      </dl>
      {document.notes && <p className="note">{document.notes}</p>}
    </Card>
  );
}

function Facts({ document }: { document: Opened }) {
  const words = useWords();
  const coded = (value: { code: string; name: string } | null) => value && `${value.code} · ${value.name}`;
  return (
    <aside className="side" aria-label={words.sidePanel}>
      <Card title={words.detailTab}>
        <Values>
          {'dueOn' in document && <Value name={words.dueOn}>{document.dueOnLabel}</Value>}
          {'expiresOn' in document && <Value name={words.expiresOn}>{document.expiresOnLabel}</Value>}
          {document.paymentMethod && <Value name={words.paymentMethod}>{coded(document.paymentMethod)}</Value>}
          {document.paymentForm && <Value name={words.paymentForm}>{coded(document.paymentForm)}</Value>}
          {document.cfdiUse && <Value name={words.cfdiUse}>{coded(document.cfdiUse)}</Value>}
          {document.uuid && (
            <Value name={words.uuid}>
              <code>{document.uuid}</code>
            </Value>
          )}
          {document.stampedAtLabel && <Value name={words.stampedAt}>{document.stampedAtLabel}</Value>}
          {document.cancellation && <Value name={words.cancellation}>{[document.cancellation.reasonLabel, document.cancellation.satStateLabel].filter(Boolean).join(' · ')}</Value>}
          {document.origin && (
            <Value name={words.origin}>
              <Link target={to.salesDocument(document.origin.id)}>{document.origin.folio}</Link>
            </Value>
          )}
          {document.descendants.length > 0 && (
            <Value name={words.descendants}>
              {document.descendants.map(({ id, folio, stateLabel }) => (
                <span key={id} className="under">
                  <Link target={to.salesDocument(id)}>{folio}</Link> · {stateLabel}
                </span>
              ))}
            </Value>
          )}
        </Values>
      </Card>
    </aside>
  );
}

function Story({ document }: { document: Opened }) {
  const words = useWords();
  const events = document.history?.nodes ?? [];
  return (
    <Card title={words.history}>
      {!events.length && <Empty>{words.none}</Empty>}
      <ol className="events">
        {events.map((event) => (
          <li key={event.id}>
            <span className="dot" aria-hidden="true" />
            <div>
              {event.summary}
              <p className="under when">
                {event.actor && `${event.actor.name} · `}
                <time dateTime={event.occurredAt}>{event.occurredAtLabel}</time>
              </p>
            </div>
          </li>
        ))}
      </ol>
    </Card>
  );
}
