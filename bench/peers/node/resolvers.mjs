// What the peers have in common: dataloader and pg, as one would write it by hand for the measured operations.
// It authenticates nobody, limits nobody and knows no row-level security: it is one company's, which is in every
// statement. Settings: DATABASE_URL, COMPANY_ID, TIME_ZONE, POOL_SIZE, CATALOGS (a JSON file: name, code, entry).

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import DataLoader from 'dataloader';

const { DATABASE_URL, COMPANY_ID, TIME_ZONE, POOL_SIZE, CATALOGS } = process.env;
const catalogs = JSON.parse(readFileSync(CATALOGS, 'utf8'));
const PAGE = 20;

// Instants and days stay the text that PostgreSQL sends: a Date would be made only to be written again.
const { builtins } = pg.types;
for (const type of [builtins.TIMESTAMPTZ, builtins.DATE]) pg.types.setTypeParser(type, (text) => text);

export const pool = new pg.Pool({
  connectionString: DATABASE_URL,
  max: Number(POOL_SIZE),
  options: `-c timezone=UTC -c jit=off -c search_path=public -c ficha.company_id=${COMPANY_ID}`,
});

// Every statement is prepared once a connection; the company is its first value.
const prepared = (name, text) => (...values) =>
  pool.query({ name, text, values: [COMPANY_ID, ...values] }).then((result) => result.rows);

const one = (name, text) => {
  const run = prepared(name, text);
  return () => new DataLoader(async (keys) => {
    const found = new Map();
    for (const row of await run(keys)) found.set(row.key, row);
    return keys.map((key) => found.get(key) ?? null);
  });
};

const many = (name, text) => {
  const run = prepared(name, text);
  return (...values) => new DataLoader(async (keys) => {
    const groups = new Map(keys.map((key) => [key, []]));
    for (const row of await run(keys, ...values)) groups.get(row.key).push(row);
    return keys.map((key) => groups.get(key));
  });
};

// A page of each parent's rows, one row longer than what is shown.
const page = (columns, source, order, condition = 'true') => `
  select parent.key, row.* from unnest($2::uuid[]) parent(key) cross join lateral (
    select ${columns} from ${source} where t.company_id = $1 and t.client_id = parent.key and ${condition}
    order by t.${order} desc, t.id desc limit ${PAGE + 1}) row`;

const EVENT = `t.id as raw, 'evt_' || t.id as id, t.kind, t.occurred_at as "occurredAt", t.as_prospect as "asProspect",
  t.actor_id as "actorId", t.details, 'deal_' || t.deal_id as "dealId", 'doc_' || s.id as "documentId",
  s.type as "documentType", 'doc_' || o.id as "originId", o.type as "originType"`;
const EVENTS = `history_event t
  left join sales_document s on s.company_id = t.company_id and s.id = t.sales_document_id
  left join sales_document o on o.company_id = t.company_id and o.id = t.origin_document_id`;
const MONTH = `t.occurred_at >= ($3 || '-01')::timestamp at time zone '${TIME_ZONE}'
  and t.occurred_at < (($3 || '-01')::timestamp + interval '1 month') at time zone '${TIME_ZONE}'`;
const CLIENT = `t.id as key, 'cli_' || t.id as id, t.kind, t.legal_name as "legalName", t.trade_name as "tradeName", t.rfc,
  t.internal_note as "internalNote", t.deleted_at as "deletedAt", t.version, t.owner_id as "ownerId",
  t.price_list_id as "priceListId", t.prospect_state_id as "prospectStateId", to_char(t.created_at at time zone '${TIME_ZONE}', 'YYYY-MM') as "firstMonth",
  to_char(now() at time zone '${TIME_ZONE}', 'YYYY-MM') as "lastMonth"`;
const CONTACT = `t.client_id as key, 'con_' || t.id as id, t.name, t.job_title as "jobTitle", t.email, t.phone, t.phone_extension as "phoneExtension",
  t.is_primary as "isPrimary"`;

