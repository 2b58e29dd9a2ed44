// The forms of a client: new, edited, and converted from a prospect.
import { useCompanyChoices } from '../api/choices';
import { ConvertProspectDocument, CreateClientDocument, SetProspectStateDocument, UpdateClientDocument, type ClientKind } from 'ficha-client';
import type { CreateClientMutation } from 'ficha-client';
import { FormDialog } from '../form/FormDialog';
import type { Field } from '../form/fields';
import type { Value, Values } from '../form/values';
import { useWords } from '../words';
import type { Profile } from './DetailTab';
import type { Shown } from './ClientPage';

function useFields(): readonly Field[] {
  const words = useWords();
  const { people, priceLists } = useCompanyChoices();
  return [
    { name: 'legalName', label: words.legalName, required: true, wide: true },
    { name: 'tradeName', label: words.tradeName },
    { name: 'externalId', label: words.externalId },
    { name: 'ownerId', label: words.owner, kind: 'choice', choices: people, empty: words.noOwner },
    { name: 'priceListId', label: words.priceList, kind: 'choice', choices: priceLists, empty: words.noPriceList },
  ];
}

function useDuplicates(): Field {
  const words = useWords();
  return { name: 'allowDuplicates', label: words.allowDuplicates, kind: 'switch', wide: true };
}

export function EditClient({ client, onClose }: { client: Shown; onClose: () => void }) {
  const words = useWords();
  const fields = [...useFields(), useDuplicates()];
  const values: Values = { ...client, ownerId: client.owner?.id ?? null, priceListId: client.priceList?.id ?? null };
  return <FormDialog title={words.editClient} document={UpdateClientDocument} fields={fields} values={values} version={client.version} fixed={{ id: client.id }} onClose={onClose} />;
}

export function NewClientForm({ kind, onClose, onDone }: { kind: ClientKind; onClose: () => void; onDone: (data: CreateClientMutation) => void }) {
  const words = useWords();
  const { prospectStates } = useCompanyChoices();
  const [name, ...others] = useFields();
  const fields: Field[] = [
    ...(name ? [name] : []),
    { name: 'rfc', label: words.rfc, send: upper },
    ...others,
    ...(kind === 'PROSPECT' ? [{ name: 'prospectStateId', label: words.prospectState, kind: 'choice', choices: prospectStates, empty: words.nothing } as const] : []),
    { name: 'internalNote', label: words.note, kind: 'multiline' },
    useDuplicates(),
  ];
  return (
    <FormDialog
      title={kind === 'PROSPECT' ? words.newProspect : words.newClient}
      document={CreateClientDocument}
      fields={fields}
      values={{}}
      fixed={{ kind }}
      onClose={onClose}
      onDone={onDone}
    />
  );
}

const upper = (value: Value) => (typeof value === 'string' && value.trim() ? value.trim().toUpperCase() : null);

export function EditNote({ profile, onClose }: { profile: Profile; onClose: () => void }) {
  const words = useWords();
  return (
    <FormDialog
      title={words.editNote}
      document={UpdateClientDocument}
      fields={[{ name: 'internalNote', label: words.note, kind: 'multiline' }]}
      values={{ internalNote: profile.internalNote }}
      version={profile.version}
      fixed={{ id: profile.id }}
      onClose={onClose}
    />
  );
}

export function ConvertClient({ client, onClose }: { client: Shown; onClose: () => void }) {
  const words = useWords();
  const fields: Field[] = [
    ...useFields().filter(({ name }) => name !== 'externalId'),
    { name: 'rfc', label: words.rfc, send: upper },
    { name: 'internalNote', label: words.note, kind: 'multiline' },
    useDuplicates(),
  ];
  const values: Values = { ...client, ownerId: client.owner?.id ?? null, priceListId: client.priceList?.id ?? null };
  return <FormDialog title={words.convertProspect} document={ConvertProspectDocument} fields={fields} values={values} version={client.version} fixed={{ id: client.id }} submit={words.convertProspect} onClose={onClose} />;
}

export function ProspectStateForm({ client, onClose }: { client: Shown; onClose: () => void }) {
  const words = useWords();
  const { prospectStates } = useCompanyChoices();
  return (
    <FormDialog
      title={words.prospectState}
      document={SetProspectStateDocument}
      fields={[{ name: 'prospectStateId', label: words.prospectState, kind: 'choice', choices: prospectStates, required: true }]}
      values={{ prospectStateId: client.prospectState?.id ?? null }}
      version={client.version}
      fixed={{ id: client.id }}
      onClose={onClose}
    />
  );
}
