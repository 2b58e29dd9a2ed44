// The administrative panel: what can be started from the client, and of what cannot, why not.
import { Button as Base, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { Button } from '../ui/buttons';
import { IconInfo } from '../ui/icons';
import { useWords } from '../words';
import type { Shown } from './ClientPage';

type State = Shown['actions'][number];

export function ActionPanel({ client }: { client: Shown }) {
  const words = useWords();
  return (
    <section className="actions" aria-label={words.administrativePanel}>
      {client.actions.map((state) => (
        <Action key={state.action} state={state} onPress={() => undefined} />
      ))}
    </section>
  );
}

export function Action({ state, onPress }: { state: State; onPress: () => void }) {
  return state.allowed ? <Button onPress={onPress}>{state.actionLabel}</Button> : <Refused label={state.actionLabel} reasons={state.reasons} />;
}

/** An action that is not possible now: the button says why, and what would help. */
export function Refused({ label, reasons }: { label: string; reasons: readonly { message: string; help: string }[] }) {
  const words = useWords();
  return (
    <DialogTrigger>
      <Base className="button refused" aria-label={`${label}: ${words.whyNot}`}>
        {label}
        <IconInfo />
      </Base>
      <Popover className="popover">
        <Dialog className="reasons" aria-label={`${label}: ${words.whyNot}`}>
          {reasons.map(({ message, help }) => (
            <p key={message}>
              {message}
              {help && <span className="under">{help}</span>}
            </p>
          ))}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
