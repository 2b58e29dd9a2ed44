// The series of the company's sales documents (series y folios).
import { useState } from 'react';
import { useLabels } from '../api/labels';
import { CompanySettingsDocument, CreateFolioSeriesDocument, UpdateFolioSeriesDocument, type CompanySettingsQuery } from 'ficha-client';
import { useRecords } from '../api/records';
import { FormDialog } from '../form/FormDialog';
import type { Field } from '../form/fields';
import { useSettingsWords } from '../settings/words';
import { Button } from '../ui/buttons';
import { Badge, Card } from '../ui/card';
import { Empty, Failure, Loading } from '../ui/states';
import { Table } from '../ui/table';
import { useWords } from '../words';

type Series = NonNullable<CompanySettingsQuery['viewer']['company']['folioSeries']>[number];

const NONE = {};

export default function FolioSeries() {
  const words = useWords();
  const own = useSettingsWords();
  const [opened, open] = useState<string>();
  const { data, error, loading, reload } = useRecords(CompanySettingsDocument, {});
  const all = data?.viewer.company.folioSeries;
  const edited = all?.find(({ id }) => id === opened);
  return (
    <Card
      title={own.series}
      tools={
        <Button kind="primary" onPress={() => open('new')}>
          {own.newSeries}
        </Button>
      }
    >
      {!data && (loading ? <Loading /> : <Failure error={error} onRetry={reload} />)}
      {data && !all?.length && <Empty>{own.noSeries}</Empty>}
      {all && all.length > 0 && (
        <Table
          label={own.series}
          rows={all}
          id={({ id }) => id}
          columns={[
            { key: 'type', title: words.documentType, heads: true, cell: ({ typeLabel }) => <span className="strong">{typeLabel}</span> },
            { key: 'series', title: words.series, cell: ({ series }) => <code>{series}</code> },
            { key: 'next', title: own.nextNumber, figure: true, cell: ({ nextNumber }) => nextNumber },
            {
              key: 'state',
              title: own.state,
              cell: ({ isDefault, active }) => (isDefault ? <Badge tone="accent">{own.isDefault}</Badge> : active ? null : <Badge>{own.inactive}</Badge>),
            },
            {
              key: 'actions',
              title: '',
              cell: ({ id, series }) => (
                <Button kind="quiet" label={`${words.edit}: ${series}`} onPress={() => open(id)}>
                  {words.edit}
                </Button>
              ),
            },
          ]}
        />
      )}
      {(edited || opened === 'new') && <SeriesForm series={edited} onClose={() => open(undefined)} />}
    </Card>
  );
}

function SeriesForm({ series, onClose }: { series: Series | undefined; onClose: () => void }) {
  const words = useWords();
  const own = useSettingsWords();
  const types = useLabels('SalesDocumentType');
  const common: Field[] = [
    { name: 'nextNumber', label: own.nextNumber, kind: 'number' },
    { name: 'isDefault', label: own.isDefault, kind: 'switch', wide: true },
    { name: 'active', label: own.forNew, kind: 'switch', wide: true },
  ];
  if (series) {
    const values = { ...series, nextNumber: String(series.nextNumber ?? '') };
    return <FormDialog title={own.editSeries} document={UpdateFolioSeriesDocument} fields={common} values={values} version={series.version} fixed={{ id: series.id }} onClose={onClose} />;
  }
  const fields: Field[] = [
    { name: 'type', label: words.documentType, kind: 'choice', choices: types, required: true },
    { name: 'series', label: words.series, required: true, send: (value) => String(value).trim().toUpperCase() },
    ...common,
  ];
  return <FormDialog title={own.newSeries} document={CreateFolioSeriesDocument} fields={fields} values={{ nextNumber: '1', active: true }} fixed={NONE} onClose={onClose} />;
}
