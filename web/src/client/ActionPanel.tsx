// The administrative panel: what can be started from the client, and of what cannot, why not.
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { Button as Base, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { DeleteClientDocument, EraseClientDocument, RestoreClientDocument, type ClientAction } from 'ficha-client';
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
  const [begun, begin] = useState<ClientAction>();
  const change = useChange(client);
  const states = PANEL.flatMap((action) => client.actions.filter((state) => state.action === action));
  const start = (action: ClientAction) => {
    const doing = change[action];
    if (doing) void doing();
    else begin(action);
  };
  return (
    <Panel states={states} onPress={({ action }) => start(action)}>
      <Suspense>{begun && <Begun action={begun} client={client} onClose={() => begin(undefined)} />}</Suspense>
    </Panel>
  );
}

/** The actions without a form: confirmed and done. */
function useChange(client: Shown): Partial<Record<ClientAction, () => Promise<unknown>>> {
  const words = useWords();
  const act = useAct();
  const confirm = useConfirm();
  const { go } = useRoutes();
  const input = { id: client.id, expectedVersion: client.version };
  const erase = async () => {
    if (!(await confirm({ title: client.legalName, text: words.eraseClientConfirm }))) return;
    if (await act(EraseClientDocument, { id: client.id })) go(to.clients());
  };
  const remove = async () => {
    if (await confirm({ title: client.legalName, text: words.deleteClientConfirm })) await act(DeleteClientDocument, input);
  };
  return { DELETE: remove, RESTORE: () => act(RestoreClientDocument, input), ERASE: erase };
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

interface Refusal {
  readonly actionLabel: string;
  readonly reasons: State['reasons'];
}

/** An action that is not possible now: the button says why, and what would help. */
export const Refused = ({ label, reasons }: { label: string; reasons: State['reasons'] }) => <Unavailable label={label} refusals={[{ actionLabel: label, reasons }]} />;

/** Actions that are not possible now, behind one button: each with why not, and what would help. */
export function Unavailable({ label, refusals }: { label: string; refusals: readonly Refusal[] }) {
  const words = useWords();
  return (
    <DialogTrigger>
      <Base className="button refused">
        {label}
        <IconInfo />
      </Base>
      <Popover className="popover">
        <Dialog className="dialog" aria-label={words.whyNot}>
          <dl className="unavailable">
            {refusals.map(({ actionLabel, reasons }) => (
              <div key={actionLabel}>
                <dt>{actionLabel}</dt>
                {reasons.map(({ message, help }) => (
                  <dd key={message}>
                    {message}
                    {help && <span className="under">{help}</span>}
                  </dd>
                ))}
              </div>
            ))}
          </dl>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

/** A panel of actions: buttons for what is possible, and why the rest is not. */
export function Panel<Each extends State | { action: string; actionLabel: string; allowed: boolean; reasons: State['reasons'] }>({ states, onPress, children }: { states: readonly Each[]; onPress: (state: Each) => void; children: ReactNode }) {
  const words = useWords();
  const refused = states.filter(({ allowed }) => !allowed);
  return (
    <section className="actions" aria-label={words.administrativePanel}>
      {states
        .filter(({ allowed }) => allowed)
        .map((state) => (
          <Action key={state.action} state={state} onPress={() => onPress(state)} />
        ))}
      {refused.length > 0 && <Unavailable label={words.unavailable(refused.length)} refusals={refused} />}
      {children}
    </section>
  );
}
