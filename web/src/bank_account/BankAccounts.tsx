// The bank accounts (datos bancarios) that the client's deposits are made to, or come from.
import { useState } from 'react';
import { useCatalogs, useCompanyChoices } from '../api/choices';
import { useLabels } from '../api/labels';
import { AssignDepositAccountDocument, CreateBankAccountDocument, DeleteBankAccountDocument, ReorderBankAccountsDocument, UpdateBankAccountDocument } from 'ficha-client';
import { AddButton } from '../client/ActionPanel';
import type { Billing, Part } from '../client/BillingTab';
import type { Shown } from '../client/ClientPage';
import { ActionMenu } from '../form/ActionMenu';
import { FormDialog } from '../form/FormDialog';
import type { Field } from '../form/fields';
import { useAct, useConfirm } from '../form/act';
import { Badge, Card, Value, Values } from '../ui/card';
import { inOrder, useOrder } from '../ui/order';
import { Empty } from '../ui/states';
import { useWords } from '../words';

type Account = Billing['bankAccounts'][number];

export function BankAccounts({ client, billing }: Part) {
  const words = useWords();
  const [opened, open] = useState<string>();
  const accounts = billing.bankAccounts;
  const account = accounts.find(({ id }) => id === opened);
  const act = useAct();
  const order = useOrder(accounts.map(({ id }) => id), (ids) => act(ReorderBankAccountsDocument, { clientId: client.id, ids }, { quiet: true }));
  const close = () => open(undefined);
  return (
    <Card
      title={words.bank}
      tools={
        <>
          <AddButton client={client} action="ADD_BANK_ACCOUNT" label={words.assignAccount} onPress={() => open('assign')} />
          <AddButton client={client} action="ADD_BANK_ACCOUNT" onPress={() => open('new')} />
        </>
      }
    >
      {!accounts.length && <Empty>{words.noAccounts}</Empty>}
      <div className="stack">
        {inOrder(accounts, order.ids).map((each) => (
          <AccountView key={each.id} account={each} handle={order.handle} onEdit={() => open(each.id)} />
        ))}
      </div>
      {opened === 'assign' && <Assign client={client} onClose={close} />}
      {(account || opened === 'new') && <AccountForm client={client} account={account} onClose={close} />}
    </Card>
  );
}

function AccountView({ account, handle, onEdit }: { account: Account; handle: ReturnType<typeof useOrder>['handle']; onEdit: () => void }) {
  const words = useWords();
  const act = useAct();
  const confirm = useConfirm();
  const name = account.description ?? account.bankName ?? account.roleLabel;
  const remove = async () => {
    if (await confirm({ title: words.delete, text: words.deleteConfirm(name) })) await act(DeleteBankAccountDocument, { id: account.id, expectedVersion: account.version });
  };
  return (
    <section className="sub with-menu" aria-label={name}>
      {account.actions.some(({ action, allowed }) => action === 'EDIT' && allowed) && handle(account.id, name)}
      <div className="grow">
        <p className="row">
          <Badge>{account.roleLabel}</Badge> {account.isDefault && <Badge tone="accent">{words.isDefault}</Badge>}
        </p>
        <Values>
          <Value name={words.bankCode}>{account.bank && `${account.bank.code} · ${account.bank.name}`}</Value>
          <Value name={words.bankName}>{account.bankName}</Value>
          <Value name={words.paymentForm}>{account.paymentForm && `${account.paymentForm.code} · ${account.paymentForm.name}`}</Value>
          <Value name={words.bankRfc}>{account.bankRfc && <code>{account.bankRfc}</code>}</Value>
          <Value name={words.accountNumber}>{account.formattedAccount && <code>{account.formattedAccount.text}</code>}</Value>
          <Value name={words.description}>{account.description}</Value>
        </Values>
      </div>
      <ActionMenu name={name} actions={account.actions} handlers={{ EDIT: onEdit, DELETE: () => void remove() }} />
    </section>
  );
}

function Assign({ client, onClose }: { client: Shown; onClose: () => void }) {
  const words = useWords();
  const { accounts } = useCompanyChoices();
  return (
    <FormDialog
      title={words.assignAccount}
      document={AssignDepositAccountDocument}
      fields={[
        { name: 'companyAccountId', label: words.companyAccount, kind: 'choice', choices: accounts, required: true, wide: true },
        { name: 'isDefault', label: words.isDefault, kind: 'switch', wide: true },
      ]}
      values={{}}
      fixed={{ clientId: client.id }}
      onClose={onClose}
    />
  );
}

function AccountForm({ client, account, onClose }: { client: Shown; account: Account | undefined; onClose: () => void }) {
  const words = useWords();
  const { banks, paymentForms } = useCatalogs();
  const roles = useLabels('ClientBankAccountRole');
  const fields: Field[] = [
    { name: 'role', label: words.accountRole, kind: 'choice', choices: roles },
    { name: 'paymentForm', label: words.paymentForm, kind: 'choice', choices: paymentForms, required: true },
    { name: 'accountNumber', label: words.accountNumber },
    { name: 'bankCode', label: words.bankCode, kind: 'choice', choices: banks, empty: words.nothing },
    { name: 'bankName', label: words.bankName },
    { name: 'bankRfc', label: words.bankRfc },
    { name: 'description', label: words.description, wide: true },
    { name: 'isDefault', label: words.isDefault, kind: 'switch', wide: true },
  ];
  return account ? (
    <FormDialog
      title={words.editAccount}
      document={UpdateBankAccountDocument}
      // Of an account of the company only the description and the preference are the client's.
      fields={account.companyAccount ? fields.filter(({ name }) => name === 'isDefault') : fields}
      values={{ ...account, bankCode: account.bank?.code ?? null, paymentForm: account.paymentForm?.code ?? null }}
      version={account.version}
      fixed={{ id: account.id }}
      onClose={onClose}
    />
  ) : (
    <FormDialog title={words.newAccount} document={CreateBankAccountDocument} fields={fields} values={{ role: 'PAYER', paymentForm: '03' }} fixed={{ clientId: client.id }} onClose={onClose} />
  );
}
