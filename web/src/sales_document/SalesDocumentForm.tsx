// The form of a quote, sales note or invoice: its lines and what holds for all of them.
import { lazy, Suspense, useState } from 'react';
import { useCatalogs, useCompanyChoices } from '../api/choices';
import { useLabels } from '../api/labels';
import { ClientHeaderDocument, CreateSalesDocumentDocument, SatProductsDocument, type CreateSalesDocumentMutation, type SalesDocumentType } from 'ficha-client';
import { useRecords } from '../api/records';
import { to, useRoutes } from '../app/routes';
import { FormDialog } from '../form/FormDialog';
import type { Field, FieldProps } from '../form/fields';
import type { Problem } from '../form/values';
import { Button } from '../ui/buttons';
import { Finder } from '../ui/finder';
import { Picker } from '../ui/inputs';
import { useWords } from '../words';
import type { PriceList } from './ItemFinder';
import type { Opened } from './SalesDocumentPage';
import { nameOfTaxes, OTHERS, statedTaxes, TAXES, useTaxChoices, type Taxed } from './taxes';

const ItemFinder = lazy(() => import('./ItemFinder'));

interface Line {
  readonly description: string;
  readonly productCode: string;
  readonly unitCode: string;
  readonly quantity: string;
  readonly unitPrice: string;
  readonly discount: string;
  readonly tax: string;
  /** The price list's code, which the line was made with. */
  readonly sku?: string | null;
  /** The taxes, where no name of `TAXES` says them. */
  readonly others?: object | undefined;
}

const NEW_LINE: Line = { description: '', productCode: '', unitCode: 'H87', quantity: '1', unitPrice: '', discount: '', tax: 'IVA16' };

/** A line of a document, as the form has it. */
export function lineOf({ sku, description, productCode, unitCode, quantity, unitPrice, discount, ...taxed }: Omit<Line, 'tax' | 'others'> & Taxed): Line {
  const stated = statedTaxes(taxed);
  const tax = nameOfTaxes(stated);
  return { sku, description, productCode, unitCode, quantity, unitPrice, discount: Number(discount) ? discount : '', tax, others: tax === OTHERS ? stated : undefined };
}

const sentLine = ({ sku, description, productCode, unitCode, quantity, unitPrice, discount, tax, others }: Line) => ({
  ...(sku ? { sku } : {}),
  description: description || null,
  productCode: productCode || null,
  unitCode: unitCode || null,
  quantity: quantity || '0',
  unitPrice: unitPrice || null,
  ...(discount ? { discount } : {}),
  ...(TAXES[tax] ?? others),
});

/** The field of a document's lines; those of a client with a price list can be filled from it. */
export const linesField = (label: string, clientId: string | undefined): Field => ({
  name: 'lines',
  label,
  kind: 'custom',
  required: true,
  send: (value) => (value as Line[]).map(sentLine),
  render: (props) => <Lines {...props} clientId={clientId} />,
});

interface Props {
  readonly clientId: string;
  readonly type: SalesDocumentType;
  /** Of a credit note: the invoice that it reduces, whose lines it begins with. */
  readonly invoice?: Opened;
  readonly onClose: () => void;
}

export default function SalesDocumentForm({ clientId, type, invoice: credited, onClose }: Props) {
  const words = useWords();
  const { go } = useRoutes();
  const types = useLabels('SalesDocumentType');
  const { series, currency } = useCompanyChoices();
  const { paymentForms, paymentMethods, cfdiUses, currencies } = useCatalogs();
  const invoice: Pick<Field, 'show'> = { show: () => type === 'INVOICE' };
  const fields: Field[] = [
    linesField(credited ? words.creditNoteLines : words.lines, clientId),
    { name: 'currency', label: words.currency, kind: 'choice', choices: currencies, show: () => !credited },
    { name: 'series', label: words.series, kind: 'choice', choices: series.filter((each) => each.type === type).map(({ series: value }) => ({ value, label: value })), empty: words.isDefault },
    { name: 'paymentMethod', label: words.paymentMethod, kind: 'choice', choices: paymentMethods, empty: words.ofClient, ...invoice },
    { name: 'paymentForm', label: words.paymentForm, kind: 'choice', choices: paymentForms, empty: words.ofClient, ...invoice },
    { name: 'cfdiUse', label: words.cfdiUse, kind: 'choice', choices: cfdiUses, empty: words.ofClient, ...invoice },
    { name: 'dueOn', label: words.dueOn, kind: 'date', show: () => type === 'SALES_NOTE' || type === 'INVOICE' },
    { name: 'expiresOn', label: words.expiresOn, kind: 'date', show: () => type === 'QUOTE' },
    { name: 'notes', label: words.notes, kind: 'multiline' },
  ];
  if (!currency) return null; // what the form begins with
  return (
    <FormDialog
      title={types.find(({ value }) => value === type)?.label ?? words.newSalesDocument}
      wide
      document={CreateSalesDocumentDocument}
      fields={fields}
      values={credited ? { lines: credited.lines.map(lineOf), currency: credited.currency } : { lines: [NEW_LINE], currency }}
      fixed={{ clientId, type, ...(credited ? { invoiceId: credited.id } : {}) }}
      onClose={onClose}
      onDone={({ createSalesDocument }: CreateSalesDocumentMutation) => createSalesDocument.salesDocument && go(to.salesDocument(createSalesDocument.salesDocument.id))}
    />
  );
}

