// The form of a follow-up, new or there. Times are those of the company's clocks.
import { useCompanyChoices, useViewer, useZone } from '../api/choices';
import { useLabels } from '../api/labels';
import { ClientDealsDocument, CreateFollowUpDocument, UpdateFollowUpDocument, type FollowUpDetailQuery } from 'ficha-client';
import { useRecords } from '../api/records';
import { FormDialog } from '../form/FormDialog';
import type { Field } from '../form/fields';
import { fromLocal, toLocal, type Value } from '../form/values';
import { useWords } from '../words';

export type OpenedFollowUp = NonNullable<FollowUpDetailQuery['followUp']>;

export default function FollowUpForm({ clientId, followUp, onClose }: { clientId: string; followUp?: OpenedFollowUp | undefined; onClose: () => void }) {
  const words = useWords();
  const zone = useZone();
  const viewer = useViewer();
  const { people } = useCompanyChoices();
  const deals = useRecords(ClientDealsDocument, { id: clientId, first: 100 }).data?.client?.deals?.nodes ?? [];
  const instant = (value: Value) => fromLocal(String(value ?? ''), zone);
  const fields: Field[] = [
    { name: 'name', label: words.name, required: true, wide: true },
    { name: 'type', label: words.type, kind: 'choice', choices: useLabels('FollowUpType') },
    { name: 'priority', label: words.priority, kind: 'choice', choices: useLabels('FollowUpPriority') },
    { name: 'startsAt', label: words.starts, kind: 'datetime-local', required: true, send: instant },
    { name: 'endsAt', label: words.ends, kind: 'datetime-local', send: instant },
    { name: 'assigneeId', label: words.assignee, kind: 'choice', choices: people, empty: words.nobody },
    { name: 'dealId', label: words.relatedDeal, kind: 'choice', choices: deals.map(({ id, title }) => ({ value: id, label: title })), empty: words.noDeal },
    { name: 'description', label: words.description, kind: 'multiline' },
  ];
  const states = useLabels('FollowUpState').filter(({ value }) => value === 'PENDING' || value === 'IN_PROGRESS' || value === followUp?.state);
  return followUp ? (
    <FormDialog
      title={`${words.editFollowUp} ${followUp.key}`}
      document={UpdateFollowUpDocument}
      fields={[...fields, { name: 'state', label: words.state, kind: 'choice', choices: states }]}
      values={{
        ...followUp,
        startsAt: toLocal(followUp.startsAt, zone),
        endsAt: toLocal(followUp.endsAt, zone),
        assigneeId: followUp.assignee?.id ?? null,
        dealId: followUp.deal?.id ?? null,
      }}
      version={followUp.version}
      fixed={{ id: followUp.id }}
      onClose={onClose}
    />
  ) : (
    viewer && (
      <FormDialog
        title={words.newFollowUp}
        document={CreateFollowUpDocument}
        fields={fields}
        values={{ type: 'CALL', priority: 'MEDIUM', assigneeId: viewer.collaborator.id }}
        fixed={{ clientId }}
        onClose={onClose}
      />
    )
  );
}
