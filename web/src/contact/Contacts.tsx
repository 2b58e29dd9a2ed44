// The client's contacts: name, e-mail address and telephone, in the order in which one left them.
import { useState } from 'react';
import { DeleteContactDocument, ReorderContactsDocument } from 'ficha-client';
import type { Shown } from '../client/ClientPage';
import { AddButton } from '../client/ActionPanel';
import { ActionMenu } from '../form/ActionMenu';
import { useAct, useConfirm } from '../form/act';
import { inOrder, useOrder } from '../ui/order';
import { Badge, Card } from '../ui/card';
import { Empty } from '../ui/states';
import { Table, type Column } from '../ui/table';
import { useWords } from '../words';
import { ContactForm, type Contact } from './ContactForm';

export function Contacts({ client, contacts }: { client: Shown; contacts: readonly Contact[] }) {
  const words = useWords();
  const [edited, edit] = useState<string>();
  const act = useAct();
  const order = useOrder(contacts.map(({ id }) => id), (ids) => act(ReorderContactsDocument, { clientId: client.id, ids }, { quiet: true }));
  const columns = useColumns(order.handle, edit);
  const contact = contacts.find(({ id }) => id === edited);
  return (
    <Card title={words.contacts} tools={<AddButton client={client} action="ADD_CONTACT" onPress={() => edit('new')} />}>
      {contacts.length ? <Table label={words.contacts} rows={inOrder(contacts, order.ids)} id={({ id }) => id} columns={columns} /> : <Empty>{words.noContacts}</Empty>}
      {(contact || edited === 'new') && <ContactForm clientId={client.id} contact={contact} onClose={() => edit(undefined)} />}
    </Card>
  );
}

function useColumns(handle: ReturnType<typeof useOrder>['handle'], edit: (id: string) => void): readonly Column<Contact>[] {
  const words = useWords();
  const act = useAct();
  const confirm = useConfirm();
  const remove = async ({ id, name, version }: Contact) => {
    if (await confirm({ title: words.delete, text: words.deleteConfirm(name) })) await act(DeleteContactDocument, { id, expectedVersion: version });
  };
  return [
    {
      key: 'name',
      title: words.name,
      heads: true,
      cell: (contact) => (
        <span className="with-handle">
          {contact.actions.some(({ action, allowed }) => action === 'EDIT' && allowed) && handle(contact.id, contact.name)}
          <span>
            <span className="strong">{contact.name}</span> {contact.isPrimary && <Badge tone="accent">{words.primary}</Badge>}
            {contact.jobTitle && <span className="under">{contact.jobTitle}</span>}
          </span>
        </span>
      ),
    },
    { key: 'email', title: words.email, cell: ({ email }) => email && <a href={`mailto:${email}`}>{email}</a> },
    { key: 'phone', title: words.phone, cell: ({ formattedPhone: phone }) => phone && <a href={phone.uri}>{phone.text}</a> },
    {
      key: 'actions',
      title: '',
      cell: (contact) => (
        <ActionMenu
          name={contact.name}
          actions={contact.actions}
          handlers={{ EDIT: () => edit(contact.id), DELETE: () => void remove(contact) }}
        />
      ),
    },
  ];
}
