// The history (historial): of the current month, or of another since the record was created; newest first.
import { useState, type ReactNode } from 'react';
import { ClientHistoryDocument, HistoryMonthsDocument, type ClientHistoryQuery, type HistoryEventKind } from 'ficha-client';
import { useRecords } from '../api/records';
import { Link, to } from '../app/routes';
import { Badge, Card } from '../ui/card';
import { Picker, Search } from '../ui/inputs';
import { More } from '../ui/more';
import { usePages } from '../ui/pages';
import { Avatar } from '../ui/person';
import { Empty, Failure, Loading } from '../ui/states';
import { useWords } from '../words';
import { Months } from './Months';

type Event = NonNullable<NonNullable<ClientHistoryQuery['client']>['history']>['nodes'][number];

const ALL = 'all';

export function History({ clientId }: { clientId: string }) {
  const words = useWords();
  const [chosen, choose] = useState({ month: '', kind: ALL, search: '' });
  const months = useRecords(HistoryMonthsDocument, { id: clientId }).data?.client?.historyMonths ?? [];
  const month = chosen.month || months.at(0)?.month || 'CURRENT';
  const [page, more] = usePages(JSON.stringify(chosen));
  const { data, error, loading, reload } = useRecords(
    ClientHistoryDocument,
    {
      id: clientId,
      month: month === ALL ? null : month,
      kinds: chosen.kind === ALL ? null : [chosen.kind as HistoryEventKind],
      search: chosen.search || null,
      ...page,
    },
    { keep: true },
  );
  const history = data?.client?.history;
  const kinds = (months.find((each) => each.month === month)?.byKind ?? []).map(({ kind, kindLabel, count }) => ({ value: kind, label: `${kindLabel} · ${count}` }));
  return (
    <Card
      title={words.history}
      tools={
        <Picker
          label={words.month}
          hideLabel
          choices={[...months.map((each) => ({ value: each.month, label: each.monthLabel, hint: words.events(each.eventCount) })), { value: ALL, label: words.allMonths }]}
          value={month}
          onChange={(next) => choose({ ...chosen, month: next, kind: ALL })}
        />
      }
    >
      {months.length > 1 && <Months months={months} chosen={month} onChoose={(next) => choose({ ...chosen, month: next, kind: ALL })} />}
      <div className="filters">
        <Search label={words.search} value={chosen.search} onSearch={(search) => choose({ ...chosen, search })} />
        {kinds.length > 1 && <Picker label={words.eventKind} hideLabel choices={[{ value: ALL, label: words.eventKind }, ...kinds]} value={chosen.kind} onChange={(kind) => choose({ ...chosen, kind })} />}
      </div>
      {!history && (loading ? <Loading /> : <Failure error={error} onRetry={reload} />)}
      {history && (
        <>
          <p className="count" role="status">
            {words.events(history.totalCount)}
            {history.hiddenCount > 0 && ` · ${words.hiddenEvents(history.hiddenCount)}`}
          </p>
          {history.nodes.length ? (
            <ol className="events">
              {history.nodes.map((event) => (
                <Line key={event.id} event={event} />
              ))}
            </ol>
          ) : (
            <Empty>{words.noEvents}</Empty>
          )}
          <More page={history.pageInfo} onMore={more} />
        </>
      )}
    </Card>
  );
}

function Line({ event }: { event: Event }) {
  const words = useWords();
  return (
    <li>
      <span className={`dot ${tone(event.kind)}`} aria-hidden="true" />
      <div>
        <p>
          <Sentence event={event} /> {event.asProspect && <Badge tone="accent">{words.asProspect}</Badge>}
        </p>
        {'changes' in event && <Changes changes={event.changes} />}
        {'body' in event && event.body && <p className="note">{event.body}</p>}
        <p className="under when">
          {event.actor && <Avatar person={event.actor} />}
          {event.actor && `${event.actor.name} · `}
          <time dateTime={event.occurredAt}>{event.occurredAtLabel}</time>
        </p>
      </div>
    </li>
  );
}

/** What happened, in the API's sentence; the folios in it lead to their documents. */
function Sentence({ event }: { event: Event }) {
  const links = linksOf(event);
  let rest: ReactNode[] = [event.summary];
  for (const { id, folio } of links) {
    rest = rest.flatMap((part) => {
      if (typeof part !== 'string' || !folio || !part.includes(folio)) return [part];
      const [before, ...after] = part.split(folio);
      return [before, <Link key={id} target={to.salesDocument(id)}>{folio}</Link>, after.join(folio)];
    });
  }
  return rest;
}

function linksOf(event: Event): { id: string; folio: string }[] {
  const links: { id: string; folio: string }[] = [];
  if ('originDocument' in event && event.originDocument) links.push({ id: event.originDocument.id, folio: event.fromFolio });
  if ('salesDocument' in event && event.salesDocument) {
    links.push({ id: event.salesDocument.id, folio: 'toFolio' in event ? event.toFolio : 'folio' in event ? (event.folio ?? '') : '' });
  }
  return links;
}

function Changes({ changes }: { changes: readonly { field: string; fieldLabel: string; fromLabel: string | null; toLabel: string | null }[] }) {
  const words = useWords();
  if (!changes.length) return null;
  return (
    <ul className="changes">
      {changes.map(({ field, fieldLabel, fromLabel, toLabel }) => (
        <li key={field}>
          <span className="muted">{fieldLabel}:</span> <del aria-label={words.before}>{fromLabel ?? words.none}</del> <span aria-hidden="true">→</span>{' '}
          <ins aria-label={words.after}>{toLabel ?? words.none}</ins>
        </li>
      ))}
    </ul>
  );
}

const tone = (kind: string): string => {
  if (/WON|PAYMENT|STAMPED|CONVERTED/.test(kind)) return 'good';
  if (/LOST|DELETED|CANCEL|REVERSED/.test(kind)) return 'bad';
  if (/SALES_DOCUMENT|CREDIT/.test(kind)) return 'accent';
  return '';
};
