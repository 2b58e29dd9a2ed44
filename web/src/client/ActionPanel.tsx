// The administrative panel: what can be started from the client, and of what cannot, why not.
import { lazy, Suspense, useState } from 'react';
import { Button as Base, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { DeleteClient, EraseClient, RestoreClient, type ClientAction } from '../api/operations';
import { to, useRoutes } from '../app/routes';
import { useAct, useConfirm } from '../form/act';
import { Button } from '../ui/buttons';
import { IconInfo } from '../ui/icons';
import { useWords } from '../words';
import type { Shown } from './ClientPage';

const ClientForms = () => import('./ClientForm');
const EditClient = lazy(() => ClientForms().then(({ EditClient: form }) => ({ default: form })));
const ConvertClient = lazy(() => ClientForms().then(({ ConvertClient: form }) => ({ default: form })));
const ProspectStateForm = lazy(() => ClientForms().then(({ ProspectStateForm: form }) => ({ default: form })));
const DealForm = lazy(() => import('../deal/DealForm'));
const FollowUpForm = lazy(() => import('../follow_up/FollowUpForm'));
const SalesDocumentForm = lazy(() => import('../sales_document/SalesDocumentForm'));

/** Those of the panel, in its order; what belongs to one tab is offered there. */
const PANEL: readonly ClientAction[] = [
  'EDIT', 'CREATE_QUOTE', 'CREATE_SALES_NOTE', 'CREATE_INVOICE', 'CREATE_DEAL', 'SCHEDULE_FOLLOW_UP', 'CONVERT_TO_CLIENT',
  'SET_PROSPECT_STATE', 'DELETE', 'RESTORE', 'ERASE',
];

type State = Shown['actions'][number];

export function ActionPanel({ client }: { client: Shown }) {
  const words = useWords();
  const [begun, begin] = useState<ClientAction>();
  const change = useChange(client);
  const states = PANEL.flatMap((action) => client.actions.filter((state) => state.action === action));
  return (
    <section className="actions" aria-label={words.administrativePanel}>
      {states.map((state) => (
        <Action key={state.action} state={state} onPress={() => change[state.action]?.() ?? begin(state.action)} />
      ))}
      <Suspense>{begun && <Begun action={begun} client={client} onClose={() => begin(undefined)} />}</Suspense>
    </section>
  );
}

/** The actions without a form: confirmed and done. */
function useChange(client: Shown): Partial<Record<ClientAction, () => true>> {
  const words = useWords();
  const act = useAct();
  const confirm = useConfirm();
  const { go } = useRoutes();
  const input = { id: client.id, expectedVersion: client.version };
  const erase = async () => {
    if (!(await confirm({ title: client.legalName, text: words.eraseClientConfirm }))) return;
    if (await act(EraseClient, { id: client.id })) go(to.clients());
  };
  const remove = async () => {
    if (await confirm({ title: client.legalName, text: words.deleteClientConfirm })) await act(DeleteClient, input);
  };
  const started = (doing: Promise<unknown>): true => Boolean(doing) as true;
  return { DELETE: () => started(remove()), RESTORE: () => started(act(RestoreClient, input)), ERASE: () => started(erase()) };
}

/** The form that an action begins with. */
function Begun({ action, client, onClose }: { action: ClientAction; client: Shown; onClose: () => void }) {
  switch (action) {
    case 'EDIT':
      return <EditClient client={client} onClose={onClose} />;
    case 'CONVERT_TO_CLIENT':
      return <ConvertClient client={client} onClose={onClose} />;
    case 'SET_PROSPECT_STATE':
      return <ProspectStateForm client={client} onClose={onClose} />;
    case 'CREATE_DEAL':
      return <DealForm clientId={client.id} onClose={onClose} />;
    case 'SCHEDULE_FOLLOW_UP':
      return <FollowUpForm clientId={client.id} onClose={onClose} />;
    case 'CREATE_QUOTE':
      return <SalesDocumentForm clientId={client.id} type="QUOTE" onClose={onClose} />;
    case 'CREATE_SALES_NOTE':
      return <SalesDocumentForm clientId={client.id} type="SALES_NOTE" onClose={onClose} />;
    case 'CREATE_INVOICE':
      return <SalesDocumentForm clientId={client.id} type="INVOICE" onClose={onClose} />;
    default:
      return null;
  }
}

export function Action({ state, onPress, quiet = false }: { state: Pick<State, 'actionLabel' | 'allowed' | 'reasons'>; onPress: () => void; quiet?: boolean }) {
  if (!state.allowed) return <Refused label={state.actionLabel} reasons={state.reasons} />;
  return (
    <Button kind={quiet ? 'quiet' : 'plain'} onPress={onPress}>
      {state.actionLabel}
    </Button>
  );
}

/** The button of an action of the client in the card of what it adds to. */
export function AddButton({ client, action, label, onPress }: { client: Shown; action: ClientAction; label?: string; onPress: () => void }) {
  const state = client.actions.find((each) => each.action === action);
  return state ? <Action state={{ ...state, actionLabel: label ?? state.actionLabel }} onPress={onPress} quiet /> : null;
}

/** An action that is not possible now: the button says why, and what would help. */
export function Refused({ label, reasons }: { label: string; reasons: readonly { message: string; help: string }[] }) {
  const words = useWords();
  return (
    <DialogTrigger>
      <Base className="button refused">
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
