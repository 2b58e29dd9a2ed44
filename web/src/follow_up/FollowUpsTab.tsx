// The follow-ups tab (seguimientos): searched, filtered and ordered; a click opens one.
import { useState } from 'react';
import { ClientFollowUpsDocument, CompleteFollowUpDocument, type ClientFollowUpsQuery, type FollowUpFilter, type FollowUpOrderField, type FollowUpPriority, type FollowUpState } from 'ficha-client';
import { useCompanyChoices, useViewer, useZone } from '../api/choices';
import { useLabels } from '../api/labels';
import { useRecords } from '../api/records';
import { to, useRoutes } from '../app/routes';
import { AddButton } from '../client/ActionPanel';
import type { Shown } from '../client/ClientPage';
import { useAct } from '../form/act';
import { dayAfter, fromLocal } from '../form/values';
import { IconButton } from '../ui/buttons';
import { Badge, Card, type Tone } from '../ui/card';
import { IconCheck } from '../ui/icons';
import { Days, Picker, Search, type Span } from '../ui/inputs';
import { More } from '../ui/more';
import { usePages } from '../ui/pages';
import { PersonName } from '../ui/person';
import { Empty, Failure, Loading } from '../ui/states';
import { Table, type Column, type Sorted } from '../ui/table';
import { useWords } from '../words';
import { FollowUpDialog } from './FollowUpDialog';
import FollowUpForm from './FollowUpForm';

type Row = NonNullable<NonNullable<ClientFollowUpsQuery['client']>['followUps']>['nodes'][number];

export const STATE_TONES: Record<FollowUpState, Tone> = { PENDING: 'neutral', IN_PROGRESS: 'accent', DONE: 'good', CANCELLED: 'neutral' };
export const PRIORITY_TONES: Record<FollowUpPriority, Tone> = { LOW: 'neutral', MEDIUM: 'neutral', HIGH: 'warning', URGENT: 'bad' };
const ALL = 'all';

export default function FollowUpsTab({ client }: { client: Shown }) {
  const words = useWords();
  const { place, go } = useRoutes();
  const [chosen, choose] = useState({ search: '', state: ALL, priority: ALL, assignee: ALL, from: '', until: '' });
  const [sorted, sort] = useState<Sorted>({ field: 'STARTS_AT', descending: true });
  const [adding, add] = useState(false);
  const zone = useZone();
  const [page, more] = usePages(JSON.stringify([chosen, sorted]));
  const { data, error, loading, reload } = useRecords(
    ClientFollowUpsDocument,
    {
      id: client.id,
      search: chosen.search || null,
      filter: filterOf(chosen, zone),
      orderBy: [{ field: sorted.field as FollowUpOrderField, direction: sorted.descending ? 'DESC' : 'ASC' }],
      ...page,
    },
    { keep: true },
  );
  const followUps = data?.client?.followUps;
  const opened = place.search.get('follow-up');
  const here = to.client(client.id, 'follow-ups');
  const may = client.actions.some(({ action, allowed }) => action === 'SCHEDULE_FOLLOW_UP' && allowed);
  const columns = useColumns((id) => go(`${here}?follow-up=${id}`), may);
  return (
    <Card title={words.followUpsTab} tools={<AddButton client={client} action="SCHEDULE_FOLLOW_UP" onPress={() => add(true)} />}>
      <Bar chosen={chosen} choose={choose} />
      {!followUps && (loading ? <Loading /> : <Failure error={error} onRetry={reload} />)}
      {followUps && (
        <div className={loading ? 'stale' : ''}>
          <p className="count" role="status">
            {words.results(followUps.totalCount)}
          </p>
          {followUps.nodes.length ? (
            <Table label={words.followUpsTab} rows={followUps.nodes} id={({ id }) => id} columns={columns} sorted={sorted} onSort={sort} />
          ) : (
            <Empty>{words.noFollowUps}</Empty>
          )}
          <More page={followUps.pageInfo} onMore={more} />
        </div>
      )}
      {opened && <FollowUpDialog id={opened} clientId={client.id} onClose={() => go(here, { replace: true })} />}
      {adding && <FollowUpForm clientId={client.id} onClose={() => add(false)} />}
    </Card>
  );
}

interface Chosen extends Span {
  readonly search: string;
  readonly state: string;
  readonly priority: string;
  readonly assignee: string;
}