const LOADERS = {
  client: one('client', `select ${CLIENT} from client t where t.company_id = $1 and t.id = any($2)`),
  collaborator: one('collaborator', `
    select id as key, 'col_' || id as id, name from collaborator
    where company_id = $1 and id = any($2)`),
  priceList: one('price_list', `
    select id as key, 'prl_' || id as id, name, currency from price_list where company_id = $1 and id = any($2)`),
  prospectState: one('prospect_state', `
    select id as key, 'pst_' || id as id, name from prospect_state where company_id = $1 and id = any($2)`),
  contacts: many('contacts', `
    select ${CONTACT} from contact t where t.company_id = $1 and t.client_id = any($2) and t.deleted_at is null
    order by t.client_id, t.position, t.id`),
  recipients: many('recipients', `
    select ${CONTACT} from contact t
    where t.company_id = $1 and t.client_id = any($2) and t.receives_reminders and t.deleted_at is null
    order by t.client_id, t.position, t.id`),
  addresses: many('addresses', `
    select client_id as key, 'adr_' || id as id, kind, label, street, exterior_number as "exteriorNumber",
      interior_number as "interiorNumber", neighborhood, locality, municipality, state, postal_code as "postalCode",
      country, reference
    from address where company_id = $1 and client_id = any($2) and deleted_at is null order by client_id, position, id`),
  months: many('months', `
    select client_id as key, to_char(occurred_at at time zone '${TIME_ZONE}', 'YYYY-MM') as month, count(*)::int as count
    from history_event where company_id = $1 and client_id = any($2) group by 1, 2`),
  history: many('history', page(EVENT, EVENTS, 'occurred_at')),
  historyOfMonth: many('history_of_month', page(EVENT, EVENTS, 'occurred_at', MONTH)),
  historyCount: one('history_count', `
    select client_id as key, count(*)::int as count from history_event
    where company_id = $1 and client_id = any($2) group by 1`),
  historyCountOfMonth: many('history_count_of_month', `
    select t.client_id as key, count(*)::int as count from history_event t
    where t.company_id = $1 and t.client_id = any($2) and ${MONTH} group by 1`),
  openDeals: many('open_deals', page(
    `t.id as raw, 'deal_' || t.id as id, t.created_at as "createdAt", t.title, t.estimated_value as "estimatedValue",
      t.currency, t.priority, 'stg_' || s.id as "stageId", s.name as "stageName"`,
    'deal t left join funnel_stage s on s.company_id = t.company_id and s.id = t.stage_id',
    'created_at', `t.deleted_at is null and t.state = 'OPEN'`)),
  followUps: many('follow_ups', page(
    `t.id as raw, 'seg_' || t.id as id, t.key as name_key, t.name, t.type, t.starts_at as "startsAt",
      t.ends_at as "endsAt", t.priority, t.state, t.assignee_id as "assigneeId", 'deal_' || d.id as "dealId",
      d.title as "dealTitle", t.ends_at < now() and t.state in ('PENDING', 'IN_PROGRESS') as "isOverdue"`,
    'follow_up t left join deal d on d.company_id = t.company_id and d.id = t.deal_id',
    'starts_at', 't.deleted_at is null')),
  documents: many('documents', page(
    `t.id as raw, 'file_' || t.id as id, t.kind, t.name, t.description, t.content_type as "contentType",
      t.size::float8 as size, t.expires_on as "expiresOn", t.created_at as "createdAt", t.uploaded_by_id as "uploadedById"`,
    'document t', 'created_at', 't.deleted_at is null')),
  receivables: one('receivables', `
    select parent.key, (select currency from company where id = $1) as currency, terms, credit_days as "creditDays", credit_limit as "creditLimit", c.balance,
      overdue as "overdueBalance", used as "creditUsed", credit_limit - used as "creditAvailable"
    from unnest($2::uuid[]) parent(key) cross join lateral (
      select coalesce(sum(owing) filter (where due_on < (now() at time zone '${TIME_ZONE}')::date), 0)::numeric(18, 2) as overdue,
        coalesce(sum(owing) filter (where type = 'INVOICE' or on_credit), 0)::numeric(18, 2) as used
      from (select type, on_credit, due_on, round((total - paid - credited) * exchange_rate, 2) as owing from sales_document
        where company_id = $1 and client_id = parent.key and type in ('SALES_NOTE', 'INVOICE')
          and state in ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID')) owed) sums
    join client c on c.company_id = $1 and c.id = parent.key
    left join receivable_terms t on t.company_id = $1 and t.client_id = parent.key`),
  reminders: one('reminders', `
    select client_id as key, enabled, cc, attach_pdf as "attachPdf", attach_xml as "attachXml",
      working_days_only as "workingDaysOnly"
    from payment_reminders where company_id = $1 and client_id = any($2)`),
  rules: many('rules', `
    select client_id as key, 'rul_' || id as id, moment, days, hour, repeat_every_days as "repeatEveryDays",
      repeat_at_most as "repeatAtMost"
    from reminder_rule where company_id = $1 and client_id = any($2) order by client_id, position, id`),
  cfdiProfile: one('cfdi_profile', `
    select client_id as key, 'cfp_' || id as id, rfc, name, tax_regime, cfdi_use, postal_code as "postalCode",
      payment_form, payment_method, currency
    from cfdi_profile where company_id = $1 and client_id = any($2) and valid_to is null`),
  bankAccounts: many('bank_accounts', `
    select client_id as key, 'bnk_' || id as id, role, bank_code, bank_name as "bankName", bank_rfc as "bankRfc",
      payment_form, account_number as "accountNumber", description, is_default as "isDefault"
    from bank_account where company_id = $1 and client_id = any($2) and deleted_at is null
    order by client_id, position, id`),
};

