// The form of a deal, new or there.
import { useCompanyChoices, useCatalogs } from '../api/choices';
import { useLabels } from '../api/labels';
import { CreateDealDocument, UpdateDealDocument, type ClientDealsQuery } from 'ficha-client';
import { FormDialog } from '../form/FormDialog';
import type { Field } from '../form/fields';
import { useWords } from '../words';

export type Deal = NonNullable<NonNullable<ClientDealsQuery['client']>['deals']>['nodes'][number];

export default function DealForm({ clientId, deal, onClose }: { clientId: string; deal?: Deal | undefined; onClose: () => void }) {
  const words = useWords();
  const { people, stages, currency } = useCompanyChoices();
  const { currencies } = useCatalogs();
  const priorities = useLabels('FollowUpPriority');
  const fields: Field[] = [
    { name: 'title', label: words.title, required: true, wide: true },
    { name: 'estimatedValue', label: words.estimatedValue, kind: 'decimal' },
    { name: 'currency', label: words.currency, kind: 'choice', choices: currencies },
    { name: 'stageId', label: words.stage, kind: 'choice', choices: stages },
    { name: 'priority', label: words.priority, kind: 'choice', choices: priorities },
    { name: 'assigneeId', label: words.assignee, kind: 'choice', choices: people, empty: words.nobody },
    { name: 'expectedCloseOn', label: words.expectedClose, kind: 'date' },
    { name: 'description', label: words.description, kind: 'multiline' },
  ];
  if (!currency) return null; // what the form begins with
  return deal ? (
    <FormDialog
      title={words.editDeal}
      document={UpdateDealDocument}
      fields={fields}
      values={{ ...deal, stageId: deal.stage.id, assigneeId: deal.assignee?.id ?? null }}
      version={deal.version}
      fixed={{ id: deal.id }}
      onClose={onClose}
    />
  ) : (
    <FormDialog title={words.newDeal} document={CreateDealDocument} fields={fields} values={{ currency, priority: 'MEDIUM', stageId: stages[0]?.value }} fixed={{ clientId }} onClose={onClose} />
  );
}
