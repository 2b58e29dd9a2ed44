// The form of a contact, new or there.
import { CreateContactDocument, UpdateContactDocument } from 'ficha-client';
import type { Profile } from '../client/DetailTab';
import { FormDialog } from '../form/FormDialog';
import type { Field } from '../form/fields';
import { useWords } from '../words';

export type Contact = Profile['contacts'][number];

export function ContactForm({ clientId, contact, onClose }: { clientId: string; contact?: Contact | undefined; onClose: () => void }) {
  const words = useWords();
  const fields: Field[] = [
    { name: 'name', label: words.name, required: true },
    { name: 'jobTitle', label: words.jobTitle },
    { name: 'email', label: words.email, kind: 'email' },
    { name: 'phone', label: words.phone, kind: 'tel' },
    { name: 'phoneExtension', label: words.phoneExtension },
    { name: 'isPrimary', label: words.primary, kind: 'switch', wide: true },
    { name: 'receivesReminders', label: words.receivesReminders, kind: 'switch', wide: true },
  ];
  return contact ? (
    <FormDialog title={words.editContact} document={UpdateContactDocument} fields={fields} values={{ ...contact }} version={contact.version} fixed={{ id: contact.id }} onClose={onClose} />
  ) : (
    <FormDialog title={words.newContact} document={CreateContactDocument} fields={fields} values={{}} fixed={{ clientId }} onClose={onClose} />
  );
}
