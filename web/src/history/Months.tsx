// The history month by month: how many events of which kinds.
import type { HistoryMonthsQuery } from 'ficha-client';
import { Figure } from '../chart/Figure';
import { Stacks } from '../chart/Stacks';
import { useWords } from '../words';

type Month = NonNullable<NonNullable<NonNullable<HistoryMonthsQuery['client']>['historyMonths']>>[number];

/** How many months the picture shows; the table has all. */
const SHOWN = 24;

/** Kinds of one shade: what they are about. */
const FAMILIES: readonly (readonly [pattern: RegExp, shade: string])[] = [
  [/PAYMENT(?!_REMINDERS)|CREDIT/, 'family-3'],
  [/^SALES_DOCUMENT/, 'family-1'],
  [/^DEAL/, 'family-2'],
  [/^PROSPECT|^CLIENT_CREATED/, 'family-5'],
  [/^EXTERNAL/, 'family-4'],
];

const shadeOf = (kind: string) => FAMILIES.find(([pattern]) => pattern.test(kind))?.[1] ?? 'family-6';

/** `months` as the API answers them, the newest first. */
export function Months({ months, chosen, onChoose }: { months: readonly Month[]; chosen: string; onChoose: (month: string) => void }) {
  const words = useWords();
  const stacks = months
    .slice(0, SHOWN)
    .reverse()
    .map(({ month, monthLabel, eventCount, byKind }) => ({
      key: month,
      name: monthLabel,
      total: eventCount,
      label: words.events(eventCount),
      parts: byKind
        .map(({ kind, kindLabel, count }) => ({ name: kindLabel, value: count, shade: shadeOf(kind) }))
        .sort((one, other) => one.shade.localeCompare(other.shade)),
    }));
  return (
    <Figure
      title={words.historyByMonth}
      rows={months}
      id={({ month }) => month}
      columns={[
        { key: 'month', title: words.month, heads: true, cell: ({ monthLabel }) => monthLabel },
        { key: 'kinds', title: words.eventKind, cell: ({ byKind }) => byKind.map(({ kindLabel, count }) => `${kindLabel}: ${count}`).join(' · ') },
        { key: 'count', title: words.eventCount, figure: true, cell: ({ eventCount }) => eventCount },
      ]}
    >
      <Stacks stacks={stacks} chosen={chosen} onChoose={onChoose} />
    </Figure>
  );
}
