// The client's contacts: name, e-mail address and telephone.
import type { Profile } from '../client/DetailTab';
import type { Shown } from '../client/ClientPage';
import { Badge, Card } from '../ui/card';
import { Empty } from '../ui/states';
import { Table } from '../ui/table';
import { useWords } from '../words';

type Contact = Profile['contacts'][number];

export function Contacts({ contacts }: { client: Shown; contacts: readonly Contact[] }) {
  const words = useWords();
  return (
    <Card title={words.contacts}>
      {contacts.length ? (
        <Table
          label={words.contacts}
          rows={contacts}
          id={(contact) => contact.id}
          columns={[
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
            {
              key: 'phone',
              title: words.phone,
              cell: ({ formattedPhone, phoneExtension }) =>
                formattedPhone && (
                  <>
                    <a href={formattedPhone.uri}>{formattedPhone.text}</a>
                    {phoneExtension && <span className="under">{`${words.phoneExtension} ${phoneExtension}`}</span>}
                  </>
                ),
            },
          ]}
        />
      ) : (
        <Empty>{words.noContacts}</Empty>
      )}
    </Card>
  );
}
