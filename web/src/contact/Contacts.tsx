// The client's contacts: name, e-mail address and telephone, in the order in which one left them.
import { useState } from 'react';
import { DeleteContact, ReorderContacts } from '../api/operations';
import type { Shown } from '../client/ClientPage';
import { AddButton } from '../client/ActionPanel';
import { ActionMenu } from '../form/ActionMenu';
import { useAct, useConfirm } from '../form/act';
import { moved } from '../ui/order';
import { Badge, Card } from '../ui/card';
import { Empty } from '../ui/states';
import { Table, type Column } from '../ui/table';
import { useWords } from '../words';
import { ContactForm, type Contact } from './ContactForm';

export function Contacts({ client, contacts }: { client: Shown; contacts: readonly Contact[] }) {
  const words = useWords();
  const [edited, edit] = useState<string>();
  const columns = useColumns(client, contacts, edit);
  const contact = contacts.find(({ id }) => id === edited);
  return (
    <Card title={words.contacts} tools={<AddButton client={client} action="ADD_CONTACT" onPress={() => edit('new')} />}>
      {contacts.length ? <Table label={words.contacts} rows={contacts} id={({ id }) => id} columns={columns} /> : <Empty>{words.noContacts}</Empty>}
      {(contact || edited === 'new') && <ContactForm clientId={client.id} contact={contact} onClose={() => edit(undefined)} />}
    </Card>
  );
}

function useColumns(client: Shown, contacts: readonly Contact[], edit: (id: string) => void): readonly Column<Contact>[] {
  const words = useWords();
  const act = useAct();
  const confirm = useConfirm();
  const remove = async ({ id, name, version }: Contact) => {
    if (await confirm({ title: words.delete, text: words.deleteConfirm(name) })) await act(DeleteContact, { id, expectedVersion: version });
  };
  const move = (contact: Contact, by: number) =>
    act(ReorderContacts, { clientId: client.id, ids: moved(contacts.map(({ id }) => id), contact.id, by) });
  const actions = (contact: Contact) => {
    const place = contacts.indexOf(contact);
    const [editing] = contact.actions;
    const ordering = (action: string, actionLabel: string) => ({ action, actionLabel, allowed: editing?.allowed ?? false, reasons: editing?.reasons ?? [] });
    return [...contact.actions, ...(place > 0 ? [ordering('UP', words.moveUp)] : []), ...(place < contacts.length - 1 ? [ordering('DOWN', words.moveDown)] : [])];
  };
  return [
    {
      key: 'name',
      title: words.name,
      heads: true,
      cell: (contact) => (
        <>
          <span className="strong">{contact.name}</span> {contact.isPrimary && <Badge tone="accent">{words.primary}</Badge>}
          {contact.jobTitle && <span className="under">{contact.jobTitle}</span>}
        </>
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
          actions={actions(contact)}
          handlers={{ EDIT: () => edit(contact.id), DELETE: () => void remove(contact), UP: () => void move(contact, -1), DOWN: () => void move(contact, 1) }}
        />
      ),
    },
  ];
}
