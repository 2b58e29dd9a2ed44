// The client's deals (tratos) with their estimated value, stage and state.
import { lazy, Suspense, useState } from 'react';
import { ClientDealsDocument, CloseDealDocument, DeleteDealDocument, LoseDealDocument, ReopenDealDocument, WinDealDocument } from 'ficha-client';
import { useCompanyChoices, useZone } from '../api/choices';
import { useRecords } from '../api/records';
import { Link, to } from '../app/routes';
import { AddButton } from '../client/ActionPanel';
import type { Shown } from '../client/ClientPage';
import { ActionMenu } from '../form/ActionMenu';
import { FormDialog } from '../form/FormDialog';
import { useAct, useConfirm } from '../form/act';
import { today } from '../form/values';
import { Badge, Card, type Tone } from '../ui/card';
import { More } from '../ui/more';
import { usePages } from '../ui/pages';
import { PersonName } from '../ui/person';
import { Empty, Failure, Loading } from '../ui/states';
import { Table, type Column } from '../ui/table';
import { useWords } from '../words';
import type { Deal } from './DealForm';
import { Funnel } from './Funnel';

const DealForm = lazy(() => import('./DealForm'));

const TONES: Record<Deal['state'], Tone> = { OPEN: 'accent', WON: 'good', LOST: 'bad', CLOSED: 'neutral' };

export function Deals({ client }: { client: Shown }) {
  const words = useWords();
  const [page, more] = usePages(client.id);
  const { data, error, loading, reload } = useRecords(ClientDealsDocument, { id: client.id, ...page }, { keep: true });
  const [opened, open] = useState<{ action: string; id: string }>();
  const deals = data?.client?.deals;
  const columns = useColumns((action, { id }) => open({ action, id }));
  const deal = deals?.nodes.find(({ id }) => id === opened?.id);
  const close = () => open(undefined);
  return (
    <Card
      title={words.deals}
      tools={
        <>
          <Link target={to.deals(client.id)}>{words.seeOnBoard}</Link>
          <AddButton client={client} action="CREATE_DEAL" onPress={() => open({ action: 'NEW', id: '' })} />
        </>
      }
    >
      <Funnel filter={{ client: { id: { eq: client.id } } }} />
      {!deals && (loading ? <Loading /> : <Failure error={error} onRetry={reload} />)}
      {deals && (deals.nodes.length ? <Table label={words.deals} rows={deals.nodes} id={({ id }) => id} columns={columns} /> : <Empty>{words.noDeals}</Empty>)}
      {deals && <More page={deals.pageInfo} onMore={more} />}
      <Suspense>
        {opened?.action === 'NEW' && <DealForm clientId={client.id} onClose={close} />}
        {opened?.action === 'EDIT' && deal && <DealForm clientId={client.id} deal={deal} onClose={close} />}
        {deal && <Finish action={opened?.action} deal={deal} onClose={close} />}
      </Suspense>
    </Card>
  );
}

function useColumns(open: (action: string, deal: Deal) => void): readonly Column<Deal>[] {
  const words = useWords();
  const act = useAct();
  const confirm = useConfirm();
  const remove = async ({ id, title, version }: Deal) => {
    if (await confirm({ title: words.delete, text: words.deleteConfirm(title) })) await act(DeleteDealDocument, { id, expectedVersion: version });
  };
  return [
    {
      key: 'title',
      title: words.title,
      heads: true,
      cell: (deal) => (
        <>
          <span className="strong">{deal.title}</span> <Badge tone={TONES[deal.state]}>{deal.stateLabel}</Badge>
          <span className="under">{deal.lossReason?.name ?? deal.description}</span>
        </>
      ),
    },
    {
      key: 'value',
      title: words.estimatedValue,
      figure: true,
      cell: (deal) => (
        <>
          {deal.finalValueLabel ?? deal.estimatedValueLabel} <span className="muted">{deal.currency}</span>
        </>
      ),
    },
    { key: 'stage', title: words.stage, cell: (deal) => deal.stage.name },
    { key: 'close', title: words.expectedClose, cell: (deal) => deal.closedOnLabel ?? deal.expectedCloseOnLabel },
    { key: 'assignee', title: words.assignee, cell: (deal) => deal.assignee && <PersonName person={deal.assignee} /> },
    {
      key: 'actions',
      title: '',
      cell: (deal) => (
        <ActionMenu
          name={deal.title}
          actions={deal.actions}
          handlers={{
            EDIT: () => open('EDIT', deal),
            WIN: () => open('WIN', deal),
            LOSE: () => open('LOSE', deal),
            CLOSE: () => open('CLOSE', deal),
            REOPEN: () => void act(ReopenDealDocument, { id: deal.id, expectedVersion: deal.version }),
            DELETE: () => void remove(deal),
          }}
        />
      ),
    },
  ];
}

/** The forms in which a deal is won, lost or closed. */
function Finish({ action, deal, onClose }: { action: string | undefined; deal: Deal; onClose: () => void }) {
  const words = useWords();
  const zone = useZone();
  const { lossReasons } = useCompanyChoices();
  const label = deal.actions.find((each) => each.action === action)?.actionLabel ?? '';
  const common = { title: label, submit: label, fixed: { id: deal.id, expectedVersion: deal.version }, onClose };
  const closedOn = { name: 'closedOn', label: words.closedOn, kind: 'date', required: true } as const;
  switch (action) {
    case 'WIN':
      return (
        <FormDialog
          {...common}
          document={WinDealDocument}
          fields={[closedOn, { name: 'finalValue', label: words.finalValue, kind: 'decimal', required: true }]}
          values={{ closedOn: today(zone), finalValue: deal.estimatedValue }}
        />
      );
    case 'LOSE':
      return (
        <FormDialog
          {...common}
          document={LoseDealDocument}
          fields={[closedOn, { name: 'lossReasonId', label: words.lossReason, kind: 'choice', choices: lossReasons, required: true }]}
          values={{ closedOn: today(zone) }}
        />
      );
    case 'CLOSE':
      return <FormDialog {...common} document={CloseDealDocument} fields={[closedOn]} values={{ closedOn: today(zone) }} />;
    default:
      return null;
  }
}
