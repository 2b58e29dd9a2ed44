// What forms let one choose from: the company's own lists, and the SAT's catalogs.
import { useMemo } from 'react';
import { CfdiCatalogsDocument, FormChoicesDocument, ViewerDocument } from 'ficha-client';
import { useRecords } from './records';

/** Who is signed in, and their company. */
export const useViewer = () => useRecords(ViewerDocument, {}, { settled: true }).data?.viewer;

/** The time zone on whose clocks the API writes its labels. */
export const useZone = (): string => useViewer()?.company.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;

const named = (rows: readonly { id: string; name: string; active?: boolean }[] = []) =>
  rows.filter(({ active }) => active !== false).map(({ id, name }) => ({ value: id, label: name }));

/** The company's lists. */
export function useCompanyChoices() {
  const company = useRecords(FormChoicesDocument, {}).data?.viewer.company;
  return useMemo(
    () => ({
      currency: company?.currency ?? '',
      people: named(company?.collaborators),
      priceLists: named(company?.priceLists),
      stages: named(company?.funnelStages),
      lossReasons: named(company?.lossReasons),
      prospectStates: named(company?.prospectStates),
      accounts: (company?.bankAccounts ?? []).map(({ id, bankName, description, formattedAccount }) => ({
        value: id,
        label: [bankName, formattedAccount?.text, description].filter(Boolean).join(' · '),
      })),
      series: (company?.folioSeries ?? []).filter(({ active }) => active),
    }),
    [company],
  );
}

const coded = (rows: readonly { code: string; name: string }[] = []) => rows.map(({ code, name }) => ({ value: code, label: `${code} · ${name}` }));

/** The SAT's catalogs; uses and regimes as they fit each other. */
export function useCatalogs({ taxRegime = null }: { taxRegime?: string | null } = {}) {
  const { data } = useRecords(CfdiCatalogsDocument, { postalCode: '00000', taxRegime }, { keep: true, settled: true });
  return useMemo(
    () => ({
      taxRegimes: coded(data?.taxRegimes),
      cfdiUses: coded(data?.cfdiUses),
      paymentForms: coded(data?.paymentForms),
      paymentMethods: coded(data?.paymentMethods),
      currencies: coded(data?.currencies),
      countries: coded(data?.countries),
      states: coded(data?.states),
      banks: coded(data?.banks),
    }),
    [data],
  );
}