function filterOf({ state, priority, assignee, from, until }: Chosen, zone: string): FollowUpFilter | null {
  const filter: FollowUpFilter = {
    ...(state === ALL ? {} : { state: { eq: state as FollowUpState } }),
    ...(priority === ALL ? {} : { priority: { eq: priority as FollowUpPriority } }),
    ...(assignee === ALL ? {} : { assignee: { id: { eq: assignee } } }),
    ...(from || until ? { startsAt: { ...(from ? { gte: fromLocal(`${from}T00:00`, zone) } : {}), ...(until ? { lt: fromLocal(`${dayAfter(until)}T00:00`, zone) } : {}) } } : {}),
  };
  return Object.keys(filter).length ? filter : null;
}

function Bar({ chosen, choose }: { chosen: Chosen; choose: (chosen: Chosen) => void }) {
  const words = useWords();
  const { people } = useCompanyChoices();
  return (
    <div className="filters" role="search">
      <Search label={words.followUpsSearch} value={chosen.search} onSearch={(search) => choose({ ...chosen, search })} />
      <Picker label={words.state} hideLabel choices={[{ value: ALL, label: words.anyState }, ...useLabels('FollowUpState')]} value={chosen.state} onChange={(state) => choose({ ...chosen, state })} />
      <Picker label={words.priority} hideLabel choices={[{ value: ALL, label: words.anyPriority }, ...useLabels('FollowUpPriority')]} value={chosen.priority} onChange={(priority) => choose({ ...chosen, priority })} />
      <Picker label={words.assignee} hideLabel choices={[{ value: ALL, label: words.ownerAny }, ...people]} value={chosen.assignee} onChange={(assignee) => choose({ ...chosen, assignee })} />
      <Days span={chosen} onChange={(span) => choose({ ...chosen, ...span })} />
    </div>
  );
}

function useColumns(open: (id: string) => void, may: boolean): readonly Column<Row>[] {
  const words = useWords();
  const act = useAct();
  const seesDeals = useViewer()?.permissions.includes('deals:read');
  const done = useLabels('FollowUpState').find(({ value }) => value === 'DONE')?.label;
  // Shown as done at once; what is refused is open again.
  const [doing, setDoing] = useState<ReadonlySet<string>>(new Set());
  const complete = async (id: string) => {
    setDoing((all) => new Set(all).add(id));
    await act(CompleteFollowUpDocument, { id }, { quiet: true });
    setDoing((all) => new Set([...all].filter((each) => each !== id)));
  };
  return [
    {
      key: 'name',
      title: words.followUp,
      sorts: 'NAME',
      heads: true,
      cell: (row) => (
        <>
          <button type="button" className="link strong" onClick={() => open(row.id)}>
            {row.name}
          </button>
          <span className="under">
            {row.key} · {row.typeLabel}
          </span>
        </>
      ),
    },
    { key: 'deal', title: words.relatedDeal, ...(seesDeals && { sorts: 'DEAL' }), cell: (row) => row.deal?.title ?? null },
    {
      key: 'starts',
      title: words.starts,
      sorts: 'STARTS_AT',
      cell: (row) => (
        <>
          {row.startsAtLabel} {row.isOverdue && <Badge tone="bad">{words.overdueMark}</Badge>}
        </>
      ),
    },
    { key: 'ends', title: words.ends, sorts: 'ENDS_AT', cell: (row) => row.endsAtLabel },
    { key: 'priority', title: words.priority, sorts: 'PRIORITY', cell: (row) => <Badge tone={PRIORITY_TONES[row.priority]}>{row.priorityLabel}</Badge> },
    { key: 'assignee', title: words.assignee, sorts: 'ASSIGNEE', cell: (row) => row.assignee && <PersonName person={row.assignee} /> },
    { key: 'state', title: words.state, sorts: 'STATE', cell: (row) => (doing.has(row.id) ? <Badge tone="good">{done}</Badge> : <Badge tone={STATE_TONES[row.state]}>{row.stateLabel}</Badge>) },
    {
      key: 'actions',
      title: '',
      cell: (row) =>
        may && (row.state === 'PENDING' || row.state === 'IN_PROGRESS') && !doing.has(row.id) ? (
          <IconButton icon={<IconCheck />} label={words.complete(row.name)} onPress={() => void complete(row.id)} />
        ) : null,
    },
  ];
}
