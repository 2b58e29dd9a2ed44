// The GraphiQL page. What it opens with (endpoint, headers, operations) is the JSON the server put in the page.
import 'graphiql/style.css';
import '@graphiql/plugin-explorer/style.css';
import './page.css';
import { explorerPlugin } from '@graphiql/plugin-explorer';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { restoreTabs } from './tabs.js';

const { url, headers, operations } = JSON.parse(document.getElementById('ficha').textContent);

globalThis.MonacoEnvironment = {
  getWorker: (_id, label) => new Worker(new URL((WORKERS[label] ?? WORKERS.editor).script, import.meta.url)),
};

// Whole answers only: the toolkit's incremental transport does not ask for GraphQL's own media type.
const send = createGraphiQLFetcher({ url, enableIncrementalDelivery: false });

// GraphiQL introspects before its headers editor exists: without these, the docs would stay empty.
const fetcher = (params, options) =>
  send(
    params,
    params.operationName === 'IntrospectionQuery'
      ? { ...options, headers: { ...headers, ...options?.headers } }
      : options,
  );

const active = restoreTabs(localStorage, operations);

createRoot(document.getElementById('graphiql')).render(
  <GraphiQL
    fetcher={fetcher}
    plugins={[HISTORY_PLUGIN, explorerPlugin()]}
    defaultHeaders={headers && JSON.stringify(headers, null, 2)}
    initialQuery={active?.query}
    initialVariables={active?.variables}
    defaultEditorToolsVisibility="variables"
  >
    <GraphiQL.Logo>Ficha</GraphiQL.Logo>
  </GraphiQL>,
);
