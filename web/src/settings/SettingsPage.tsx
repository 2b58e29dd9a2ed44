// What an administrator sets: the company, its people, what they may do, keys, series, accounts, and the audit log.
import { lazy, Suspense, useEffect, useRef, type ComponentType } from 'react';
import { useViewer } from '../api/choices';
import { Link, to } from '../app/routes';
import { Loading, Message } from '../ui/states';
import { useTitle } from '../ui/title';
import { useWords } from '../words';
import { ADMIN, COMPANY } from './permissions';
import './settings.css';
import { useSettingsWords } from './words';

const SECTIONS = ['company', 'collaborators', 'roles', 'api-keys', 'series', 'price-lists', 'accounts', 'audit'] as const;
type Section = (typeof SECTIONS)[number];

const CONTENTS: Record<Section, { readonly needs: string; readonly Content: ComponentType }> = {
  company: { needs: COMPANY, Content: lazy(() => import('../company/CompanySettings')) },
  collaborators: { needs: ADMIN, Content: lazy(() => import('../collaborator/Collaborators')) },
  roles: { needs: ADMIN, Content: lazy(() => import('../role/Roles')) },
  'api-keys': { needs: ADMIN, Content: lazy(() => import('../api_key/ApiKeys')) },
  series: { needs: COMPANY, Content: lazy(() => import('../folio_series/FolioSeries')) },
  'price-lists': { needs: ADMIN, Content: lazy(() => import('../price_list/PriceLists')) },
  accounts: { needs: COMPANY, Content: lazy(() => import('../company_bank_account/CompanyBankAccounts')) },
  audit: { needs: ADMIN, Content: lazy(() => import('../audit/AuditLog')) },
};

export default function SettingsPage({ section }: { section: string | undefined }) {
  const words = useWords();
  const own = useSettingsWords();
  const viewer = useViewer();
  useTitle(words.settings);
  const nav = useRef<HTMLElement>(null);
  // On a narrow screen not all sections are in sight.
  useEffect(() => {
    nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [section, viewer]);
  if (!viewer) return <Loading />;
  const offered = SECTIONS.filter((each) => viewer.permissions.includes(CONTENTS[each].needs));
  const shown = offered.find((each) => each === section) ?? (section ? undefined : offered[0]);
  if (!shown) {
    return (
      <Message title={words.forbidden}>
        <Link target={to.clients()}>{words.backToClients}</Link>
      </Message>
    );
  }
  const titles: Record<Section, string> = {
    company: own.company,
    collaborators: own.collaborators,
    roles: own.roles,
    'api-keys': own.apiKeys,
    series: own.series,
    'price-lists': own.priceLists,
    accounts: own.accounts,
    audit: own.audit,
  };
  const { Content } = CONTENTS[shown];
  return (
    <div className="page">
      <h1>{words.settings}</h1>
      <div className="settings">
        <nav ref={nav} aria-label={own.sections}>
          {offered.map((each) => (
            <Link key={each} target={to.settings(each)} current={each === shown}>
              {titles[each]}
            </Link>
          ))}
        </nav>
        <Suspense fallback={<Loading />}>
          <Content />
        </Suspense>
      </div>
    </div>
  );
}
