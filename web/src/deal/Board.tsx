// The board (embudo): the open deals of each stage in their order. One drags a deal by its handle, or moves it with the
// arrow keys on the handle. Its new place is shown at once, and the old one again if it could not be saved.
import { DealsBoardDocument, DealsSummaryDocument, FormChoicesDocument, MoveDealDocument, type ClientDealFilter, type DealsBoardQuery } from 'ficha-client';
import { useEffect, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { useViewer } from '../api/choices';
import { useRecords } from '../api/records';
import { Link, to, useRoutes } from '../app/routes';
import { useAct } from '../form/act';
import { Badge } from '../ui/card';
import { Handle } from '../ui/order';
import { More } from '../ui/more';
import { usePages } from '../ui/pages';
import { Avatar } from '../ui/person';
import { Failure, Loading } from '../ui/states';
import { useTitle } from '../ui/title';
import { useWords } from '../words';
import './board.css';

type Deal = NonNullable<DealsBoardQuery['deals']>['nodes'][number];

interface Stage {
  readonly id: string;
  readonly name: string;
  readonly active: boolean;
}

/** Where a deal was put: it is shown there whatever the lists say, which have not been read anew yet. */
interface Moved {
  readonly deal: Deal;
  readonly stage: string;
  readonly place: number;
}

/** How far an arrow key moves a deal: stages, and places within one. */
const KEYS: Readonly<Record<string, readonly [number, number]>> = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

export default function Board() {
  const words = useWords();
  const { place } = useRoutes();
  const { data, error, loading, reload } = useRecords(FormChoicesDocument, {});
  const client = place.search.get('client');
  const filter: ClientDealFilter = { state: { eq: 'OPEN' }, ...(client ? { client: { id: { eq: client } } } : {}) };
  useTitle(words.board);
  const [moved, handle] = useMoves();
  const stages = data?.viewer.company.funnelStages;
  return (
    <div className="page">
      <header className="page-head">
        <h1>{words.board}</h1>
        {client && <Link target={to.deals()}>{words.dealsOfAll}</Link>}
      </header>
      {!stages && (loading ? <Loading /> : <Failure error={error} onRetry={reload} />)}
      <div className="board">{stages?.map((stage) => <Column key={stage.id} stage={stage} filter={filter} moved={moved} handle={handle} />)}</div>
    </div>
  );
}

interface ColumnProps {
  readonly stage: Stage;
  readonly filter: ClientDealFilter;
  readonly moved: Moved | undefined;
  readonly handle: (deal: Deal, name: string) => React.ReactNode;
}

function Column({ stage, filter, moved, handle }: ColumnProps) {
  const words = useWords();
  const [page, more] = usePages(JSON.stringify(filter));
  const { data, error, loading, reload } = useRecords(DealsBoardDocument, { filter: { ...filter, stage: { id: { eq: stage.id } } }, ...page }, { keep: true });
  const sums = useRecords(DealsSummaryDocument, { filter }).data?.dealsSummary?.byStage.find((each) => each.stage.id === stage.id);
  const deals = withMoved(data?.deals?.nodes ?? [], stage.id, moved);
  if (!stage.active && !deals.length) return null;
  return (
    <section className="board-column" aria-label={stage.name} data-stage={stage.id}>
      <header>
        <h2>{stage.name}</h2> <Badge>{sums?.count ?? 0}</Badge>
        {sums?.totals.map(({ currency, estimatedValueLabel }) => (
          <span key={currency} className="under">
            {estimatedValueLabel} {currency}
          </span>
        ))}
      </header>
      {!data?.deals && (loading ? <Loading /> : <Failure error={error} onRetry={reload} />)}
      <ol>
        {deals.map((deal, place) => (
          <li key={deal.id} data-deal={deal.id} className={deal.id === moved?.deal.id ? 'moved' : ''}>
            {handle(deal, words.moveDeal(deal.title, stage.name, place + 1, deals.length))}
            <Shown deal={deal} />
          </li>
        ))}
      </ol>
      {data?.deals && <More page={data.deals.pageInfo} onMore={more} />}
    </section>
  );
}

function Shown({ deal }: { deal: Deal }) {
  return (
    <span className="grow">
      <strong>{deal.title}</strong>
      {deal.client && (
        <span className="under">
          <Link target={to.client(deal.client.id, 'commercial')}>{deal.client.legalName}</Link>
        </span>
      )}
      <span className="row">
        {deal.estimatedValueLabel} {deal.currency}
        {deal.expectedCloseOnLabel && <span className="muted">{deal.expectedCloseOnLabel}</span>}
        {deal.assignee && <Avatar person={deal.assignee} />}
      </span>
    </span>
  );
}

/** A stage's deals, with the one that was moved where it was put. */
function withMoved(deals: readonly Deal[], stage: string, moved: Moved | undefined): readonly Deal[] {
  if (!moved) return deals;
  const rest = deals.filter(({ id }) => id !== moved.deal.id);
  return moved.stage === stage ? [...rest.slice(0, moved.place), moved.deal, ...rest.slice(moved.place)] : rest;
}

/** What was moved last, and the handle by which a deal is moved. */
function useMoves() {
  const act = useAct();
  const writes = useViewer()?.permissions.includes('deals:write');
  const [moved, move] = useState<Moved>();
  const [dragged, drag] = useState(false);
  // In another column the card is another element.
  useEffect(() => {
    if (moved) document.querySelector<HTMLElement>(`[data-deal="${moved.deal.id}"] .handle`)?.focus();
  }, [moved]);
  const save = async ({ deal, stage, place }: Moved) => {
    const others = dealsOf(stage).filter((id) => id !== deal.id);
    const beside = place > 0 ? { after: others[place - 1] } : others.length ? { before: others[0] } : {};
    if (!(await act(MoveDealDocument, { id: deal.id, stageId: stage, ...beside }, { quiet: true }))) move(undefined);
  };
  const press = (event: KeyboardEvent, deal: Deal) => {
    const [aside, down] = KEYS[event.key] ?? [0, 0];
    const now = placeOf(deal.id);
    const stage = stages()[stages().indexOf(now.stage) + aside];
    if (!(aside || down) || !stage) return;
    event.preventDefault();
    const place = aside ? Math.min(now.place, dealsOf(stage).length) : now.place + down;
    if (place < 0 || (down && place >= dealsOf(stage).length)) return;
    const next = { deal, stage, place };
    move(next);
    void save(next);
  };
  const begin = (event: PointerEvent, deal: Deal) => {
    if (event.button) return;
    event.preventDefault(); // no text is selected
    const from = placeOf(deal.id);
    let next: Moved = { deal, ...from };
    const follow = ({ clientX, clientY }: globalThis.PointerEvent) => {
      const over = placeAt(deal.id, clientX, clientY);
      if (over && (over.stage !== next.stage || over.place !== next.place)) move((next = { deal, ...over }));
    };
    const end = ({ type }: Event) => {
      removeEventListener('pointermove', follow);
      removeEventListener('pointerup', end);
      removeEventListener('pointercancel', end);
      drag(false);
      if (type === 'pointercancel') move(undefined);
      else if (next.stage !== from.stage || next.place !== from.place) void save(next);
    };
    addEventListener('pointermove', follow);
    addEventListener('pointerup', end);
    addEventListener('pointercancel', end);
    drag(true);
    move(next);
  };
  const handle = (deal: Deal, name: string) =>
    writes && <Handle name={name} dragged={dragged && moved?.deal.id === deal.id} onKeyDown={(event) => press(event, deal)} onPointerDown={(event) => begin(event, deal)} />;
  return [moved, handle] as const;
}

// What stands where is read off the page: each column shows a list of its own.

const columns = () => [...document.querySelectorAll<HTMLElement>('[data-stage]')];
const stages = () => columns().map(({ dataset }) => dataset['stage'] ?? '');
const cards = (column: Element | null | undefined) => [...(column?.querySelectorAll<HTMLElement>('[data-deal]') ?? [])];
const dealsOf = (stage: string) => cards(document.querySelector(`[data-stage="${stage}"]`)).map(({ dataset }) => dataset['deal'] ?? '');

function placeOf(deal: string): { stage: string; place: number } {
  const stage = document.querySelector(`[data-deal="${deal}"]`)?.closest<HTMLElement>('[data-stage]')?.dataset['stage'] ?? '';
  return { stage, place: dealsOf(stage).indexOf(deal) };
}

/** The place of a point: in the column over or under it, below the cards whose middle is above it. */
function placeAt(deal: string, x: number, y: number): { stage: string; place: number } | undefined {
  const column = columns().find((each) => {
    const { left, right } = each.getBoundingClientRect();
    return left <= x && x <= right;
  });
  if (!column) return undefined;
  const above = cards(column).filter((card) => {
    const { top, height } = card.getBoundingClientRect();
    return card.dataset['deal'] !== deal && top + height / 2 < y;
  });
  return { stage: column.dataset['stage'] ?? '', place: above.length };
}
