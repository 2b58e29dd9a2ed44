// Which tabs open: those GraphiQL kept in this browser, and those of the operations it was never offered.

const TABS = 'graphiql:tabState'; // GraphiQL's own key and shape: { activeTabIndex, tabs: [{ id, title, query, … }] }
const OFFERED = 'ficha:offered'; // { operation name: { query, variables } as last offered here }

const SHOWN = 'ficha:shown'; // the id of the tab that an address opened

/**
 * Bring the stored tabs up to date with `operations` ([{ name, title, query, variables }]) and return the active one.
 *
 * A tab made from an operation follows it while nobody edits it. An edited tab is the user's, a closed one stays closed.
 * `shown`, of an address such as `#operation=ClientBilling&variables={…}`, opens that operation in a tab of its own; a
 * mutation that an address shows saves nothing until somebody takes its `validateOnly` away.
 */
export function restoreTabs(storage, operations, shown = new URLSearchParams()) {
  const stored = read(storage, TABS);
  const state = Array.isArray(stored?.tabs) ? stored : { activeTabIndex: 0, tabs: [] };
  const offered = read(storage, OFFERED) ?? {};
  for (const operation of operations) {
    const index = state.tabs.findIndex((tab) => tab.id === operation.name);
    const before = offered[operation.name];
    if (index >= 0 && before && sameText(state.tabs[index], before)) state.tabs[index] = tabOf(operation);
    else if (!before) state.tabs.push(tabOf(operation));
    offered[operation.name] = { query: operation.query, variables: operation.variables };
  }
  storage.setItem(OFFERED, JSON.stringify(offered));
  const operation = operations.find(({ title }) => title === shown.get('operation'));
  if (operation) show(state, { ...operation, name: SHOWN, variables: variablesOf(operation, shown.get('variables')) });
  if (state.tabs.length) storage.setItem(TABS, JSON.stringify(state));
  return state.tabs[state.activeTabIndex];
}

function variablesOf({ kind, variables }, stated) {
  if (stated === null || kind !== 'mutation') return stated ?? variables;
  try {
    const { input, ...others } = JSON.parse(stated);
    return JSON.stringify({ ...others, input: { ...input, validateOnly: true } }, null, 2);
  } catch {
    return variables; // no JSON
  }
}

/** Make it the active tab: that of an earlier one that was shown, if it is still open. */
function show(state, operation) {
  const before = state.tabs.findIndex(({ id }) => id === SHOWN);
  state.activeTabIndex = before < 0 ? state.tabs.length : before;
  state.tabs[state.activeTabIndex] = tabOf(operation);
}

/** Shows an operation as it is offered: its tab, or a new one where that was closed. Returns the tab. */
export function openTab(storage, operation) {
  const state = read(storage, TABS) ?? { tabs: [] };
  let index = state.tabs.findIndex((tab) => tab.id === operation.name);
  if (index < 0) index = state.tabs.push(tabOf(operation)) - 1;
  storage.setItem(TABS, JSON.stringify({ ...state, activeTabIndex: index }));
  return state.tabs[index];
}

// Headers stay null: GraphiQL then fills in the page's default ones, so no token is ever kept in the browser.
const tabOf = ({ name, title, query, variables }) => ({
  id: name,
  title,
  query,
  variables,
  headers: null,
  operationName: title,
  response: null,
});

const HISTORIES = ['graphiql:queries', 'graphiql:favorites']; // GraphiQL's own: { queries or favorites: [{ query, headers, … }] }

/** The storage for GraphiQL: its history keeps operations without their headers, as those hold a token. */
export const withoutHeaders = (storage) => ({
  get length() {
    return storage.length;
  },
  getItem: (key) => storage.getItem(key),
  removeItem: (key) => storage.removeItem(key),
  clear: () => storage.clear(),
  setItem(key, text) {
    const plain = (name, value) => (name === 'headers' ? undefined : value);
    storage.setItem(key, HISTORIES.includes(key) ? JSON.stringify(JSON.parse(text, plain)) : text);
  },
});

const sameText = (a, b) => a.query === b.query && (a.variables ?? '') === b.variables;

function read(storage, key) {
  try {
    return JSON.parse(storage.getItem(key));
  } catch {
    return null; // not ours, or cut short: begin anew
  }
}
