// A value that one often pastes elsewhere.
import { useState } from 'react';
import { useWords } from '../words';
import { IconButton } from './buttons';
import { IconCheck, IconCopy } from './icons';

export function Copy({ text }: { text: string }) {
  const words = useWords();
  const [copied, setCopied] = useState(false);
  const copy = () => void navigator.clipboard.writeText(text).then(() => setCopied(true));
  return (
    <span className="copy">
      <code>{text}</code>
      <IconButton icon={copied ? <IconCheck /> : <IconCopy />} label={copied ? words.copied : `${words.copy} ${text}`} onPress={copy} />
    </span>
  );
}
