// Links by which the client downloads the statement without signing in: made and shown once, listed, revoked.
import { CreateStatementLinkDocument, RevokeStatementLinkDocument, type ClientStatementQuery } from 'ficha-client';
import { useState } from 'react';
import { useLabels } from '../api/labels';
import { useAct, useConfirm } from '../form/act';
import { FormDialog } from '../form/FormDialog';
import { Button } from '../ui/buttons';
import { Once } from '../ui/once';
import { useWords } from '../words';

type Link = NonNullable<NonNullable<ClientStatementQuery['client']>['statementLinks']>['nodes'][number];

interface Props {
  readonly clientId: string;
  readonly links: readonly Link[];
  /** What a new link begins with: the days and the currency that are shown. */
  readonly shown: { readonly from: string; readonly to: string; readonly currency: string | null };
}

export function StatementLinks({ clientId, links, shown }: Props) {
  const words = useWords();
  const locales = useLabels('FichaLocale');
  const act = useAct();
  const confirm = useConfirm();
  const [creating, create] = useState(false);
  const [url, setUrl] = useState('');
  const valid = links.filter(({ revokedAt }) => !revokedAt);
  const revoke = async (id: string) => {
    if (await confirm({ title: words.revokeLink, text: words.revokeLinkConfirm })) await act(RevokeStatementLinkDocument, { id });
  };
  return (
    <section className="sub" aria-label={words.statementLinks}>
      <header className="sub-head">
        <h3>{words.statementLinks}</h3>
        <Button kind="quiet" className="small" onPress={() => create(true)}>
          {words.newStatementLink}
        </Button>
      </header>
      {!valid.length && <p className="muted">{words.noStatementLinks}</p>}
      <ul className="lines">
        {valid.map(({ id, fromLabel, toLabel, currency, expiresOnLabel }) => (
          <li key={id} className="row">
            <span className="grow">
              {fromLabel} – {toLabel} · {currency} <span className="muted">{words.linkUntil(expiresOnLabel)}</span>
            </span>
            <Button kind="quiet" className="small" label={`${words.revokeLink}: ${fromLabel} – ${toLabel}`} onPress={() => void revoke(id)}>
              {words.revokeLink}
            </Button>
          </li>
        ))}
      </ul>
      {creating && (
        <FormDialog
          title={words.newStatementLink}
          submit={words.newStatementLink}
          document={CreateStatementLinkDocument}
          fields={[
            { name: 'from', label: words.from, kind: 'date', required: true },
            { name: 'to', label: words.until, kind: 'date', required: true },
            { name: 'locale', label: words.language, kind: 'choice', choices: locales },
            { name: 'expiresOn', label: words.linkExpires, kind: 'date' },
          ]}
          values={{ from: shown.from, to: shown.to, locale: 'ES_MX' }}
          fixed={{ clientId, ...(shown.currency ? { currency: shown.currency } : {}) }}
          onClose={() => create(false)}
          onDone={({ createStatementLink }) => setUrl(createStatementLink.url ?? '')}
        />
      )}
      {url && <Once title={words.newStatementLink} help={words.statementLinkHelp} secret={url} onClose={() => setUrl('')} />}
    </section>
  );
}
