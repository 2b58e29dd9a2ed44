// The documents tab: attach, view, download, replace and delete the files of the record.
import { useState } from 'react';
import { useLabels } from '../api/labels';
import { ClientDocumentsDocument, DeleteDocumentDocument, UpdateDocumentDocument, type ClientDocumentFilter, type ClientDocumentKind, type ClientDocumentOrderField, type ClientDocumentsQuery } from 'ficha-client';
import { useRecords } from '../api/records';
import { Refused } from '../client/ActionPanel';
import type { Shown } from '../client/ClientPage';
import { ActionMenu } from '../form/ActionMenu';
import { FormDialog } from '../form/FormDialog';
import type { Field } from '../form/fields';
import { useAct, useConfirm } from '../form/act';
import { Badge, Card } from '../ui/card';
import { chooseFile } from '../ui/files';
import { IconDownload, IconFile } from '../ui/icons';
import { Picker, Search } from '../ui/inputs';
import { More } from '../ui/more';
import { usePages } from '../ui/pages';
import { PersonName } from '../ui/person';
import { Empty, Failure, Loading } from '../ui/states';
import { Table, type Column, type Sorted } from '../ui/table';
import { useWords } from '../words';
import { Preview } from './Preview';
import { Revisions } from './Revisions';
import { Uploads, useUploads } from './Uploads';

export type Document = NonNullable<NonNullable<ClientDocumentsQuery['client']>['documents']>['nodes'][number];
const ALL = 'all';

export default function DocumentsTab({ client }: { client: Shown }) {
  const words = useWords();
  const [chosen, choose] = useState({ search: '', kind: ALL });
  const [sorted, sort] = useState<Sorted>({ field: 'CREATED_AT', descending: true });
  const [opened, open] = useState<{ action: string; id: string }>();
  const [page, more] = usePages(JSON.stringify([chosen, sorted]));
  const uploads = useUploads(client.id);
  const filter: ClientDocumentFilter | null = chosen.kind === ALL ? null : { kind: { eq: chosen.kind as ClientDocumentKind } };
  const { data, error, loading, reload } = useRecords(
    ClientDocumentsDocument,
    {
      id: client.id,
      search: chosen.search || null,
      filter,
      orderBy: [{ field: sorted.field as ClientDocumentOrderField, direction: sorted.descending ? 'DESC' : 'ASC' }],
      ...page,
    },
    { keep: true },
  );
  const documents = data?.client?.documents;
  const columns = useColumns((action, { id }) => open({ action, id }), uploads);
  const document = documents?.nodes.find(({ id }) => id === opened?.id);
  const attaching = client.actions.find(({ action }) => action === 'ATTACH_DOCUMENT');
  return (
    <Card title={words.documentsTab} tools={attaching && !attaching.allowed && <Refused label={attaching.actionLabel} reasons={attaching.reasons} />}>
      {attaching?.allowed && <Uploads uploads={uploads} />}
      <div className="filters">
        <Search label={words.documentsSearch} value={chosen.search} onSearch={(search) => choose({ ...chosen, search })} />
        <Picker label={words.documentKind} hideLabel choices={[{ value: ALL, label: words.anyKind }, ...useLabels('ClientDocumentKind')]} value={chosen.kind} onChange={(kind) => choose({ ...chosen, kind })} />
      </div>
      {!documents && (loading ? <Loading /> : <Failure error={error} onRetry={reload} />)}
      {documents && (
        <div className={loading ? 'stale' : ''}>
          <p className="count" role="status">
            {words.results(documents.totalCount)}
          </p>
          {documents.nodes.length ? (
            <Table label={words.documentsTab} rows={documents.nodes} id={({ id }) => id} columns={columns} sorted={sorted} onSort={sort} />
          ) : (
            <Empty>{words.noDocuments}</Empty>
          )}
          <More page={documents.pageInfo} onMore={more} />
        </div>
      )}
      {document && <Opened action={opened?.action} document={document} onClose={() => open(undefined)} />}
    </Card>
  );
}

