// The audit log (bitácora).
import { useState } from 'react';
import { AuditLogDocument as AuditLogOfCompany, type AuditLogQuery, type FichaAuditEventKind } from 'ficha-client';
import { useLabels } from '../api/labels';
import { useRecords } from '../api/records';
import { useSettingsWords } from '../settings/words';
import { Card } from '../ui/card';
import { Picker } from '../ui/inputs';
import { More } from '../ui/more';
import { usePages } from '../ui/pages';
import { PersonName } from '../ui/person';
import { Empty, Failure, Loading } from '../ui/states';
import { Table, type Column } from '../ui/table';

type Event = NonNullable<AuditLogQuery['auditLog']>['nodes'][number];

export default function AuditLog() {
  const own = useSettingsWords();
  const [kind, choose] = useState('');
  const kinds = useLabels('FichaAuditEventKind');
  const [page, more] = usePages(kind);
  const { data, error, loading, reload } = useRecords(AuditLogOfCompany, { kinds: kind ? [kind as FichaAuditEventKind] : null, ...page }, { keep: true });
  const events = data?.auditLog;
  const columns: readonly Column<Event>[] = [
    { key: 'when', title: own.when, cell: ({ occurredAtLabel }) => occurredAtLabel },
    { key: 'kind', title: own.event, heads: true, cell: (event) => <span className="strong">{event.kindLabel}</span> },
    {
      key: 'who',
      title: own.who,
      cell: ({ actor, apiKey }) => (
        <>
          {actor && <PersonName person={actor} />}
          {apiKey && <span className="under">{apiKey.name}</span>}
        </>
      ),
    },
    { key: 'address', title: own.address, cell: ({ clientAddress }) => clientAddress && <code>{clientAddress}</code> },
    { key: 'details', title: own.details, cell: ({ details }) => <Details text={details} /> },
  ];
  return (
    <Card title={own.audit} tools={<Picker label={own.event} hideLabel choices={[{ value: '', label: own.anyKind }, ...kinds]} value={kind} onChange={choose} />}>
      {!events && (loading ? <Loading /> : <Failure error={error} onRetry={reload} />)}
      {events && (events.nodes.length ? <Table label={own.audit} rows={events.nodes} id={({ id }) => id} columns={columns} /> : <Empty>{own.noAudit}</Empty>)}
      {events && <More page={events.pageInfo} onMore={more} />}
    </Card>
  );
}

/** A JSON object, a line for each of its members. */
function Details({ text }: { text: string }) {
  const entries = Object.entries(JSON.parse(text) as Record<string, unknown>);
  if (!entries.length) return null;
  return (
    <ul className="lines details">
      {entries.map(([name, value]) => (
        <li key={name}>
          <code>{name}</code> {typeof value === 'string' ? value : JSON.stringify(value)}
        </li>
      ))}
    </ul>
  );
}
