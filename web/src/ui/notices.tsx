// Short notices at the foot of the page, read aloud: saved, with or without warnings.
import { createContext, use, useCallback, useRef, useState, type ReactNode } from 'react';
import { useWords } from '../words';
import { IconButton } from './buttons';
import { IconClose } from './icons';

export interface Notice {
  readonly text: string;
  readonly details?: readonly string[];
}

const Context = createContext<(notice: Notice) => void>(() => undefined);
export const useNotify = () => use(Context);

/** Milliseconds that a notice stays; one with details stays until it is closed. */
const STAY = 6_000;

export function NoticesProvider({ children }: { children: ReactNode }) {
  const words = useWords();
  const [notices, setNotices] = useState<readonly (Notice & { id: number })[]>([]);
  const last = useRef(0);
  const drop = useCallback((id: number) => setNotices((all) => all.filter((each) => each.id !== id)), []);
  const notify = useCallback(
    (notice: Notice) => {
      last.current += 1;
      const id = last.current;
      setNotices((all) => [...all.slice(-2), { ...notice, id }]);
      if (!notice.details?.length) setTimeout(drop, STAY, id);
    },
    [drop],
  );
  return (
    <Context value={notify}>
      {children}
      <div className="notices" role="status">
        {notices.map((notice) => (
          <div key={notice.id} className="notice">
            <div>
              <strong>{notice.text}</strong>
              {notice.details?.map((detail) => <p key={detail}>{detail}</p>)}
            </div>
            <IconButton icon={<IconClose />} label={words.close} onPress={() => drop(notice.id)} />
          </div>
        ))}
      </div>
    </Context>
  );
}
