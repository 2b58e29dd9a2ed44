// The company: its data, its days off, and the lists that its people choose from.
import { useState } from 'react';
import { useCatalogs } from '../api/choices';
import { CompanySettingsDocument, CreateFunnelStageDocument, CreateHolidayDocument, CreateLossReasonDocument, CreateProspectStateDocument, DeleteFunnelStageDocument, DeleteHolidayDocument, DeleteLossReasonDocument, DeleteProspectStateDocument, SetCompanyLogoDocument, SetDefaultRemindersDocument, UpdateCompanyDocument, UpdateFunnelStageDocument, UpdateLossReasonDocument, UpdateProspectStateDocument, type CompanySettingsQuery } from 'ficha-client';
import { useRecords } from '../api/records';
import { useAct, useConfirm } from '../form/act';
import { FormDialog } from '../form/FormDialog';
import type { Field } from '../form/fields';
import { ruleOf, rulesField } from '../payment_reminders/Rules';
import { useSettingsWords } from '../settings/words';
import { Button } from '../ui/buttons';
import { Card, Value, Values } from '../ui/card';
import { FileButton } from '../ui/drop';
import { base64, PICTURES } from '../ui/files';
import { Empty, Failure, Forbidden, Loading } from '../ui/states';
import { useWords } from '../words';
import { Choices } from './Choices';

type Company = CompanySettingsQuery['viewer']['company'];

const NONE = {};

export default function CompanySettings() {
  const own = useSettingsWords();
  const { data, error, loading, reload } = useRecords(CompanySettingsDocument, {});
  const company = data?.viewer.company;
  if (!company) return loading ? <Loading /> : <Failure error={error} onRetry={reload} />;
  return (
    <div className="stack">
      <Identity company={company} />
      <Logo company={company} />
      <Choices title={own.stages} items={company.funnelStages} ordered create={CreateFunnelStageDocument} update={UpdateFunnelStageDocument} remove={DeleteFunnelStageDocument} />
      <Choices title={own.prospectStates} items={company.prospectStates} ordered create={CreateProspectStateDocument} update={UpdateProspectStateDocument} remove={DeleteProspectStateDocument} />
      <Choices title={own.lossReasons} items={company.lossReasons} create={CreateLossReasonDocument} update={UpdateLossReasonDocument} remove={DeleteLossReasonDocument} />
      <DefaultReminders company={company} />
      <Holidays company={company} />
    </div>
  );
}

function Identity({ company }: { company: Company }) {
  const words = useWords();
  const own = useSettingsWords();
  const [editing, edit] = useState(false);
  return (
    <Card
      title={company.name}
      tools={
        <Button kind="quiet" onPress={() => edit(true)}>
          {words.edit}
        </Button>
      }
    >
      <Values>
        <Value name={words.rfc}>
          <code>{company.rfc}</code>
        </Value>
        <Value name={words.taxRegime}>{company.taxRegime && `${company.taxRegime.code} · ${company.taxRegime.name}`}</Value>
        <Value name={own.placeOfIssue}>{company.postalCode}</Value>
        <Value name={words.currency}>{company.currency}</Value>
        <Value name={own.timeZone}>{company.timeZone}</Value>
        <Value name={own.workingWeekdays}>{company.workingWeekdays.map((day) => own.weekdays[day - 1]).join(', ')}</Value>
        <Value name={own.officialHolidays}>{company.keepsOfficialHolidays ? words.yes : words.no}</Value>
      </Values>
      {editing && <Edit company={company} onClose={() => edit(false)} />}
    </Card>
  );
}

const ZONES = Intl.supportedValuesOf('timeZone')
  .filter((zone) => zone.startsWith('America/'))
  .map((value) => ({ value, label: value }));

