// A constancia de situación fiscal is dropped: what it says beside what is on record, and what is taken over.
import { useState } from 'react';
import { useCatalogs } from '../api/choices';
import { ApplyCfdiProfileProposalDocument, CertificateProposalDocument, type CertificateProposalQuery } from 'ficha-client';
import { sentence, useRecords } from '../api/records';
import { useUpload } from '../document/upload';
import { MutationForm } from '../form/MutationForm';
import type { Field } from '../form/fields';
import { Badge } from '../ui/card';
import { Dialog } from '../ui/buttons';
import { Drop } from '../ui/drop';
import { Failure, Loading } from '../ui/states';
import { Table, type Column } from '../ui/table';
import { useWords, type Words } from '../words';

type Document = NonNullable<CertificateProposalQuery['document']>;
type Proposal = NonNullable<Document['cfdiProfileProposal']>;
type Proposed = Proposal['values'][number];

export default function ReadCertificate({ clientId, onClose }: { clientId: string; onClose: () => void }) {
  const words = useWords();
  const send = useUpload();
  const [state, setState] = useState<{ share?: number; failed?: string; documentId?: string }>({});
  const take = async (file: File) => {
    setState({ share: 0 });
    try {
      const { document, userErrors } = await send(file, { clientId, kind: 'TAX_STATUS_CERTIFICATE' }, (share) => setState({ share }));
      setState(document ? { documentId: document.id } : { failed: userErrors.map(({ message }) => message).join(' ') });
    } catch (error) {
      setState({ failed: sentence(error as Error, words.offline) });
    }
  };
  return (
    <Dialog title={words.readCertificate} open onClose={onClose} wide>
      {state.documentId ? (
        <Read documentId={state.documentId} onClose={onClose} />
      ) : (
        <div className="dialog-body">
          <Drop label={words.dropCertificate} help={words.dropCertificateHelp} types={['application/pdf']} onFiles={([file]) => file && void take(file)} />
          {state.share !== undefined && <progress max={1} value={state.share} aria-label={words.reading} />}
          {state.failed && (
            <p className="bad-text" role="alert">
              {state.failed}
            </p>
          )}
        </div>
      )}
    </Dialog>
  );
}

function Read({ documentId, onClose }: { documentId: string; onClose: () => void }) {
  const { data, error, loading, reload } = useRecords(CertificateProposalDocument, { documentId });
  const document = data?.document;
  const proposal = document?.cfdiProfileProposal;
  if (!document || !proposal) return <div className="dialog-body">{loading ? <Loading /> : <Failure error={error} onRetry={reload} />}</div>;
  return (
    <>
      <div className="dialog-body read">
        <Shown proposal={proposal} />
      </div>
      {proposal.values.length > 0 && <Apply document={document} proposal={proposal} onClose={onClose} />}
    </>
  );
}

function Shown({ proposal }: { proposal: Proposal }) {
  const words = useWords();
  const columns: readonly Column<Proposed>[] = [
    { key: 'field', title: words.conflictField, heads: true, cell: ({ field }) => nameOf(field, words) },
    {
      key: 'value',
      title: words.certificateSays,
      cell: ({ value, differs }) => (
        <>
          <span className={differs ? 'strong' : ''}>{value}</span> {differs && <Badge tone="accent">{words.changes}</Badge>}
        </>
      ),
    },
    { key: 'current', title: words.onRecord, cell: ({ current }) => current ?? <span className="muted">{words.none}</span> },
    { key: 'origin', title: words.readFrom, cell: ({ originLabel }) => originLabel },
  ];
  return (
    <>
      <p className="row" role="status">
        <Badge tone={proposal.status === 'READ' ? 'good' : 'warning'}>{proposal.statusLabel}</Badge>
        {proposal.issuedOnLabel && (
          <span className="muted">
            {words.issued}: {proposal.issuedOnLabel}
          </span>
        )}
        {proposal.taxpayerStatusLabel && <Badge tone={proposal.taxpayerStatus === 'ACTIVE' ? 'neutral' : 'bad'}>{proposal.taxpayerStatusLabel}</Badge>}
      </p>
      {proposal.values.length > 0 && <Table label={words.readCertificate} rows={proposal.values} id={({ field }) => field} columns={columns} />}
      {proposal.taxRegimes.length > 0 && (
        <ul className="lines">
          {proposal.taxRegimes.map(({ name, taxRegime, sinceLabel, untilLabel, isCurrent }) => (
            <li key={name + sinceLabel}>
              {taxRegime ? `${taxRegime.code} · ${taxRegime.name}` : name}{' '}
              <span className="muted">
                {sinceLabel} – {untilLabel ?? words.today}
              </span>{' '}
              {isCurrent && <Badge>{words.onRecord}</Badge>}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** The page's word for a field that the API names as in its types. */
function nameOf(field: string, words: Words): string {
  const names: Readonly<Record<string, string>> = {
    rfc: words.rfc,
    name: words.cfdiName,
    postalCode: words.postalCode,
    'fiscalAddress.postalCode': `${words.postalCode} · ${words.fiscalAddress}`,
    'fiscalAddress.street': words.street,
    'fiscalAddress.exteriorNumber': words.exteriorNumber,
    'fiscalAddress.interiorNumber': words.interiorNumber,
    'fiscalAddress.neighborhood': words.neighborhood,
    'fiscalAddress.locality': words.locality,
    'fiscalAddress.municipality': words.municipality,
    'fiscalAddress.state': words.state,
  };
  return names[field] ?? field;
}

function Apply({ document, proposal, onClose }: { document: Document; proposal: Proposal; onClose: () => void }) {
  const words = useWords();
  const { cfdiUses, taxRegimes } = useCatalogs();
  const listed = new Set(proposal.taxRegimes.map(({ taxRegime }) => taxRegime?.code));
  const regimes = proposal.taxRegimes.every(({ taxRegime }) => taxRegime) && listed.size ? taxRegimes.filter(({ value }) => listed.has(value)) : taxRegimes;
  const isOther = proposal.values.some(({ field, differs, current }) => field === 'rfc' && differs && current);
  const fields: Field[] = [
    ...(proposal.asksTaxRegime ? [{ name: 'taxRegime', label: words.taxRegime, kind: 'choice', choices: regimes, required: true, wide: true } as const] : []),
    { name: 'cfdiUse', label: words.cfdiUse, kind: 'choice', choices: cfdiUses, empty: words.asOnRecord, wide: true },
    { name: 'includeAddress', label: words.includeAddress, kind: 'switch', wide: true },
    ...(isOther ? [{ name: 'confirmed', label: words.confirmOtherRfc, kind: 'switch', wide: true } as const] : []),
  ];
  const profile = document.client?.cfdiProfile;
  const fixed = { documentId: document.id, ...(profile ? { expectedVersion: profile.version } : {}) };
  return (
    <MutationForm
      document={ApplyCfdiProfileProposalDocument}
      fields={fields}
      values={{ includeAddress: true }}
      fixed={fixed}
      submit={words.takeOver}
      onDone={onClose}
      onCancel={onClose}
    />
  );
}
