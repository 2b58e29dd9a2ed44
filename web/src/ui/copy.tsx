// A value that one often pastes elsewhere.
import { useState } from 'react';
import { useWords } from '../words';
import { IconButton } from './buttons';
import { IconCheck, IconCopy } from './icons';

export function Copy({ text }: { text: string }) {
  const words = useWords();
  const [copied, setCopied] = useState(false);
  const copy = () => void write(text).then(setCopied);
  return (
    <span className="copy">
      <code>{text}</code>
      <IconButton icon={copied ? <IconCheck /> : <IconCopy />} label={copied ? words.copied : `${words.copy} ${text}`} onPress={copy} />
    </span>
  );
}

/** Whether it is in the clipboard. Without https there is none to write to, but what is selected can be copied. */
async function write(text: string): Promise<boolean> {
  if ('clipboard' in navigator) return navigator.clipboard.writeText(text).then(() => true, () => false);
  const box = Object.assign(document.createElement('textarea'), { value: text, readOnly: true, className: 'unseen' });
  (document.querySelector('[role="dialog"]') ?? document.body).append(box); // a dialog keeps the focus within
  box.select();
  const copied = document.execCommand('copy');
  box.remove();
  return copied;
}