const ranked = prepared('ranked_clients', `
  select ${CLIENT}, hit.rank::text as rank from ficha_find_clients(ficha_fold($2), null, true, false) hit
  join client t on t.company_id = $1 and t.id = hit.client_id
  where t.deleted_at is null order by hit.rank desc, t.id desc limit $3`);
const firstClients = prepared('first_clients', `
  select ${CLIENT}, t.sort_name as "sortName" from client t where t.company_id = $1 and t.deleted_at is null
  order by t.sort_name, t.id limit $2`);
const nextClients = prepared('next_clients', `
  select ${CLIENT}, t.sort_name as "sortName" from client t
  where t.company_id = $1 and t.deleted_at is null and (t.sort_name, t.id) > ($3, $4)
  order by t.sort_name, t.id limit $2`);
const clientCount = prepared('client_count', `
  select count(*)::int as count from client where company_id = $1 and deleted_at is null`);

const load = (context, name, key, ...values) => {
  if (key === null) return null;
  const kept = values.length ? `${name} ${values}` : name;
  return (context[kept] ??= LOADERS[name](...values)).load(key);
};

const of = (name, on = 'key') => (row, _, context) => load(context, name, row[on]);
const coded = (catalog, column) => (row) => catalogs[catalog][row[column]] ?? null;
const instant = (name) => ({ [name]: text }) => {
  if (text === null) return null;
  const fraction = text[19] === '.' ? text.slice(20, text.indexOf('+')).padEnd(3, '0').slice(0, 3) : '000';
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${fraction}Z`;
};

// A place in an order: the order's name and the row's values in it, as PostgreSQL writes a JSON array.
const cursor = (...values) => Buffer.from(`[${values.map((v) => JSON.stringify(v)).join(', ')}]`).toString('base64url');
const connection = (rows, size, place, started = false) => {
  const nodes = rows.length > size ? rows.slice(0, size) : rows;
  return {
    nodes,
    pageInfo: {
      hasNextPage: rows.length > size,
      hasPreviousPage: started,
      nodes,
      place,
    },
  };
};
const paged = (name, order, at) => async (row, _, context) =>
  connection(await load(context, name, row.key), PAGE, (node) => cursor(order, node[at], node.raw));

const unsupported = (what) => { throw new Error(`the peer does not know ${what}`); };

const history = async (row, { month, kinds, order, first, after, last, before }, context) => {
  if (kinds || after || last || before || order !== 'DESC' || (first ?? PAGE) !== PAGE) unsupported('these arguments');
  const rows = month ? load(context, 'historyOfMonth', row.key, month) : load(context, 'history', row.key);
  const place = (node) => cursor('history_event OCCURRED_AT:DESC', node.occurredAt, node.raw);
  return { key: row.key, month, ...connection(await rows, PAGE, place) };
};

const unfilteredCount = async ({ key }, _, context) => {
  return (await load(context, 'historyCount', key))?.count ?? 0;
};

const historyTotalCount = async ({ key, month }, _, context) => {
  if (month) return (await load(context, 'historyCountOfMonth', key, month))[0]?.count ?? 0;
  return unfilteredCount({ key }, _, context);
};

const historyMonths = async ({ key, firstMonth, lastMonth }, _, context) => {
  const counts = new Map((await load(context, 'months', key)).map((row) => [row.month, row.count]));
  const months = [];
  let [year, number] = lastMonth.split('-').map(Number);
  for (let month = lastMonth; month >= firstMonth;) {
    months.push({ month, eventCount: counts.get(month) ?? 0 });
    [year, number] = number === 1 ? [year - 1, 12] : [year, number - 1];
    month = `${year}-${String(number).padStart(2, '0')}`;
  }
  return months;
};

const client = (id, context) => load(context, 'client', id.slice('cli_'.length));

const clients = async (_, { first, after, search, filter, orderBy }) => {
  if (filter || (orderBy ?? []).some((term) => term.direction !== 'ASC')) unsupported('these arguments');
  if (search) {
    if (after) unsupported('these arguments');
    return connection(await ranked(search, first + 1), first, (node) => cursor('client RELEVANCE:DESC', node.rank, node.key));
  }
  const [, ...place] = after ? JSON.parse(Buffer.from(after, 'base64url')) : [];
  const rows = await (after ? nextClients(first + 1, ...place) : firstClients(first + 1));
  return connection(rows, first, (node) => cursor('client LEGAL_NAME:ASC', node.sortName, node.key), Boolean(after));
};

// What an administrator may start from a record, in the panel's order.
const KEPT = ['EDIT', 'CREATE_QUOTE', 'CREATE_SALES_NOTE', 'CREATE_INVOICE', 'CREATE_DEAL', 'SCHEDULE_FOLLOW_UP',
  'CONVERT_TO_CLIENT', 'DELETE', 'EDIT_BILLING', 'ATTACH_DOCUMENT', 'ERASE'];
const ACTIONS = {
  CLIENT: KEPT.filter((action) => action !== 'CONVERT_TO_CLIENT'),
  PROSPECT: KEPT.filter((action) => action !== 'CREATE_INVOICE'),
};
const DELETED = ['RESTORE', 'ERASE'];

const TYPE_NAMES = {
  QUOTE: 'SalesQuote', SALES_NOTE: 'SalesNote', INVOICE: 'SalesInvoice', CREDIT_NOTE: 'SalesCreditNote',
};
const documentOf = (id, type) => (row) => (row[id] === null ? null : { id: row[id], type: row[type] });
const detail = (key) => (row) => row.details[key] ?? null;
const detailed = (fields) => Object.fromEntries(Object.entries(fields).map(([name, key]) => [name, detail(key)]));
const event = (details = {}, relations = {}) =>
  ({ occurredAt: instant('occurredAt'), actor: of('collaborator', 'actorId'), ...detailed(details), ...relations });
const salesDocument = { salesDocument: documentOf('documentId', 'documentType') };
const deal = { deal: (row) => (row.dealId === null ? null : { id: row.dealId }) };
const EXTERNAL = ['Call', 'Message', 'Email', 'Meeting', 'Visit', 'Order', 'Ticket', 'Other'];
const PLAIN = ['ClientCreated'];
const PAYING = ['SalesDocumentPaymentRegistered', 'SalesDocumentPaymentReversed', 'CreditApplied', 'CreditApplicationUndone'];
const CHANGED = ['Client', 'Contact', 'Address', 'CfdiProfile', 'BankAccount', 'ReceivableTerms', 'PaymentReminders', 'Deal',
  'FollowUp', 'SalesDocument'];
// A reference is shown by the field that leads to it: owner_id is owner there.
const camel = (name) => name.replace(/_id$/, '').replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
const changes = ({ details }) =>
  details.changes.map((change) => ({ field: camel(change.field), from: change.from, to: change.to }));
const typeOfKind = new Map();
const eventType = ({ kind }) => {
  let name = typeOfKind.get(kind);
  if (!name) {
    name = `${kind.toLowerCase().replace(/(?:^|_)(\w)/g, (_, letter) => letter.toUpperCase())}Event`;
    typeOfKind.set(kind, name);
  }
  return name;
};

// As one would write it who checks nothing: the client is locked, so that no two contacts get one place, and what
// Ficha writes is one statement.
const CREATE_CONTACT = `
  with made as (
    insert into contact (company_id, id, client_id, name, email, position)
    select $1, $3, $2, $4, $5, coalesce(max(position) + 1, 0) from contact
    where company_id = $1 and client_id = $2 and deleted_at is null
    returning id, name, email, phone, job_title, is_primary
  ), told as (
    insert into history_event (company_id, id, client_id, occurred_at, recorded_at, kind, actor_id, details)
    select $1, $6, $2, now(), now(), 'CONTACT_CHANGED',
      (select id from collaborator where company_id = $1 and role = 'ADMIN' limit 1),
      jsonb_build_object('change', 'CREATED', 'label', $4::text, 'changes', '[]'::jsonb)
  ), moved as (
    update client set updated_at = now() where company_id = $1 and id = $2
  )
  select 'con_' || id as id, name, email, phone, job_title as "jobTitle", is_primary as "isPrimary",
    pg_notify('ficha_changes', $7) from made`;

const createContact = async (_, { input }) => {
  const client = input.clientId.slice('cli_'.length);
  const ids = [randomUUID(), randomUUID()];
  const news = JSON.stringify({ company: COMPANY_ID, client, events: [ids[1]] });
  const connection = await pool.connect();
  try {
    await connection.query('begin');
    await connection.query({ name: 'lock', values: [COMPANY_ID, client],
      text: 'select id from client where company_id = $1 and id = $2 for no key update' });
    const { rows } = await connection.query({ name: 'createContact', text: CREATE_CONTACT,
      values: [COMPANY_ID, client, ids[0], input.name, input.email ?? null, ids[1], news] });
    await connection.query('commit');
    return { contact: rows[0], userErrors: [] };
  } catch (error) {
    await connection.query('rollback');
    throw error;
  } finally {
    connection.release();
  }
};

export const schema = readFileSync(new URL('schema.graphql', import.meta.url), 'utf8');

export const resolvers = {
  Mutation: { createContact },
  Query: {
    _entities: (_, { representations }, context) => representations.map(({ id }) => client(id, context)),
    client: (_, { id }, context) => client(id, context),
    clients,
  },
  _Entity: { resolveType: () => 'Client' },
  PageInfo: {
    startCursor: ({ nodes, place }) => (nodes.length ? place(nodes[0]) : null),
    endCursor: ({ nodes, place }) => (nodes.length ? place(nodes[nodes.length - 1]) : null),
  },
  ClientConnection: { totalCount: async () => (await clientCount())[0].count },
  HistoryEventConnection: { totalCount: historyTotalCount, unfilteredCount, hiddenCount: () => 0 },
  Client: {
    deletedAt: instant('deletedAt'),
    availableActions: (row) => (row.deletedAt === null ? ACTIONS[row.kind] : DELETED),
    owner: of('collaborator', 'ownerId'),
    priceList: of('priceList', 'priceListId'),
    prospectState: of('prospectState', 'prospectStateId'),
    contacts: of('contacts'),
    fiscalAddress: async (row, _, context) =>
      (await load(context, 'addresses', row.key)).find((address) => address.kind === 'FISCAL') ?? null,
    branchAddresses: async (row, _, context) =>
      (await load(context, 'addresses', row.key)).filter((address) => address.kind === 'BRANCH'),
    history,
    historyMonths,
    deals: (row, { filter }, context, info) =>
      filter?.state?.eq === 'OPEN' ? paged('openDeals', 'deal CREATED_AT:DESC', 'createdAt')(row, null, context, info)
        : unsupported('these arguments'),
    followUps: paged('followUps', 'follow_up STARTS_AT:DESC', 'startsAt'),
    documents: paged('documents', 'document CREATED_AT:DESC', 'createdAt'),
    receivables: of('receivables'),
    paymentReminders: of('reminders'),
    cfdiProfile: of('cfdiProfile'),
    bankAccounts: of('bankAccounts'),
  },
  ClientAddress: { state: coded('states', 'state'), country: coded('countries', 'country') },
  ClientDeal: { stage: (row) => (row.stageId === null ? null : { id: row.stageId, name: row.stageName }) },
  FollowUp: {
    key: (row) => row.name_key,
    startsAt: instant('startsAt'),
    endsAt: instant('endsAt'),
    deal: (row) => (row.dealId === null ? null : { id: row.dealId, title: row.dealTitle }),
    assignee: of('collaborator', 'assigneeId'),
  },
  ClientDocument: { createdAt: instant('createdAt'), uploadedBy: of('collaborator', 'uploadedById') },
  PaymentReminders: { rules: of('rules'), recipients: of('recipients') },
  CfdiProfile: {
    taxRegime: coded('taxRegimes', 'tax_regime'),
    cfdiUse: coded('cfdiUses', 'cfdi_use'),
    paymentForm: coded('paymentForms', 'payment_form'),
    paymentMethod: coded('paymentMethods', 'payment_method'),
    currency: coded('currencies', 'currency'),
  },
  ClientBankAccount: { bank: coded('banks', 'bank_code'), paymentForm: coded('paymentForms', 'payment_form') },
  SalesDocument: { resolveType: (document) => TYPE_NAMES[document.type] },
  HistoryEvent: { resolveType: eventType },
  RecordChangedEvent: { resolveType: eventType },
  ExternalEvent: { resolveType: eventType },
  ...Object.fromEntries(EXTERNAL.map((name) => [`External${name}Event`, event(
    { direction: 'direction', source: 'source', title: 'title', body: 'body', url: 'url' })])),
  ...Object.fromEntries(CHANGED.map((name) =>
    [`${name}ChangedEvent`, event({ change: 'change', label: 'label' }, { changes })])),
  ...Object.fromEntries(PAYING.map((name) => [`${name}Event`, event(
    { documentType: 'type', folio: 'folio', amount: 'amount', currency: 'currency' }, salesDocument)])),
  ...Object.fromEntries(['PaymentReceived', 'CreditRefunded'].map((name) =>
    [`${name}Event`, event({ amount: 'amount', currency: 'currency' })])),
  ...Object.fromEntries(PLAIN.map((name) => [`${name}Event`, event()])),
  ProspectConvertedEvent: event({ prospectState: 'prospect_state', prospect: 'prospect' }),
  ProspectStateChangedEvent: event(
    { fromProspectState: 'from_prospect_state', toProspectState: 'to_prospect_state' }),
  SalesDocumentIssuedEvent: event(
    { documentType: 'type', folio: 'folio', total: 'total', currency: 'currency' }, salesDocument),
  SalesDocumentConvertedEvent: event(
    { fromType: 'from_type', fromFolio: 'from_folio', toType: 'to_type', toFolio: 'to_folio' },
    { ...salesDocument, originDocument: documentOf('originId', 'originType') }),
  SalesDocumentStateChangedEvent: event(
    { documentType: 'type', folio: 'folio', fromState: 'from_state', toState: 'to_state' }, salesDocument),
  SalesDocumentStampedEvent: event({ documentType: 'type', folio: 'folio', uuid: 'uuid' }, salesDocument),
  SalesDocumentReadinessOverriddenEvent: event(
    { documentType: 'type', folio: 'folio', problems: 'problems', reason: 'reason' }, salesDocument),
  SalesDocumentCancellationRequestedEvent: event(
    { documentType: 'type', folio: 'folio', cancellationReason: 'reason', substituteUuid: 'substitute_uuid' }, salesDocument),
  SalesDocumentCancellationReportedEvent: event(
    { documentType: 'type', folio: 'folio', fromSatState: 'from_sat_state', toSatState: 'to_sat_state' }, salesDocument),
  DealCreatedEvent: event({ title: 'title', estimatedValue: 'estimated_value', currency: 'currency' }, deal),
  DealWonEvent: event({ title: 'title', finalValue: 'final_value', currency: 'currency', closedOn: 'closed_on' }, deal),
  DealLostEvent: event({ title: 'title', reason: 'reason', closedOn: 'closed_on' }, deal),
  DealClosedEvent: event({ title: 'title', closedOn: 'closed_on' }, deal),
  DealReopenedEvent: event({ title: 'title' }, deal),
};
