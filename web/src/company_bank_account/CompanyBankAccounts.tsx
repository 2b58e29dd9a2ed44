// The company's own bank accounts, which clients are assigned (cuentas de la empresa).
import { useState } from 'react';
import { useCatalogs } from '../api/choices';
import { CompanySettingsDocument, CreateCompanyBankAccountDocument, DeleteCompanyBankAccountDocument, UpdateCompanyBankAccountDocument, type CompanySettingsQuery } from 'ficha-client';
import { useRecords } from '../api/records';
import { useAct, useConfirm } from '../form/act';
import { FormDialog } from '../form/FormDialog';
import type { Field } from '../form/fields';
import { useSettingsWords } from '../settings/words';
import { Button } from '../ui/buttons';
import { Badge, Card } from '../ui/card';
import { Menu, MenuAction, MenuButton } from '../ui/menus';
import { Empty, Failure, Loading } from '../ui/states';
import { Table } from '../ui/table';
import { useWords } from '../words';

type Account = NonNullable<CompanySettingsQuery['viewer']['company']['bankAccounts']>[number];

const NONE = {};

export default function CompanyBankAccounts() {
  const words = useWords();
  const own = useSettingsWords();
  const act = useAct();
  const confirm = useConfirm();
  const [opened, open] = useState<string>();
  const { data, error, loading, reload } = useRecords(CompanySettingsDocument, {});
  const accounts = data?.viewer.company.bankAccounts;
  const edited = accounts?.find(({ id }) => id === opened);
  const remove = async (account: Account) => {
    if (await confirm({ title: words.delete, text: words.deleteConfirm(nameOf(account)) })) await act(DeleteCompanyBankAccountDocument, { id: account.id, expectedVersion: account.version });
  };
  return (
    <Card
      title={own.accounts}
      tools={
        <Button kind="primary" onPress={() => open('new')}>
          {words.newAccount}
        </Button>
      }
    >
      {!data && (loading ? <Loading /> : <Failure error={error} onRetry={reload} />)}
      {data && !accounts?.length && <Empty>{words.noAccounts}</Empty>}
      {accounts && accounts.length > 0 && (
        <Table
          label={own.accounts}
          rows={accounts}
          id={({ id }) => id}
          columns={[
            {
              key: 'description',
              title: words.description,
              heads: true,
              cell: (account) => (
                <>
                  <span className="strong">{nameOf(account)}</span> {account.isDefault && <Badge tone="accent">{own.isDefault}</Badge>}
                </>
              ),
            },
            { key: 'bank', title: words.bankCode, cell: ({ bank, bankName }) => bank?.name ?? bankName },
            { key: 'number', title: words.accountNumber, cell: ({ formattedAccount }) => formattedAccount && <code>{formattedAccount.text}</code> },
            { key: 'form', title: words.paymentForm, cell: ({ paymentForm }) => paymentForm?.name ?? null },
            {
              key: 'actions',
              title: '',
              cell: (account) => (
                <MenuButton label={words.actionsOf(nameOf(account))}>
                  <Menu>
                    <MenuAction onAction={() => open(account.id)}>{words.edit}</MenuAction>
                    <MenuAction danger onAction={() => void remove(account)}>
                      {words.delete}
                    </MenuAction>
                  </Menu>
                </MenuButton>
              ),
            },
          ]}
        />
      )}
      {(edited || opened === 'new') && <AccountForm account={edited} onClose={() => open(undefined)} />}
    </Card>
  );
}

const nameOf = ({ description, bankName, bank, accountNumber }: Account): string => description ?? bankName ?? bank?.name ?? accountNumber ?? '';

function AccountForm({ account, onClose }: { account: Account | undefined; onClose: () => void }) {
  const words = useWords();
  const own = useSettingsWords();
  const { banks, paymentForms } = useCatalogs();
  const fields: Field[] = [
    { name: 'accountNumber', label: words.accountNumber, required: true, wide: true },
    { name: 'description', label: words.description, wide: true },
    { name: 'paymentForm', label: words.paymentForm, kind: 'choice', choices: paymentForms },
    { name: 'bankCode', label: words.bankCode, kind: 'choice', choices: banks, empty: words.nothing },
    { name: 'bankName', label: words.bankName },
    { name: 'bankRfc', label: words.bankRfc },
    { name: 'isDefault', label: own.isDefault, kind: 'switch', wide: true },
  ];
  if (!account) return <FormDialog title={own.newAccount} document={CreateCompanyBankAccountDocument} fields={fields} values={{ paymentForm: '03' }} fixed={NONE} onClose={onClose} />;
  const values = { ...account, bankCode: account.bank?.code ?? null, paymentForm: account.paymentForm?.code ?? null };
  return <FormDialog title={own.editAccount} document={UpdateCompanyBankAccountDocument} fields={fields} values={values} version={account.version} fixed={{ id: account.id }} onClose={onClose} />;
}