function Lines({ value, values, set, errors, clientId }: FieldProps & { clientId: string | undefined }) {
  const words = useWords();
  const lines = value as readonly Line[];
  const list = useRecords(ClientHeaderDocument, { id: clientId ?? '' }, { pause: !clientId, settled: true }).data?.client?.priceList;
  return (
    <fieldset className="rows">
      <legend>{words.lines}</legend>
      {lines.map((line, place) => (
        <LineFields
          key={place}
          line={line}
          put={(changes) => set(lines.map((each, other) => (other === place ? { ...each, ...changes } : each)))}
          errors={errors.filter(({ path }) => path[1] === String(place))}
          remove={lines.length > 1 ? () => set(lines.filter((_, other) => other !== place)) : undefined}
          list={list}
          currency={String(values['currency'])}
        />
      ))}
      <Button onPress={() => set([...lines, NEW_LINE])}>{words.addLine}</Button>
    </fieldset>
  );
}

interface LineProps {
  readonly line: Line;
  readonly put: (changes: Partial<Line>) => void;
  readonly errors: readonly Problem[];
  readonly remove: (() => void) | undefined;
  readonly list: PriceList | null | undefined;
  /** The document's. */
  readonly currency: string;
}

function LineFields({ line, put, errors, remove, list, currency }: LineProps) {
  const words = useWords();
  const text = (name: 'description' | 'quantity' | 'unitPrice' | 'discount', label: string, className = '') => (
    <label className={`field ${className}`}>
      <span className="field-label">{label}</span>
      <input className="input" value={line[name]} inputMode={name === 'description' ? 'text' : 'decimal'} onChange={({ target }) => put({ [name]: target.value })} />
    </label>
  );
  const taxes = useTaxChoices(!!line.others);
  return (
    <div className="rule line">
      {list && (
        <div className="wide-field">
          <Suspense>
            <ItemFinder
              list={list}
              sku={line.sku ?? ''}
              // A price in another currency is none of the document's.
              choose={(item) => put(item ? lineOf({ ...line, ...item, unitPrice: item.currency === currency ? item.unitPrice : '' }) : { sku: null })}
            />
          </Suspense>
        </div>
      )}
      {text('description', words.description, 'wide-field')}
      <Codes line={line} put={put} />
      {text('quantity', words.quantity)}
      {text('unitPrice', words.unitPrice)}
      {text('discount', words.discount)}
      <Picker label={words.tax} choices={taxes} value={line.tax} onChange={(tax) => put({ tax })} />
      {remove && (
        <Button kind="quiet" onPress={remove}>
          {words.removeLine}
        </Button>
      )}
      {[...new Set(errors.map(({ message }) => message))].map((message) => (
        <span key={message} className="error wide-field" role="alert">
          {message}
        </span>
      ))}
    </div>
  );
}

/** The SAT's product and unit, found by what people call them or by code. */
function Codes({ line, put }: { line: Line; put: (changes: Partial<Line>) => void }) {
  const words = useWords();
  const [search, find] = useState({ product: '', unit: '' });
  const { data } = useRecords(SatProductsDocument, { search: search.product || line.description || null, unitSearch: search.unit || line.unitCode || null }, { keep: true, settled: true });
  const coded = (rows: readonly { code: string; name: string }[] = []) => rows.map(({ code, name }) => ({ value: code, label: `${code} · ${name}` }));
  return (
    <>
      <Finder label={words.satProduct} choices={coded(data?.satProducts)} value={line.productCode} onChange={(productCode) => put({ productCode })} onSearch={(product) => find({ ...search, product })} />
      <Finder label={words.unit} choices={coded(data?.satUnits)} value={line.unitCode} onChange={(unitCode) => put({ unitCode })} onSearch={(unit) => find({ ...search, unit })} />
    </>
  );
}
