// The revisions of a file, newest first.
import { DocumentRevisionsDocument } from 'ficha-client';
import { useRecords } from '../api/records';
import { Dialog } from '../ui/buttons';
import { Loading } from '../ui/states';
import { Table } from '../ui/table';
import { useWords } from '../words';

export function Revisions({ id, name, onClose }: { id: string; name: string; onClose: () => void }) {
  const words = useWords();
  const revisions = useRecords(DocumentRevisionsDocument, { documentId: id }).data?.document?.revisions;
  return (
    <Dialog title={`${words.revisions} · ${name}`} open onClose={onClose} wide>
      <div className="dialog-body">
        {!revisions && <Loading />}
        {revisions && (
          <Table
            label={words.revisions}
            rows={revisions}
            id={(row) => row.id}
            columns={[
              { key: 'revision', title: words.revisions, heads: true, cell: (row) => words.revision(row.revision) },
              { key: 'name', title: words.name, cell: (row) => row.name },
              { key: 'size', title: words.size, figure: true, cell: (row) => row.sizeLabel },
              { key: 'uploaded', title: words.uploadedOn, cell: (row) => `${row.createdAtLabel} · ${row.uploadedBy?.name ?? ''}` },
              { key: 'download', title: '', cell: (row) => row.downloadUrl && <a href={row.downloadUrl}>{words.download}</a> },
            ]}
          />
        )}
      </div>
    </Dialog>
  );
}
