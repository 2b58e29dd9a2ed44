// Choices of enums, with the labels that the API has for them.
import { useMemo } from 'react';
import { EnumLabelsDocument } from 'ficha-client';
import { useRecords } from './records';

export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** The values of an enum of the schema to choose from, in its order. */
export function useLabels(name: string): readonly Choice[] {
  const { data } = useRecords(EnumLabelsDocument, {}, { settled: true });
  return useMemo(() => data?.labels.find((each) => each.name === name)?.values ?? [], [data, name]);
}
