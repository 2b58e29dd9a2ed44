// The form of an address, new or there.
import { CreateAddressDocument, UpdateAddressDocument } from 'ficha-client';
import { useCatalogs } from '../api/choices';
import { useLabels } from '../api/labels';
import { FormDialog } from '../form/FormDialog';
import type { Field } from '../form/fields';
import { useWords } from '../words';
import type { ShownAddress } from './Address';

/** Of a new one, `kind` is what the form begins with. */
export function AddressForm({ clientId, address, kind = 'BRANCH', onClose }: { clientId: string; address?: ShownAddress | undefined; kind?: string; onClose: () => void }) {
  const words = useWords();
  const kinds = useLabels('ClientAddressKind');
  const { states, countries } = useCatalogs();
  const fields: Field[] = [
    { name: 'kind', label: words.addressKind, kind: 'choice', choices: kinds },
    { name: 'label', label: words.addressLabel, show: (values) => values['kind'] !== 'FISCAL' },
    { name: 'street', label: words.street, required: true, wide: true },
    { name: 'exteriorNumber', label: words.exteriorNumber },
    { name: 'interiorNumber', label: words.interiorNumber },
    { name: 'postalCode', label: words.postalCode },
    { name: 'neighborhood', label: words.neighborhood },
    { name: 'municipality', label: words.municipality },
    { name: 'locality', label: words.locality },
    { name: 'state', label: words.state, kind: 'choice', choices: states, empty: words.nothing },
    { name: 'country', label: words.country, kind: 'choice', choices: countries, empty: words.nothing },
    { name: 'reference', label: words.reference, wide: true },
  ];
  return address ? (
    <FormDialog
      title={words.editAddress}
      document={UpdateAddressDocument}
      fields={fields}
      values={{ ...address, state: address.state?.code ?? null, country: address.country?.code ?? null }}
      version={address.version}
      fixed={{ id: address.id }}
      onClose={onClose}
    />
  ) : (
    <FormDialog title={words.newAddress} document={CreateAddressDocument} fields={fields} values={{ kind, country: 'MEX' }} fixed={{ clientId }} onClose={onClose} />
  );
}
