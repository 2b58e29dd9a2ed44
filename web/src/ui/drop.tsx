// Where one file is dropped or chosen.
import { DropZone, FileTrigger, Text, type FileDropItem } from 'react-aria-components';
import { useWords } from '../words';
import { Button } from './buttons';
import { IconUpload } from './icons';

export function Drop({ label, help, types, onFile }: { label: string; help: string; types: readonly string[]; onFile: (file: File) => void }) {
  const words = useWords();
  const first = (files: readonly File[]) => files[0] && onFile(files[0]);
  return (
    <DropZone
      className="drop"
      aria-label={label}
      onDrop={({ items }) => void Promise.all(items.filter((item): item is FileDropItem => item.kind === 'file').map((item) => item.getFile())).then(first)}
    >
      <IconUpload />
      <Text slot="label">{label}</Text>
      <span className="under">{help}</span>
      <div className="row">
        <FileTrigger acceptedFileTypes={types} onSelect={(files) => first([...(files ?? [])])}>
          <Button kind="primary">{words.chooseFile}</Button>
        </FileTrigger>
      </div>
    </DropZone>
  );
}
