// The statement of account (estado de cuenta) of some days: how the balance went, line by line, and its files.
import { useState } from 'react';
import { useZone } from '../api/choices';
import { ClientStatementDocument, type ClientStatementQuery } from 'ficha-client';
import { useRecords } from '../api/records';
import { Figure } from '../chart/Figure';
import { Steps, type Step } from '../chart/Steps';
import type { Part } from '../client/BillingTab';
import { Card, Value, Values } from '../ui/card';
import { IconDownload } from '../ui/icons';
import { Days, Picker, type Span } from '../ui/inputs';
import { Empty, Failure, Loading } from '../ui/states';
import type { Column } from '../ui/table';
import { StatementLinks } from './StatementLinks';
import { useWords, type Words } from '../words';

type Statement = NonNullable<NonNullable<ClientStatementQuery['client']>['statement']>;
type Owed = NonNullable<ClientStatementQuery['client']>['receivablesAsOf'];
type Line = Statement['lines']['nodes'][number];

const PERIODS = [3, 6, 12, 24] as const;
/** The choice of days of one's own. */
const OWN = 'own';

/** The lines that one picture can show: as many as the API answers at once. */
const MOST = 100;

/** The days that end today, on the clocks of the company. */
function lastMonths(months: number, zone: string): Span {
  const until = new Date().toLocaleDateString('en-CA', { timeZone: zone });
  const from = new Date(`${until}T12:00:00Z`);
  from.setUTCMonth(from.getUTCMonth() - months);
  return { from: from.toISOString().slice(0, 10), until };
}

export function StatementCard({ client, billing }: Part) {
  const words = useWords();
  const zone = useZone();
  const [months, setMonths] = useState('12');
  const [own, setOwn] = useState<Span>();
  const [chosen, choose] = useState('');
  const currency = chosen || billing.receivables?.currency || null;
  const { from, until: to } = own ?? lastMonths(Number(months), zone);
  const variables = { id: client.id, from, to, currency, first: MOST };
  const { data, error, loading, reload } = useRecords(ClientStatementDocument, variables, { pause: !billing.receivables || !from || !to, keep: true });
  if (!billing.receivables) return null;
  const statement = data?.client?.statement;
  const currencies = billing.receivables.currencies.map((each) => ({ value: each.currency, label: each.currency }));
  return (
    <Card
      title={words.statement}
      tools={
        <>
          {currencies.length > 1 && <Picker label={words.currency} hideLabel choices={currencies} value={currency ?? ''} onChange={choose} />}
          <Picker
            label={words.period}
            hideLabel
            choices={[...PERIODS.map((each) => ({ value: String(each), label: words.lastMonths(each) })), { value: OWN, label: words.otherPeriod }]}
            value={own ? OWN : months}
            onChange={(value) => {
              if (value !== OWN) setMonths(value);
              setOwn(value === OWN ? { from, until: to } : undefined);
            }}
          />
        </>
      }
    >
      {own && (
        <div className="filters">
          <Days span={own} onChange={setOwn} />
        </div>
      )}
      {statement ? <Shown statement={statement} owed={data.client?.receivablesAsOf} /> : loading ? <Loading /> : <Failure error={error} onRetry={reload} />}
      {client.viewerCanUpdateBilling && <StatementLinks clientId={client.id} links={data?.client?.statementLinks?.nodes ?? []} shown={variables} />}
    </Card>
  );
}

function Shown({ statement, owed }: { statement: Statement; owed: Owed | null | undefined }) {
  const words = useWords();
  const { lines, currency } = statement;
  return (
    <>
      <Values>
        <Value name={words.openingBalance}>
          {statement.openingBalanceLabel} <span className="muted">{currency}</span>
        </Value>
        <Value name={words.closingBalance}>
          <span className="strong">{statement.closingBalanceLabel}</span> <span className="muted">{currency}</span>
        </Value>
        {owed && (
          <Value name={words.owedOn(owed.dayLabel)}>
            {owed.balanceLabel} {Number(owed.overdueBalance) > 0 && <span className="bad-text">{words.ofWhichOverdue(owed.overdueBalanceLabel)}</span>}
          </Value>
        )}
        <Value name={words.statementFiles}>
          <span className="row">
            <a href={statement.pdf.url} download>
              <IconDownload /> PDF
            </a>
            <a href={statement.xlsx.url} download>
              <IconDownload /> Excel
            </a>
          </span>
        </Value>
      </Values>
      {lines.nodes.length ? (
        <Figure title={words.balanceOverTime} rows={lines.nodes} id={keyOf} columns={columnsOf(words, currency)}>
          <Steps steps={stepsOf(statement, words)} currency={currency} />
        </Figure>
      ) : (
        <Empty>{words.noLines}</Empty>
      )}
      {lines.pageInfo.hasNextPage && <p className="under">{words.linesUntil(lines.nodes.at(-1)?.dayLabel ?? '')}</p>}
    </>
  );
}

/** The balance before the first day, after each line, and on the last day once all lines are there. */
function stepsOf(statement: Statement, words: Words): readonly Step[] {
  const steps = [
    { day: statement.from, dayLabel: statement.fromLabel, value: statement.openingBalance, label: statement.openingBalanceLabel, text: words.openingBalance },
    ...statement.lines.nodes.map(({ day, dayLabel, balance, balanceLabel, text }) => ({ day, dayLabel, value: balance, label: balanceLabel, text })),
  ];
  if (statement.lines.pageInfo.hasNextPage) return steps;
  const { to, toLabel, closingBalance, closingBalanceLabel } = statement;
  return [...steps, { day: to, dayLabel: toLabel, value: closingBalance, label: closingBalanceLabel, text: words.closingBalance }];
}

const keyOf = ({ day, text, charge, credit, balance }: Line) => [day, text, charge, credit, balance].join('|');

const columnsOf = (words: Words, currency: string): readonly Column<Line>[] => [
  { key: 'day', title: words.date, cell: ({ dayLabel }) => dayLabel },
  { key: 'text', title: words.line, heads: true, cell: ({ text }) => text },
  { key: 'charge', title: words.charge, figure: true, cell: ({ chargeLabel }) => chargeLabel },
  { key: 'credit', title: words.credit, figure: true, cell: ({ creditLabel }) => creditLabel },
  { key: 'balance', title: `${words.balance} (${currency})`, figure: true, cell: ({ balanceLabel }) => balanceLabel },
];