function Edit({ company, onClose }: { company: Company; onClose: () => void }) {
  const words = useWords();
  const own = useSettingsWords();
  const { taxRegimes, currencies } = useCatalogs();
  const weekdays = own.weekdays.map((label, place) => ({ value: String(place + 1), label }));
  const fields: Field[] = [
    { name: 'name', label: own.companyName, required: true, wide: true },
    { name: 'rfc', label: words.rfc, required: true, send: (value) => String(value).trim().toUpperCase() },
    { name: 'postalCode', label: own.placeOfIssue, required: true },
    { name: 'taxRegime', label: words.taxRegime, kind: 'choice', choices: taxRegimes, wide: true },
    { name: 'currency', label: words.currency, kind: 'choice', choices: currencies },
    { name: 'timeZone', label: own.timeZone, kind: 'choice', choices: ZONES },
    { name: 'workingWeekdays', label: own.workingWeekdays, kind: 'several', choices: weekdays, wide: true, send: (value) => (value as string[]).map(Number).sort() },
    { name: 'keepsOfficialHolidays', label: own.officialHolidays, kind: 'switch', wide: true },
  ];
  const values = { ...company, taxRegime: company.taxRegime?.code ?? null, workingWeekdays: company.workingWeekdays.map(String) };
  return <FormDialog title={own.editCompany} document={UpdateCompanyDocument} fields={fields} values={values} version={company.version} fixed={NONE} onClose={onClose} />;
}

/** The picture that statements of account bear. */
function Logo({ company }: { company: Company }) {
  const own = useSettingsWords();
  const words = useWords();
  const act = useAct();
  const put = async (file: File | undefined) => {
    if (file) await act(SetCompanyLogoDocument, { image: await base64(file), expectedVersion: company.version });
  };
  return (
    <Card
      title={own.logo}
      tools={
        <>
          {company.logoUrl && (
            <Button kind="quiet" label={own.removeLogo} onPress={() => void act(SetCompanyLogoDocument, { image: null, expectedVersion: company.version })}>
              {words.remove}
            </Button>
          )}
          <FileButton kind="quiet" types={PICTURES} onFiles={([file]) => void put(file)}>
            {own.chooseLogo}
          </FileButton>
        </>
      }
    >
      {company.logoUrl ? <img className="logo" src={company.logoUrl} alt={own.logo} /> : <Empty>{own.noLogo}</Empty>}
      <p className="under">{own.logoHelp}</p>
    </Card>
  );
}

/** What a client's reminders begin with. */
function DefaultReminders({ company }: { company: Company }) {
  const words = useWords();
  const own = useSettingsWords();
  const [editing, edit] = useState(false);
  const rules = company.defaultReminders;
  if (!rules) return <Forbidden title={own.defaultReminders} />;
  return (
    <Card
      title={own.defaultReminders}
      tools={
        <Button kind="quiet" label={own.editDefaultReminders} onPress={() => edit(true)}>
          {words.edit}
        </Button>
      }
    >
      {!rules.length && <Empty>{own.noDefaultReminders}</Empty>}
      <ul className="lines">
        {rules.map((rule) => (
          <li key={rule.id}>{rule.summary}</li>
        ))}
      </ul>
      {editing && (
        <FormDialog
          title={own.editDefaultReminders}
          document={SetDefaultRemindersDocument}
          fields={[rulesField(words.rules)]}
          values={{ rules: rules.map(ruleOf) }}
          version={company.version}
          fixed={NONE}
          onClose={() => edit(false)}
        />
      )}
    </Card>
  );
}

function Holidays({ company }: { company: Company }) {
  const words = useWords();
  const own = useSettingsWords();
  const act = useAct();
  const confirm = useConfirm();
  const [adding, add] = useState(false);
  const remove = async (id: string, name: string) => {
    if (await confirm({ title: words.remove, text: name })) await act(DeleteHolidayDocument, { id });
  };
  return (
    <Card
      title={own.holidays}
      tools={
        <Button kind="quiet" onPress={() => add(true)}>
          {own.newHoliday}
        </Button>
      }
    >
      {!company.holidays.length && <Empty>{own.noHolidays}</Empty>}
      <ul className="settings-list">
        {company.holidays.map(({ id, dayLabel, name }) => (
          <li key={id}>
            <span className="grow">
              {name} <span className="muted">{dayLabel}</span>
            </span>
            <Button kind="quiet" label={`${words.remove}: ${name}`} onPress={() => void remove(id, name)}>
              {words.remove}
            </Button>
          </li>
        ))}
      </ul>
      {adding && (
        <FormDialog
          title={own.newHoliday}
          document={CreateHolidayDocument}
          fields={[
            { name: 'day', label: own.day, kind: 'date', required: true },
            { name: 'name', label: words.name, required: true },
          ]}
          values={NONE}
          fixed={NONE}
          onClose={() => add(false)}
        />
      )}
    </Card>
  );
}
