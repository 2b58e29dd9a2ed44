// "Show me the query of this tab": opens GraphiQL on the operation that the tab is read with, for this client.
import { start } from '../api/start';
import type { Tab } from '../app/routes';
import { useWords } from '../words';

const OPERATIONS: Record<Tab, string> = {
  detail: 'ClientProfile',
  commercial: 'ClientHistory',
  'follow-ups': 'ClientFollowUps',
  billing: 'ClientBilling',
  documents: 'ClientDocuments',
};

/** Nothing where GraphiQL is not served. */
export function ShowQuery({ tab, id }: { tab: Tab; id: string }) {
  const words = useWords();
  if (!start.graphiql) return null;
  const shown = new URLSearchParams({ operation: OPERATIONS[tab], variables: JSON.stringify({ id }, null, 2) });
  return (
    <p className="under show-query">
      <a href={`${start.graphiql}#${shown}`} target="_blank" rel="noreferrer">
        {words.showQuery}
      </a>
    </p>
  );
}
