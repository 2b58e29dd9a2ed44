// Where files are dropped or chosen. With the keyboard they are chosen.
import { useRef, useState, type DragEvent, type ReactNode } from 'react';
import { useWords } from '../words';
import { Button, type ButtonKind } from './buttons';
import { IconUpload } from './icons';

interface Chooser {
  /** Media types, and endings as `.xml`, that are offered first; all, if there are none. */
  readonly types?: readonly string[];
  readonly several?: boolean;
  readonly onFiles: (files: readonly File[]) => void;
}

/** A button that lets one choose files. */
export function FileButton({ types = [], several = false, onFiles, kind = 'primary', children }: Chooser & { kind?: ButtonKind; children: ReactNode }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button kind={kind} onPress={() => input.current?.click()}>
        {children}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        multiple={several}
        accept={types.join(',')}
        onChange={({ target }) => {
          const files = [...(target.files ?? [])];
          target.value = ''; // the same file can be chosen again
          target.closest<HTMLElement>('[role="dialog"]')?.focus(); // not its cross, once this button is gone
          if (files.length) onFiles(files);
        }}
      />
    </>
  );
}

/** `children` stand beside the button. */
export function Drop({ label, help, button, children, ...chooser }: Chooser & { label: string; help: string; button?: string; children?: ReactNode }) {
  const words = useWords();
  const [over, setOver] = useState(false);
  const hover = (event: DragEvent) => {
    if (![...event.dataTransfer.types].includes('Files')) return;
    event.preventDefault();
    setOver(true);
  };
  const leave = ({ currentTarget, relatedTarget }: DragEvent) => setOver(currentTarget.contains(relatedTarget as Node | null));
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const files = [...event.dataTransfer.files];
    const taken = chooser.several ? files : files.slice(0, 1);
    if (taken.length) chooser.onFiles(taken);
  };
  return (
    <div className="drop" role="group" aria-label={label} {...(over ? { 'data-drop-target': true } : {})} onDragEnter={hover} onDragOver={hover} onDragLeave={leave} onDrop={drop}>
      <IconUpload />
      <span>{label}</span>
      <span className="under">{help}</span>
      <div className="row">
        {children}
        <FileButton {...chooser}>{button ?? words.chooseFile}</FileButton>
      </div>
    </div>
  );
}
