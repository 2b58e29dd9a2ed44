// The API keys (llaves de API) of other systems: made, shown once, revoked.
import { useState } from 'react';
import { useViewer } from '../api/choices';
import { useLabels } from '../api/labels';
import { ApiKeysDocument as ApiKeysOfCompany, CreateApiKeyDocument, RevokeApiKeyDocument, type ApiKeysQuery } from 'ficha-client';
import { useRecords } from '../api/records';
import { useAct, useConfirm } from '../form/act';
import { FormDialog } from '../form/FormDialog';
import { Once } from '../ui/once';
import { useSettingsWords } from '../settings/words';
import { Button } from '../ui/buttons';
import { Badge, Card } from '../ui/card';
import { More } from '../ui/more';
import { usePages } from '../ui/pages';
import { PersonName } from '../ui/person';
import { Empty, Failure, Loading } from '../ui/states';
import { Table, type Column } from '../ui/table';
import { useWords } from '../words';

type Key = NonNullable<ApiKeysQuery['apiKeys']>['nodes'][number];

export default function ApiKeys() {
  const own = useSettingsWords();
  const [page, more] = usePages('keys');
  const { data, error, loading, reload } = useRecords(ApiKeysOfCompany, { ...page }, { keep: true });
  const [creating, create] = useState(false);
  const [secret, setSecret] = useState('');
  const columns = useColumns();
  const keys = data?.apiKeys;
  return (
    <Card
      title={own.apiKeys}
      tools={
        <Button kind="primary" onPress={() => create(true)}>
          {own.newKey}
        </Button>
      }
    >
      <p className="under">{own.keyHelp}</p>
      {!keys && (loading ? <Loading /> : <Failure error={error} onRetry={reload} />)}
      {keys && (keys.nodes.length ? <Table label={own.apiKeys} rows={keys.nodes} id={({ id }) => id} columns={columns} /> : <Empty>{own.noKeys}</Empty>)}
      {keys && <More page={keys.pageInfo} onMore={more} />}
      {creating && <NewKey onClose={() => create(false)} onSecret={setSecret} />}
      {secret && <Once title={own.secretTitle} help={own.secretHelp} secret={secret} onClose={() => setSecret('')} />}
    </Card>
  );
}

function NewKey({ onClose, onSecret }: { onClose: () => void; onSecret: (secret: string) => void }) {
  const own = useSettingsWords();
  const held = useViewer()?.permissions ?? [];
  const scopes = useLabels('FichaPermission').filter(({ value }) => held.includes(value));
  return (
    <FormDialog
      title={own.newKey}
      document={CreateApiKeyDocument}
      fields={[
        { name: 'name', label: own.purpose, required: true },
        { name: 'days', label: own.daysOfKey, kind: 'number' },
        { name: 'scopes', label: own.scopes, kind: 'several', choices: scopes, wide: true, required: true },
      ]}
      values={{ days: '90' }}
      fixed={NONE}
      submit={own.newKey}
      onClose={onClose}
      onDone={(data) => onSecret(data.createApiKey.secret ?? '')}
    />
  );
}

const NONE = {};

function useColumns(): readonly Column<Key>[] {
  const words = useWords();
  const own = useSettingsWords();
  const act = useAct();
  const confirm = useConfirm();
  const revoke = async ({ id, name }: Key) => {
    if (await confirm({ title: own.revoke, text: own.revokeConfirm(name) })) await act(RevokeApiKeyDocument, { id });
  };
  const usable = ({ revokedAt, expiresAt }: Key) => !revokedAt && new Date(expiresAt) > new Date();
  return [
    {
      key: 'name',
      title: own.purpose,
      heads: true,
      cell: (key) => (
        <>
          <span className="strong">{key.name}</span> <State apiKey={key} usable={usable(key)} />
          <span className="under">{key.scopeLabels.join(' · ')}</span>
        </>
      ),
    },
    { key: 'by', title: words.createdBy, cell: ({ createdBy }) => createdBy && <PersonName person={createdBy} /> },
    { key: 'expires', title: own.expires, cell: ({ expiresAtLabel }) => expiresAtLabel },
    { key: 'used', title: own.lastUsed, cell: ({ lastUsedAtLabel }) => lastUsedAtLabel ?? own.never },
    {
      key: 'actions',
      title: '',
      cell: (key) =>
        usable(key) ? (
          <Button kind="quiet" label={`${own.revoke}: ${key.name}`} onPress={() => void revoke(key)}>
            {own.revoke}
          </Button>
        ) : null,
    },
  ];
}

function State({ apiKey, usable }: { apiKey: Key; usable: boolean }) {
  const own = useSettingsWords();
  if (usable) return <Badge tone="good">{own.keyActive}</Badge>;
  return <Badge>{apiKey.revokedAtLabel ? own.keyRevoked(apiKey.revokedAtLabel) : own.keyExpired}</Badge>;
}
