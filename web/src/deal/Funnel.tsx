// Open deals by stage (etapa): how many, and what they are estimated at.
import { DealsSummaryDocument, type ClientDealFilter } from 'ficha-client';
import { useRecords } from '../api/records';
import { Bars } from '../chart/Bars';
import { Figure } from '../chart/Figure';
import { useWords } from '../words';

/** Of the deals that `filter` leaves, the open ones; nothing while there are none. */
export function Funnel({ filter }: { filter: ClientDealFilter }) {
  const words = useWords();
  const { data } = useRecords(DealsSummaryDocument, { filter: { ...filter, state: { eq: 'OPEN' } } });
  const stages = data?.dealsSummary?.byStage ?? [];
  const rows = stages.flatMap(({ stage, totals }) => totals.map((total) => ({ ...total, stage, key: stage.id + total.currency })));
  if (!rows.length) return null;
  return (
    <Figure
      title={words.dealsByStage}
      rows={rows}
      id={({ key }) => key}
      columns={[
        { key: 'stage', title: words.stage, heads: true, cell: ({ stage }) => stage.name },
        { key: 'count', title: words.deals, figure: true, cell: ({ count }) => count },
        { key: 'value', title: words.estimatedValue, figure: true, cell: ({ estimatedValueLabel, currency }) => `${estimatedValueLabel} ${currency}` },
      ]}
    >
      {[...new Set(rows.map(({ currency }) => currency))].map((currency) => (
        <Bars
          key={currency}
          bars={rows
            .filter((row) => row.currency === currency)
            .map(({ stage, count, estimatedValue, estimatedValueLabel }) => ({
              name: stage.name,
              hint: `· ${count}`,
              value: estimatedValue,
              label: `${estimatedValueLabel} ${currency}`,
            }))}
        />
      ))}
    </Figure>
  );
}