function Opened({ action, document, onClose }: { action: string | undefined; document: Document; onClose: () => void }) {
  if (action === 'EDIT') return <Edit document={document} onClose={onClose} />;
  if (action === 'REVISIONS') return <Revisions id={document.id} name={document.name} onClose={onClose} />;
  return <Preview document={document} onClose={onClose} />;
}

function useColumns(open: (action: string, document: Document) => void, uploads: ReturnType<typeof useUploads>): readonly Column<Document>[] {
  const words = useWords();
  return [
    {
      key: 'name',
      title: words.name,
      sorts: 'NAME',
      heads: true,
      cell: (document) => (
        <span className="file">
          <Thumbnail document={document} />
          <span>
            <button type="button" className="link strong" onClick={() => open('VIEW', document)}>
              {document.name}
            </button>
            {document.revision > 1 && <Badge>{words.revision(document.revision)}</Badge>}
            {document.description && <span className="under">{document.description}</span>}
            {document.tags.length > 0 && <span className="under">{document.tags.join(' · ')}</span>}
          </span>
        </span>
      ),
    },
    { key: 'kind', title: words.documentKind, cell: (document) => document.kindLabel },
    { key: 'size', title: words.size, sorts: 'SIZE', figure: true, cell: (document) => document.sizeLabel },
    {
      key: 'uploaded',
      title: words.uploadedOn,
      sorts: 'CREATED_AT',
      cell: (document) => (
        <>
          {document.createdAtLabel}
          {document.uploadedBy && <PersonName person={document.uploadedBy} />}
        </>
      ),
    },
    { key: 'expires', title: words.expires, sorts: 'EXPIRES_ON', cell: (document) => document.expiresOnLabel },
    { key: 'actions', title: '', cell: (document) => <Tools document={document} open={open} uploads={uploads} /> },
  ];
}

function Tools({ document, open, uploads }: { document: Document; open: (action: string, document: Document) => void; uploads: ReturnType<typeof useUploads> }) {
  const words = useWords();
  const act = useAct();
  const confirm = useConfirm();
  const remove = async () => {
    if (await confirm({ title: words.delete, text: words.deleteConfirm(document.name) })) await act(DeleteDocumentDocument, { id: document.id, expectedVersion: document.version });
  };
  const replace = () => chooseFile((file) => uploads.upload(file, document.kind, document.id));
  return (
    <span className="tools">
      {document.downloadUrl && (
        <a className="button icon-button" href={document.downloadUrl} aria-label={`${words.download} ${document.name}`}>
          <IconDownload />
        </a>
      )}
      <ActionMenu
        name={document.name}
        actions={[...document.actions, { action: 'REVISIONS', actionLabel: words.revisions, allowed: true, reasons: [] }]}
        handlers={{ EDIT: () => open('EDIT', document), REPLACE: replace, DELETE: () => void remove(), REVISIONS: () => open('REVISIONS', document) }}
      />
    </span>
  );
}

const Thumbnail = ({ document }: { document: Document }) =>
  document.thumbnail ? (
    <img className="thumbnail" src={document.thumbnail.url} alt="" width={44} height={44} loading="lazy" />
  ) : (
    <span className="thumbnail">
      <IconFile />
    </span>
  );

function Edit({ document, onClose }: { document: Document; onClose: () => void }) {
  const words = useWords();
  const fields: Field[] = [
    { name: 'name', label: words.name, required: true, wide: true },
    { name: 'kind', label: words.documentKind, kind: 'choice', choices: useLabels('ClientDocumentKind') },
    { name: 'expiresOn', label: words.expires, kind: 'date' },
    { name: 'tags', label: words.tags, kind: 'list', wide: true, send: (value) => (value as string[]).map((each) => each.trim()).filter(Boolean) },
    { name: 'description', label: words.description, kind: 'multiline' },
  ];
  return <FormDialog title={words.editDocument} document={UpdateDocumentDocument} fields={fields} values={{ ...document }} version={document.version} fixed={{ id: document.id }} onClose={onClose} />;
}
