-- $1 company_id, $2 a1_f0, $3 a1_f1, $4 a1_f2, $5 a1_f3, $6 a0_key
SELECT concat(
  '{"client":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_1.id, '","ledger":', (
  SELECT concat(
    '{"totalCount":', (
    SELECT count(*) AS count_1
    FROM ledger_entry AS ledger_entry_1
    WHERE ledger_entry_1.company_id = $1::UUID AND ledger_entry_1.kind = ANY ($2::VARCHAR(40)[]) AND ledger_entry_1.currency = $3::VARCHAR AND (ledger_entry_1.effective_on < $4::DATE) AND (ledger_entry_1.effective_on >= $5::DATE) AND ledger_entry_1.client_id = client_1.id
  ),
    ',"nodes":[', array_to_string((array_agg(CAST(concat(
    '{"id":"led_', anon_1.id, '","kind":', CASE WHEN (anon_1.kind IN ('ADJUSTMENT', 'APPLICATION', 'CHARGE', 'CREDIT', 'PAYMENT', 'REFUND')) THEN '"' || anon_1.kind || '"' ELSE '␁0:␂' END,
    ',"kindLabel":␁1:', CAST(ficha_json(anon_1.kind) AS TEXT), '␂,"amount":"', anon_1.amount, '","amountLabel":␁2:', coalesce('"' || CAST(anon_1.amount AS TEXT) || '"', 'null'), '␂,"currency":', ficha_json(anon_1.currency),
    ',"exchangeRate":"', anon_1.exchange_rate, '","exchangeRateLabel":␁3:', coalesce('"' || CAST(anon_1.exchange_rate AS TEXT) || '"', 'null'), '␂,"effectiveOn":"', anon_1.effective_on, '","effectiveOnLabel":␁4:', coalesce('"' || CAST(anon_1.effective_on AS TEXT) || '"', 'null'), '␂,"recordedAt":"', to_char(anon_1.recorded_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","recordedAtLabel":␁5:', coalesce('"' || CAST(to_char(anon_1.recorded_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"actor":', CASE WHEN (collaborator_1.id IS NOT NULL) THEN concat(
    '{"id":"col_', collaborator_1.id, '","name":', ficha_json(collaborator_1.name), '}') ELSE 'null' END,
    ',"salesDocument":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', coalesce(CAST(
    '{"QUOTE":"SalesQuote","SALES_NOTE":"SalesNote","INVOICE":"SalesInvoice","CREDIT_NOTE":"SalesCreditNote"}' AS JSONB) ->> sales_document_1.type, '␁0:␂'), '","id":"doc_', sales_document_1.id, '","folio":', ficha_json(sales_document_1.folio), '}') ELSE 'null' END,
    ',"payment":', CASE WHEN (payment_1.id IS NOT NULL) THEN concat(
    '{"id":"pay_', payment_1.id, '","reference":', coalesce(ficha_json(payment_1.reference), 'null'::json),
    ',"assumed":', CASE WHEN payment_1.assumed THEN 'true' ELSE 'false' END,
    ',"uuid":', coalesce('"' || CAST(payment_1.uuid AS TEXT) || '"', 'null'), '}') ELSE 'null' END,
    ',"creditNote":', CASE WHEN (sales_document_2.id IS NOT NULL) THEN concat(
    '{"id":"doc_', sales_document_2.id, '","folio":', ficha_json(sales_document_2.folio), '}') ELSE 'null' END,
    ',"reverses":', CASE WHEN (ledger_entry_2.id IS NOT NULL) THEN concat(
    '{"id":"led_', ledger_entry_2.id, '","effectiveOn":"', ledger_entry_2.effective_on, '","effectiveOnLabel":␁6:', coalesce('"' || CAST(ledger_entry_2.effective_on AS TEXT) || '"', 'null'), '␂}') ELSE 'null' END, '}') AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[1:least(CAST(count(*) AS INTEGER), 10)], ','), '],"pageInfo":{"hasNextPage":', CASE WHEN (count(*) > 10) THEN 'true' ELSE 'false' END,
    ',"hasPreviousPage":false,"startCursor":', CASE WHEN (count(*) > 0) THEN '"' || translate(encode(convert_to(CAST(json_build_array('ledger_entry EFFECTIVE_ON:DESC', (array_agg(CAST(anon_1.t0_ AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[1], (array_agg(CAST(anon_1.t1_ AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[1]) AS TEXT), 'UTF8'), 'base64'), E'+/=\n', '-_') || '"' ELSE 'null' END,
    ',"endCursor":', CASE WHEN (count(*) > 0) THEN '"' || translate(encode(convert_to(CAST(json_build_array('ledger_entry EFFECTIVE_ON:DESC', (array_agg(CAST(anon_1.t0_ AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[least(CAST(count(*) AS INTEGER), 10)], (array_agg(CAST(anon_1.t1_ AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[least(CAST(count(*) AS INTEGER), 10)]) AS TEXT), 'UTF8'), 'base64'), E'+/=\n', '-_') || '"' ELSE 'null' END, '}}') AS concat_2
  FROM LATERAL (
    SELECT ledger_entry_3.company_id AS company_id, ledger_entry_3.id AS id, ledger_entry_3.client_id AS client_id, ledger_entry_3.kind AS kind, ledger_entry_3.currency AS currency, ledger_entry_3.exchange_rate AS exchange_rate, ledger_entry_3.amount AS amount, ledger_entry_3.effective_on AS effective_on, ledger_entry_3.recorded_at AS recorded_at, ledger_entry_3.actor_id AS actor_id, ledger_entry_3.api_key_id AS api_key_id, ledger_entry_3.sales_document_id AS sales_document_id, ledger_entry_3.payment_id AS payment_id, ledger_entry_3.credit_note_id AS credit_note_id, ledger_entry_3.application_id AS application_id, ledger_entry_3.reverses_id AS reverses_id, ledger_entry_3.recorded_at AS created_at, ledger_entry_3.recorded_at AS updated_at, ledger_entry_3.effective_on AS t0_, ledger_entry_3.id AS t1_
    FROM ledger_entry AS ledger_entry_3
    WHERE ledger_entry_3.company_id = $1::UUID AND ledger_entry_3.kind = ANY ($2::VARCHAR(40)[]) AND ledger_entry_3.currency = $3::VARCHAR AND (ledger_entry_3.effective_on < $4::DATE) AND (ledger_entry_3.effective_on >= $5::DATE) AND ledger_entry_3.client_id = client_1.id
    ORDER BY ledger_entry_3.effective_on DESC, ledger_entry_3.id DESC
    LIMIT 11
  ) AS anon_1
  LEFT OUTER JOIN collaborator AS collaborator_1 ON collaborator_1.company_id = $1::UUID AND collaborator_1.id = anon_1.actor_id
  LEFT OUTER JOIN sales_document AS sales_document_1 ON sales_document_1.company_id = $1::UUID AND sales_document_1.id = anon_1.sales_document_id
  LEFT OUTER JOIN payment AS payment_1 ON payment_1.company_id = $1::UUID AND payment_1.id = anon_1.payment_id
  LEFT OUTER JOIN sales_document AS sales_document_2 ON sales_document_2.company_id = $1::UUID AND sales_document_2.id = anon_1.credit_note_id
  LEFT OUTER JOIN ledger_entry AS ledger_entry_2 ON ledger_entry_2.company_id = $1::UUID AND ledger_entry_2.id = anon_1.reverses_id
), '}') ELSE 'null' END, '}') AS concat_1
FROM (
  SELECT 1 AS one
) AS one
LEFT OUTER JOIN client AS client_1 ON client_1.id = $6::UUID AND client_1.company_id = $1::UUID
