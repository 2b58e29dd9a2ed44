// Where files are dropped or chosen, and how far each has got.
import { useRef, useState } from 'react';
import { useLabels } from '../api/labels';
import type { ClientDocumentKind } from 'ficha-client';
import { sentence } from '../api/records';
import { Button } from '../ui/buttons';
import { Drop } from '../ui/drop';
import { Picker } from '../ui/inputs';
import { useNotify } from '../ui/notices';
import { useWords, type Words } from '../words';
import { useUpload } from './upload';

export interface Sending {
  readonly key: number;
  readonly name: string;
  readonly share: number;
  readonly failed: string;
  /** Sends the rest of it. */
  readonly again: () => void;
}

/** What is on its way, and what sends files to the client's record; `replaces` makes one a revision of another. */
export function useUploads(clientId: string) {
  const words = useWords();
  const send = useUpload();
  const notify = useNotify();
  const [sending, setSending] = useState<readonly Sending[]>([]);
  const last = useRef(0);
  const upload = (file: File, kind: ClientDocumentKind | null, replacesId: string | null = null) => {
    last.current += 1;
    const key = last.current;
    const put = (changes: Partial<Sending>) => setSending((all) => all.map((each) => (each.key === key ? { ...each, ...changes } : each)));
    const run = async () => {
      removeEventListener('online', run);
      put({ failed: '' });
      try {
        const { document, userErrors, warnings } = await send(file, { clientId, kind, replacesId }, (share) => put({ share }));
        if (!document) return put({ failed: userErrors.map(({ message }) => message).join(' ') });
        dismiss(key);
        notify({ text: words.uploaded(file.name), details: warnings.map(({ message }) => message) });
      } catch (error) {
        if (!navigator.onLine) addEventListener('online', run); // it goes on by itself
        put({ failed: sentence(error as Error, words.offline) });
      }
    };
    setSending((all) => [...all, { key, name: file.name, share: 0, failed: '', again: run }]);
    void run();
  };
  const dismiss = (key: number) =>
    setSending((all) => {
      const gone = all.find((each) => each.key === key);
      if (gone) removeEventListener('online', gone.again);
      return all.filter((each) => each.key !== key);
    });
  return { sending, upload, dismiss };
}

export function Uploads({ uploads }: { uploads: ReturnType<typeof useUploads> }) {
  const words = useWords();
  const kinds = useLabels('ClientDocumentKind');
  const [kind, setKind] = useState('');
  const take = (files: readonly File[]) => {
    for (const file of files) uploads.upload(file, (kind || null) as ClientDocumentKind | null);
  };
  return (
    <>
      <Drop label={words.dropFiles} help={words.dropHelp} button={words.chooseFiles} several onFiles={take}>
        <Picker label={words.documentKind} hideLabel choices={[{ value: '', label: words.kindDetected }, ...kinds]} value={kind} onChange={setKind} />
      </Drop>
      <Progress sending={uploads.sending} dismiss={uploads.dismiss} words={words} />
    </>
  );
}

function Progress({ sending, dismiss, words }: { sending: readonly Sending[]; dismiss: (key: number) => void; words: Words }) {
  return (
    <ul className="lines" aria-live="polite">
      {sending.map(({ key, name, share, failed, again }) => (
        <li key={key} className="sending">
          {failed ? (
            <>
              <span className="bad-text" role="alert">
                {words.uploadFailed(name)}. {failed}
              </span>
              <Button kind="quiet" className="small" label={`${words.retry}: ${name}`} onPress={again}>
                {words.retry}
              </Button>
              <Button kind="quiet" className="small" label={`${words.close}: ${name}`} onPress={() => dismiss(key)}>
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
