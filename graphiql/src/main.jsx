// The GraphiQL page. What it opens with (endpoint, headers, operations) is the JSON the server put in the page.
import 'graphiql/style.css';
import '@graphiql/plugin-explorer/style.css';
import './page.css';
import { explorerPlugin } from '@graphiql/plugin-explorer';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { Bar } from './bar.jsx';
import { openFetcher } from './fetcher.js';
import { guidePlugin } from './guide.jsx';
import { openSession } from './session.js';
import { openTab, restoreTabs, withoutHeaders } from './tabs.js';

const { url, headers, operations, accept, issuers, personas, clientPage } = JSON.parse(document.getElementById('ficha').textContent);

globalThis.MonacoEnvironment = {
  getWorker: (_id, label) => new Worker(new URL((WORKERS[label] ?? WORKERS.editor).script, import.meta.url)),
};

const session = await openSession({ url, accept, issuers });
// As whom one sees the demo: all tabs have this person's token.
let persona = null;
const ownHeaders = () => (persona ? { Authorization: `Bearer ${persona.token}` } : headers);

// GraphiQL introspects before its headers editor exists: without these, the docs would stay empty.
const fetcher = openFetcher(url, async ({ operationName }) => ({
  ...(await session.headers()),
  ...(operationName === 'IntrospectionQuery' && ownHeaders()),
}));

let active = restoreTabs(localStorage, operations, new URLSearchParams(location.hash.slice(1)));
if (location.hash) history.replaceState(null, '', location.pathname + location.search);
const root = createRoot(document.getElementById('graphiql'));
const first = localStorage.getItem('graphiql:visiblePlugin') === null;

const guide = guidePlugin(
  operations,
  (operation) => {
    active = openTab(localStorage, operation);
    render();
  },
  clientPage,
);
const storage = withoutHeaders(localStorage);
const plugins = [guide, HISTORY_PLUGIN, explorerPlugin()];

const seeAs = (email) => {
  persona = personas.find((each) => each.email === email);
  active = restoreTabs(localStorage, operations);
  render();
};

// With another person, company or tab GraphiQL begins anew, and reads the schema as they do.
let shown = 0;
function render() {
  shown += 1;
  const own = ownHeaders();
  root.render(
    <>
      <Bar key={`bar ${shown}`} session={session} personas={personas} persona={persona} onSeeAs={seeAs} onChange={render} />
      <main key={`main ${shown}`}>
        <GraphiQL
          fetcher={fetcher}
          storage={storage}
          plugins={plugins}
          visiblePlugin={first && shown === 1 ? guide : undefined}
          defaultHeaders={own && JSON.stringify(own, null, 2)}
          initialQuery={active?.query}
          initialVariables={active?.variables}
          defaultEditorToolsVisibility="variables"
        >
          <GraphiQL.Logo>Ficha</GraphiQL.Logo>
        </GraphiQL>
      </main>
    </>,
  );
}
render();
