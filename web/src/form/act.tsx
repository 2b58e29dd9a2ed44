// Changes that need no form: they are confirmed, if they take something away, and done.
import { createContext, use, useCallback, useMemo, useState, type ReactNode } from 'react';
import { Dialog as Base, Heading, Modal, ModalOverlay } from 'react-aria-components';
import type { TypedDocumentNode } from 'urql';
import { sentence, useSend } from '../api/records';
import { Button } from '../ui/buttons';
import { useNotify } from '../ui/notices';
import { useWords } from '../words';
import { findingsOf } from './values';

interface Question {
  readonly title: string;
  readonly text: string;
}

const Asking = createContext<(question: Question) => Promise<boolean>>(() => Promise.resolve(false));

/** Asks whether to go on; the answer is false if the question is dismissed. */
export const useConfirm = () => use(Asking);

export function ConfirmProvider({ children }: { children: ReactNode }) {
  const words = useWords();
  const [question, setQuestion] = useState<Question & { answer: (yes: boolean) => void }>();
  const ask = useCallback((next: Question) => new Promise<boolean>((answer) => setQuestion({ ...next, answer })), []);
  const answer = (yes: boolean) => {
    question?.answer(yes);
    setQuestion(undefined);
  };
  return (
    <Asking value={ask}>
      {children}
      <ModalOverlay className="overlay" isOpen={question !== undefined} onOpenChange={(open) => !open && answer(false)}>
        <Modal className="modal">
          <Base className="dialog" role="alertdialog">
            <header>
              <Heading slot="title">{question?.title}</Heading>
            </header>
            <div className="form dialog-body">
              <p>{question?.text}</p>
              <footer>
                <Button onPress={() => answer(false)}>{words.cancel}</Button>
                <Button kind="danger" onPress={() => answer(true)}>
                  {words.confirm}
                </Button>
              </footer>
            </div>
          </Base>
        </Modal>
      </ModalOverlay>
    </Asking>
  );
}

interface How {
  /** What was done is seen by itself: only a refusal is said. */
  readonly quiet?: boolean;
}

/** Do a mutation and say how it went; its answer, if it was done. */
export function useAct() {
  const send = useSend();
  const notify = useNotify();
  const words = useWords();
  return useMemo(
    () =>
      async <Data,>(document: TypedDocumentNode<Data, { input: never } & Record<string, unknown>>, input: Record<string, unknown>, { quiet = false }: How = {}): Promise<Data | undefined> => {
        try {
          const data = await send(document, { input: input as never });
          const { errors, warnings } = findingsOf(data);
          if (errors.length) {
            notify({ text: words.saveFailed, details: errors.map(({ message }) => message) });
            return undefined;
          }
          if (!quiet || warnings.length) notify({ text: warnings.length ? words.warningsTitle : words.saved, details: warnings.map(({ message }) => message) });
          return data;
        } catch (error) {
          notify({ text: words.saveFailed, details: [sentence(error as Error, words.offline)] });
          return undefined;
        }
      },
    [send, notify, words],
  );
}
