// The taxes that one chooses by name; any others are stated by the price list's items.
import { useMemo } from 'react';
import type { Choice } from '../ui/inputs';
import { useWords } from '../words';

interface Tax {
  readonly tax: string;
  readonly kind: string;
  readonly factor: string;
  readonly rate?: string | null;
}

export interface Taxed {
  readonly taxObject: string;
  readonly taxes: readonly Tax[];
}

const IVA = { tax: '002', kind: 'TRANSFERRED' };

export const TAXES: Readonly<Record<string, Taxed>> = {
  IVA16: { taxObject: '02', taxes: [{ ...IVA, factor: 'RATE', rate: '0.160000' }] },
  IVA8: { taxObject: '02', taxes: [{ ...IVA, factor: 'RATE', rate: '0.080000' }] },
  IVA0: { taxObject: '02', taxes: [{ ...IVA, factor: 'RATE', rate: '0.000000' }] },
  EXEMPT: { taxObject: '02', taxes: [{ ...IVA, factor: 'EXEMPT' }] },
  NONE: { taxObject: '01', taxes: [] },
};

/** What a record states of its taxes, as an input states them. */
export const statedTaxes = ({ taxObject, taxes }: Taxed): Taxed => ({
  taxObject,
  taxes: taxes.map(({ tax, kind, factor, rate }) => ({ tax, kind, factor, ...(rate === null ? {} : { rate }) })) as Tax[],
});

/** The choice of taxes that no name of `TAXES` says: they stay as they are. */
export const OTHERS = 'OTHERS';

export const nameOfTaxes = (stated: Taxed): string => Object.keys(TAXES).find((name) => JSON.stringify(TAXES[name]) === JSON.stringify(stated)) ?? OTHERS;

/** The taxes to choose from; the others only where the record has them. */
export function useTaxChoices(others: boolean): readonly Choice[] {
  const words = useWords();
  return useMemo(() => {
    const labels = { IVA16: words.iva16, IVA8: words.iva8, IVA0: words.iva0, EXEMPT: words.ivaExempt, NONE: words.noTax, ...(others ? { [OTHERS]: words.otherTaxes } : {}) };
    return Object.entries(labels).map(([value, label]) => ({ value, label }));
  }, [words, others]);
}
