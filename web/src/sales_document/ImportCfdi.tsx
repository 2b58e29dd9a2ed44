// A CFDI that was issued elsewhere is dropped: what it would change and what is to be looked at, before it is brought in.
import { useState } from 'react';
import { ImportCfdiDocument, type ImportCfdiMutation } from 'ficha-client';
import { sentence, useSend } from '../api/records';
import { to, useRoutes } from '../app/routes';
import { MutationForm } from '../form/MutationForm';
import type { Field } from '../form/fields';
import { findingsOf, type Findings } from '../form/values';
import { Button, Dialog } from '../ui/buttons';
import { Badge, Value, Values } from '../ui/card';
import { Drop } from '../ui/drop';
import { Loading } from '../ui/states';
import { Table } from '../ui/table';
import { useWords } from '../words';

interface Checked {
  readonly file: File;
  readonly xml: string;
  /** What a dry run said; undefined while it runs. */
  readonly findings?: Findings;
  readonly cfdi?: Reading | null;
  readonly failed?: string;
}

type Reading = NonNullable<ImportCfdiMutation['importCfdi']['cfdi']>;

/** `clientId` is the client whose record it is dropped on; without one its receptor says whose it is. */
export default function ImportCfdiDialog({ clientId, onClose }: { clientId?: string; onClose: () => void }) {
  const words = useWords();
  const send = useSend();
  const [checked, setChecked] = useState<Checked>();
  const target = clientId ? { clientId } : {};
  const take = async (file: File) => {
    const xml = await file.text();
    setChecked({ file, xml });
    try {
      const data = await send(ImportCfdiDocument, { input: { xml, ...target, validateOnly: true } }, { change: false });
      setChecked({ file, xml, findings: findingsOf(data), cfdi: data.importCfdi.cfdi });
    } catch (error) {
      setChecked({ file, xml, failed: sentence(error as Error, words.offline) });
    }
  };
  return (
    <Dialog title={words.importCfdi} open onClose={onClose} wide>
      <div className="dialog-body read">
        {!checked && <Drop label={words.dropCfdi} help={words.dropCfdiHelp} types={['application/xml', 'text/xml', '.xml']} onFiles={([file]) => file && void take(file)} />}
        {checked && <p className="strong">{checked.file.name}</p>}
        {checked && !checked.findings && !checked.failed && <Loading />}
        {checked?.failed && (
          <p className="bad-text" role="alert">
            {checked.failed}
          </p>
        )}
        {checked?.cfdi && <Read cfdi={checked.cfdi} />}
        {checked?.findings && <Said findings={checked.findings} />}
        {checked && (checked.failed || (checked.findings && !takes(checked.findings))) && <Button onPress={() => setChecked(undefined)}>{words.chooseOther}</Button>}
      </div>
      {checked?.findings && takes(checked.findings) && <Confirm xml={checked.xml} target={target} findings={checked.findings} onClose={onClose} />}
    </Dialog>
  );
}

/** Nobody here is its receptor: a client can be made of it. */
const UNKNOWN = 'CFDI_CLIENT_UNKNOWN';

/** Whether it can be brought in, if need be with an answer. */
const takes = ({ errors }: Findings) => errors.every(({ code }) => code === UNKNOWN);

/** What the file says, for people to recognize it by. */
function Read({ cfdi }: { cfdi: Reading }) {
  const words = useWords();
  const kinds: Readonly<Record<string, string>> = words.cfdiKinds;
  return (
    <section className="sub" aria-label={words.cfdiRead}>
      <p className="row">
        <strong>
          {kinds[cfdi.type] ?? cfdi.type} {cfdi.folio}
        </strong>
        <span className="muted">{cfdi.issuedOnLabel}</span>
        <strong className="grow figure">
          {cfdi.totalLabel} {cfdi.currency}
        </strong>
      </p>
      <Values>
        <Value name={words.receptor}>
          {cfdi.receptorName} <code>{cfdi.receptorRfc}</code>
        </Value>
        <Value name={words.issuer}>
          <code>{cfdi.issuerRfc}</code>
        </Value>
        <Value name={words.uuid}>
          <code>{cfdi.uuid}</code>
        </Value>
        {cfdi.paymentMethod && <Value name={words.paymentMethod}>{cfdi.paymentMethod}</Value>}
      </Values>
      {cfdi.lines.length > 0 && (
        <Table
          label={words.lines}
          rows={cfdi.lines.map((line, place) => ({ ...line, id: String(place) }))}
          id={({ id }) => id}
          columns={[
            { key: 'description', title: words.description, heads: true, cell: ({ description }) => description },
            { key: 'quantity', title: words.quantity, figure: true, cell: ({ quantityLabel }) => quantityLabel },
            { key: 'price', title: words.unitPrice, figure: true, cell: ({ unitPriceLabel }) => unitPriceLabel },
            { key: 'amount', title: words.amount, figure: true, cell: ({ amountLabel }) => amountLabel },
          ]}
        />
      )}
      {cfdi.lineCount > cfdi.lines.length && <p className="muted">{words.moreLines(cfdi.lineCount - cfdi.lines.length)}</p>}
    </section>
  );
}

function Said({ findings: { errors, warnings } }: { findings: Findings }) {
  const words = useWords();
  if (!errors.length && !warnings.length) return <p role="status">{words.cfdiFine}</p>;
  return (
    <ul className="problems" aria-label={words.cfdiSaid} aria-live="polite">
      {errors.map(({ message }) => (
        <li key={message} className="bad-text">
          <Badge tone="bad">{words.importRefused}</Badge> {message}
        </li>
      ))}
      {warnings.map(({ message }) => (
        <li key={message}>
          <Badge tone="warning">{words.importDoubt}</Badge> {message}
        </li>
      ))}
    </ul>
  );
}

function Confirm({ xml, target, findings, onClose }: { xml: string; target: { clientId?: string }; findings: Findings; onClose: () => void }) {
  const words = useWords();
  const { go } = useRoutes();
  const fields: Field[] = [
    ...(findings.errors.length
      ? [{ name: 'onUnknownClient', label: words.createFromCfdi, kind: 'switch', wide: true, send: (value: unknown) => (value ? 'CREATE' : 'REFUSE') } as const]
      : []),
    { name: 'assumePaid', label: words.assumePaid, kind: 'switch', wide: true },
  ];
  const opened = ({ importCfdi: { salesDocument } }: ImportCfdiMutation) => {
    onClose();
    if (salesDocument) go(to.salesDocument(salesDocument.id));
  };
  return (
    <MutationForm
      document={ImportCfdiDocument}
      fields={fields}
      values={{}}
      fixed={{ xml, ...target }}
      submit={words.importCfdi}
      onDone={opened}
      onCancel={onClose}
    />
  );
}
