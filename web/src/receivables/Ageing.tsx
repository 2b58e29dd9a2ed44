// What is owed by its age (antigüedad de saldos), as a picture and as a table.
import { Bars, type Shade } from '../chart/Bars';
import { Figure } from '../chart/Figure';
import { useWords } from '../words';

/** Amounts of the API, as text, with their labels. */
export interface Ages {
  readonly current: string;
  readonly currentLabel: string;
  readonly upTo30: string;
  readonly upTo30Label: string;
  readonly upTo60: string;
  readonly upTo60Label: string;
  readonly upTo90: string;
  readonly upTo90Label: string;
  readonly over90: string;
  readonly over90Label: string;
}

export function Ageing({ ageing, currency, title }: { ageing: Ages; currency: string; title?: string }) {
  const words = useWords();
  const bars: { name: string; value: string; label: string; shade: Shade }[] = [
    { name: words.ageingCurrent, value: ageing.current, label: ageing.currentLabel, shade: 'accent' },
    { name: words.ageing30, value: ageing.upTo30, label: ageing.upTo30Label, shade: 'age-1' },
    { name: words.ageing60, value: ageing.upTo60, label: ageing.upTo60Label, shade: 'age-2' },
    { name: words.ageing90, value: ageing.upTo90, label: ageing.upTo90Label, shade: 'age-3' },
    { name: words.ageingOver, value: ageing.over90, label: ageing.over90Label, shade: 'age-4' },
  ];
  return (
    <Figure
      title={title ?? words.ageing}
      rows={bars}
      id={({ name }) => name}
      columns={[
        { key: 'age', title: words.age, heads: true, cell: ({ name }) => name },
        { key: 'owed', title: `${words.owed} (${currency})`, figure: true, cell: ({ label }) => label },
      ]}
    >
      <Bars bars={bars} />
    </Figure>
  );
}
