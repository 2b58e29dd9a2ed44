// The forms in which a collaborator is invited, edited and suspended.
import { useCompanyChoices } from '../api/choices';
import { useLabels } from '../api/labels';
import { InviteCollaboratorDocument, SuspendCollaboratorDocument, UpdateCollaboratorDocument } from 'ficha-client';
import { FormDialog } from '../form/FormDialog';
import type { Field } from '../form/fields';
import { useSettingsWords } from '../settings/words';
import { useWords } from '../words';
import type { Collaborator, Invited } from './Collaborators';

const NONE = {};

function useFields(): readonly Field[] {
  const words = useWords();
  const own = useSettingsWords();
  const roles = useLabels('FichaRole');
  const locales = useLabels('FichaLocale');
  return [
    { name: 'name', label: words.name, required: true },
    { name: 'email', label: words.email, kind: 'email', required: true },
    { name: 'role', label: own.role, kind: 'choice', choices: roles, required: true },
    { name: 'jobTitle', label: words.jobTitle },
    { name: 'locale', label: own.locale, kind: 'choice', choices: locales },
  ];
}

export function Invite({ onClose, onInvited }: { onClose: () => void; onInvited: (invited: Invited) => void }) {
  const own = useSettingsWords();
  const fields: Field[] = [...useFields(), { name: 'days', label: own.daysOfInvitation, kind: 'number' }];
  return (
    <FormDialog
      title={own.invite}
      document={InviteCollaboratorDocument}
      fields={fields}
      values={{ role: 'SALES', locale: 'ES_MX', days: '7' }}
      fixed={NONE}
      submit={own.invite}
      onClose={onClose}
      onDone={({ inviteCollaborator: { invitation, link, secret } }) => onInvited({ name: invitation?.collaborator?.name ?? '', link: link ?? secret ?? '' })}
    />
  );
}

export function EditCollaborator({ collaborator, onClose }: { collaborator: Collaborator; onClose: () => void }) {
  const own = useSettingsWords();
  return (
    <FormDialog
      title={own.editCollaborator}
      document={UpdateCollaboratorDocument}
      fields={useFields()}
      values={{ ...collaborator }}
      version={collaborator.version}
      fixed={{ id: collaborator.id }}
      onClose={onClose}
    />
  );
}

export function Suspend({ collaborator, onClose }: { collaborator: Collaborator; onClose: () => void }) {
  const words = useWords();
  const own = useSettingsWords();
  const { people } = useCompanyChoices();
  const others = people.filter(({ value }) => value !== collaborator.id);
  return (
    <FormDialog
      title={own.suspendTitle(collaborator.name)}
      document={SuspendCollaboratorDocument}
      fields={[{ name: 'handOverTo', label: own.handOverTo, kind: 'choice', choices: others, empty: words.nobody, wide: true }]}
      values={NONE}
      fixed={{ id: collaborator.id, expectedVersion: collaborator.version }}
      submit={own.suspend}
      danger
      onClose={onClose}
    />
  );
}
