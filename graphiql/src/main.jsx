// The GraphiQL page. What it opens with (endpoint, headers, operations) is the JSON the server put in the page.
import 'graphiql/style.css';
import '@graphiql/plugin-explorer/style.css';
import './page.css';
import { explorerPlugin } from '@graphiql/plugin-explorer';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { Bar } from './bar.jsx';
import { openSession } from './session.js';
import { restoreTabs } from './tabs.js';

const { url, headers, operations, accept, issuers } = JSON.parse(document.getElementById('ficha').textContent);

globalThis.MonacoEnvironment = {
  getWorker: (_id, label) => new Worker(new URL((WORKERS[label] ?? WORKERS.editor).script, import.meta.url)),
};

// Whole answers only: the toolkit's incremental transport does not ask for GraphQL's own media type.
const send = createGraphiQLFetcher({ url, enableIncrementalDelivery: false });

const session = await openSession({ url, accept, issuers });

// GraphiQL introspects before its headers editor exists: without these, the docs would stay empty.
const fetcher = async (params, options) => {
  const first = params.operationName === 'IntrospectionQuery' ? headers : null;
  return send(params, { ...options, headers: { ...(await session.headers()), ...first, ...options?.headers } });
};

const active = restoreTabs(localStorage, operations, new URLSearchParams(location.hash.slice(1)));
if (location.hash) history.replaceState(null, '', location.pathname + location.search);
const root = createRoot(document.getElementById('graphiql'));

// With another person or company GraphiQL begins anew, and reads the schema as they do.
let shown = 0;
const render = () => {
  shown += 1;
  root.render(
    <>
      <Bar key={`bar ${shown}`} session={session} onChange={render} />
      <main key={`main ${shown}`}>
        <GraphiQL
          fetcher={fetcher}
          plugins={[HISTORY_PLUGIN, explorerPlugin()]}
          defaultHeaders={headers && JSON.stringify(headers, null, 2)}
          initialQuery={active?.query}
          initialVariables={active?.variables}
          defaultEditorToolsVisibility="variables"
        >
          <GraphiQL.Logo>Ficha</GraphiQL.Logo>
        </GraphiQL>
      </main>
    </>,
  );
};
render();
