// A file as it looks: pictures, PDF and text are shown here, others are downloaded.
import { Dialog } from '../ui/buttons';
import { IconDownload } from '../ui/icons';
import { useWords } from '../words';

interface File {
  readonly name: string;
  readonly contentType: string;
  readonly viewUrl: string | null;
  readonly downloadUrl: string | null;
}

export function Preview({ document, onClose }: { document: File; onClose: () => void }) {
  const words = useWords();
  return (
    <Dialog title={document.name} open onClose={onClose} wide>
      <div className="dialog-body stack preview">
        <Shown document={document} />
        {document.downloadUrl && (
          <a className="button" href={document.downloadUrl}>
            <IconDownload />
            {words.download}
          </a>
        )}
      </div>
    </Dialog>
  );
}

function Shown({ document: { name, contentType, viewUrl } }: { document: File }) {
  const words = useWords();
  if (!viewUrl) return <p>{words.noPreview}</p>;
  if (/^image\/(png|jpeg|webp)/.test(contentType)) return <img src={viewUrl} alt={name} />;
  if (/^(application\/pdf|text\/)/.test(contentType)) return <iframe src={viewUrl} title={name} />;
  return <p>{words.noPreview}</p>;
}
