// Where files are dropped or chosen, and how far each has got.
import { useRef, useState } from 'react';
import { DropZone, FileTrigger, Text, type FileDropItem } from 'react-aria-components';
import { useLabels } from '../api/labels';
import type { ClientDocumentKind } from '../api/operations';
import { sentence, useSend } from '../api/records';
import { Button } from '../ui/buttons';
import { IconUpload } from '../ui/icons';
import { Picker } from '../ui/inputs';
import { useNotify } from '../ui/notices';
import { useWords, type Words } from '../words';
import { sendFile } from './upload';

export interface Sending {
  readonly key: number;
  readonly name: string;
  readonly share: number;
  readonly failed: string;
}

/** What is on its way, and what sends files to the client's record; `replaces` makes one a revision of another. */
export function useUploads(clientId: string) {
  const words = useWords();
  const send = useSend();
  const notify = useNotify();
  const [sending, setSending] = useState<readonly Sending[]>([]);
  const last = useRef(0);
  const upload = async (file: File, kind: ClientDocumentKind | null, replacesId: string | null = null) => {
    last.current += 1;
    const key = last.current;
    const put = (changes: Partial<Sending>) => setSending((all) => all.map((each) => (each.key === key ? { ...each, ...changes } : each)));
    setSending((all) => [...all, { key, name: file.name, share: 0, failed: '' }]);
    const fail = (text: string) => put({ failed: text });
    try {
      const { id, findings } = await sendFile(send, file, { clientId, kind, replacesId }, (share) => put({ share }));
      if (!id) return fail(findings.errors.map(({ message }) => message).join(' '));
      setSending((all) => all.filter((each) => each.key !== key));
      notify({ text: words.uploaded(file.name), details: findings.warnings.map(({ message }) => message) });
    } catch (error) {
      fail(sentence(error as Error, words.offline));
    }
  };
  const dismiss = (key: number) => setSending((all) => all.filter((each) => each.key !== key));
  return { sending, upload, dismiss };
}

export function Uploads({ uploads }: { uploads: ReturnType<typeof useUploads> }) {
  const words = useWords();
  const kinds = useLabels('ClientDocumentKind');
  const [kind, setKind] = useState('');
  const take = (files: readonly File[]) => {
    for (const file of files) void uploads.upload(file, (kind || null) as ClientDocumentKind | null);
  };
  return (
    <>
      <DropZone
        className="drop"
        aria-label={words.dropFiles}
        onDrop={({ items }) => void Promise.all(items.filter((item): item is FileDropItem => item.kind === 'file').map((item) => item.getFile())).then(take)}
      >
        <IconUpload />
        <Text slot="label">{words.dropFiles}</Text>
        <span className="under">{words.dropHelp}</span>
        <div className="row">
          <Picker label={words.documentKind} hideLabel choices={[{ value: '', label: words.kindDetected }, ...kinds]} value={kind} onChange={setKind} />
          <FileTrigger allowsMultiple onSelect={(files) => take([...(files ?? [])])}>
            <Button kind="primary">{words.chooseFiles}</Button>
          </FileTrigger>
        </div>
      </DropZone>
      <Progress sending={uploads.sending} dismiss={uploads.dismiss} words={words} />
    </>
  );
}

function Progress({ sending, dismiss, words }: { sending: readonly Sending[]; dismiss: (key: number) => void; words: Words }) {
  return (
    <ul className="lines" aria-live="polite">
      {sending.map(({ key, name, share, failed }) => (
        <li key={key} className="sending">
          {failed ? (
            <>
              <span className="bad-text" role="alert">
                {words.uploadFailed(name)}. {failed}
              </span>
              <Button kind="quiet" className="small" onPress={() => dismiss(key)}>
                {words.close}
              </Button>
            </>
          ) : (
            <>
              <span>{words.uploading(name)}</span>
              <progress max={1} value={share} aria-label={words.uploading(name)} />
            </>
          )}
        </li>
      ))}
    </ul>
  );
}
