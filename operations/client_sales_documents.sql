-- $1 company_id, $2 today, $3 a0_key
SELECT concat(
  '{"client":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_1.id, '","salesDocuments":', (
  SELECT concat(
    '{"totalCount":', (
    SELECT count(*) AS count_1
    FROM sales_document AS sales_document_1
    WHERE sales_document_1.company_id = $1::UUID AND true AND sales_document_1.client_id = client_1.id
  ),
    ',"nodes":[', array_to_string((array_agg(CAST(concat(
    '{"__typename":"', coalesce(CAST(
    '{"QUOTE":"SalesQuote","SALES_NOTE":"SalesNote","INVOICE":"SalesInvoice","CREDIT_NOTE":"SalesCreditNote"}' AS JSONB) ->> anon_1.type, '␁0:␂'), '","id":"doc_', anon_1.id, '","type":', CASE WHEN (anon_1.type IN ('CREDIT_NOTE', 'INVOICE', 'QUOTE', 'SALES_NOTE')) THEN '"' || anon_1.type || '"' ELSE '␁0:␂' END,
    ',"typeLabel":␁1:', CAST(ficha_json(anon_1.type) AS TEXT), '␂,"folio":', ficha_json(anon_1.folio),
    ',"state":', CASE WHEN (anon_1.state IN ('ACCEPTED', 'CANCELLED', 'CONVERTED', 'DRAFT', 'PAID', 'PARTIALLY_PAID', 'REJECTED', 'SENT', 'STAMPED', 'VIEWED')) THEN '"' || anon_1.state || '"' ELSE '␁0:␂' END,
    ',"stateLabel":␁2:', CAST(ficha_json(anon_1.state) AS TEXT), '␂,"issuedAt":"', to_char(anon_1.issued_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","issuedAtLabel":␁3:', coalesce('"' || CAST(to_char(anon_1.issued_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"total":"', anon_1.total, '","totalLabel":␁4:', coalesce('"' || CAST(anon_1.total AS TEXT) || '"', 'null'), '␂,"currency":', ficha_json(anon_1.currency),
    ',"stampStatus":', CASE WHEN (CASE WHEN (anon_1.uuid IS NOT NULL) THEN 'STAMPED' WHEN ((anon_1.type NOT IN ('INVOICE', 'CREDIT_NOTE')) OR anon_1.state IN ('DRAFT', 'CANCELLED')) THEN NULL ELSE 'PENDING' END IN ('PENDING', 'STAMPED')) THEN '"' || CASE WHEN (anon_1.uuid IS NOT NULL) THEN 'STAMPED' WHEN ((anon_1.type NOT IN ('INVOICE', 'CREDIT_NOTE')) OR anon_1.state IN ('DRAFT', 'CANCELLED')) THEN NULL ELSE 'PENDING' END || '"' WHEN (CASE WHEN (anon_1.uuid IS NOT NULL) THEN 'STAMPED' WHEN ((anon_1.type NOT IN ('INVOICE', 'CREDIT_NOTE')) OR anon_1.state IN ('DRAFT', 'CANCELLED')) THEN NULL ELSE 'PENDING' END IS NULL) THEN 'null' ELSE '␁0:␂' END,
    ',"stampStatusLabel":␁5:', CAST(ficha_json(CASE WHEN (anon_1.uuid IS NOT NULL) THEN 'STAMPED' WHEN ((anon_1.type NOT IN ('INVOICE', 'CREDIT_NOTE')) OR anon_1.state IN ('DRAFT', 'CANCELLED')) THEN NULL ELSE 'PENDING' END) AS TEXT), '␂,"version":', anon_1.version, CASE WHEN (anon_1.type IN ('SALES_NOTE', 'INVOICE')) THEN concat(
    ',"dueOn":', coalesce('"' || CAST(anon_1.due_on AS TEXT) || '"', 'null'),
    ',"dueOnLabel":␁6:', coalesce('"' || CAST(anon_1.due_on AS TEXT) || '"', 'null'), '␂,"balance":', coalesce('"' || CAST(CASE WHEN (anon_1.type IN ('SALES_NOTE', 'INVOICE') AND anon_1.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID')) THEN (anon_1.total - anon_1.paid) - anon_1.credited ELSE CAST(0 AS NUMERIC(18, 2)) END AS TEXT) || '"', '␁0:␂'),
    ',"balanceLabel":␁7:', coalesce('"' || CAST(CASE WHEN (anon_1.type IN ('SALES_NOTE', 'INVOICE') AND anon_1.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID')) THEN (anon_1.total - anon_1.paid) - anon_1.credited ELSE CAST(0 AS NUMERIC(18, 2)) END AS TEXT) || '"', 'null'), '␂,"isOverdue":', CASE WHEN (anon_1.type IN ('SALES_NOTE', 'INVOICE') AND anon_1.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID') AND anon_1.due_on IS NOT NULL AND anon_1.due_on < $2::DATE) THEN 'true' WHEN ((anon_1.type IN ('SALES_NOTE', 'INVOICE') AND anon_1.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID') AND anon_1.due_on IS NOT NULL AND anon_1.due_on < $2::DATE) IS NULL) THEN '␁0:␂' ELSE 'false' END) ELSE '' END, CASE WHEN (anon_1.type IN ('QUOTE')) THEN concat(
    ',"expiresOn":', coalesce('"' || CAST(anon_1.expires_on AS TEXT) || '"', 'null'),
    ',"isExpired":', CASE WHEN (anon_1.type = 'QUOTE' AND anon_1.state IN ('DRAFT', 'SENT') AND anon_1.expires_on IS NOT NULL AND anon_1.expires_on < $2::DATE) THEN 'true' WHEN ((anon_1.type = 'QUOTE' AND anon_1.state IN ('DRAFT', 'SENT') AND anon_1.expires_on IS NOT NULL AND anon_1.expires_on < $2::DATE) IS NULL) THEN '␁0:␂' ELSE 'false' END) ELSE '' END, '}') AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[1:least(CAST(count(*) AS INTEGER), 20)], ','), '],"pageInfo":{"hasNextPage":', CASE WHEN (count(*) > 20) THEN 'true' ELSE 'false' END,
    ',"endCursor":', CASE WHEN (count(*) > 0) THEN '"' || translate(encode(convert_to(CAST(json_build_array('sales_document ISSUED_AT:DESC', (array_agg(CAST(anon_1.t0_ AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[least(CAST(count(*) AS INTEGER), 20)], (array_agg(CAST(anon_1.t1_ AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[least(CAST(count(*) AS INTEGER), 20)]) AS TEXT), 'UTF8'), 'base64'), E'+/=\n', '-_') || '"' ELSE 'null' END, '}}') AS concat_2
  FROM LATERAL (
    SELECT sales_document_2.company_id AS company_id, sales_document_2.id AS id, sales_document_2.client_id AS client_id, sales_document_2.type AS type, sales_document_2.series AS series, sales_document_2.number AS number, sales_document_2.external_folio AS external_folio, sales_document_2.folio AS folio, sales_document_2.state AS state, sales_document_2.issued_at AS issued_at, sales_document_2.issued_by_id AS issued_by_id, sales_document_2.due_on AS due_on, sales_document_2.expires_on AS expires_on, sales_document_2.on_credit AS on_credit, sales_document_2.currency AS currency, sales_document_2.exchange_rate AS exchange_rate, sales_document_2.subtotal AS subtotal, sales_document_2.discount AS discount, sales_document_2.tax AS tax, sales_document_2.withheld AS withheld, sales_document_2.total AS total, sales_document_2.paid AS paid, sales_document_2.credited AS credited, sales_document_2.refunded AS refunded, sales_document_2.payment_form AS payment_form, sales_document_2.payment_method AS payment_method, sales_document_2.cfdi_use AS cfdi_use, sales_document_2.price_list_id AS price_list_id, sales_document_2.origin_id AS origin_id, sales_document_2.deal_id AS deal_id, sales_document_2.uuid AS uuid, sales_document_2.stamped_at AS stamped_at, sales_document_2.xml_document_id AS xml_document_id, sales_document_2.verification AS verification, sales_document_2.verification_findings AS verification_findings, sales_document_2.notes AS notes, sales_document_2.version AS version, sales_document_2.created_at AS created_at, sales_document_2.updated_at AS updated_at, CASE WHEN (sales_document_2.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_2.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID')) THEN (sales_document_2.total - sales_document_2.paid) - sales_document_2.credited ELSE CAST(0 AS NUMERIC(18, 2)) END AS balance, (
      SELECT company_1.currency
      FROM company AS company_1
      WHERE company_1.id = $1::UUID
    ) AS company_currency, CAST(round(CASE WHEN (sales_document_2.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_2.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID')) THEN (sales_document_2.total - sales_document_2.paid) - sales_document_2.credited ELSE CAST(0 AS NUMERIC(18, 2)) END * sales_document_2.exchange_rate, 2) AS NUMERIC(18, 2)) AS exposure, CASE WHEN (sales_document_2.type != 'CREDIT_NOTE' OR sales_document_2.state IN ('DRAFT', 'CANCELLED')) THEN CAST(0 AS NUMERIC(18, 2)) ELSE (sales_document_2.total - sales_document_2.credited) - sales_document_2.refunded END AS "left", CASE WHEN (EXISTS (
      SELECT *
      FROM sales_document_line AS sales_document_line_1
      WHERE sales_document_line_1.company_id = $1::UUID AND sales_document_line_1.client_id = sales_document_2.client_id AND sales_document_line_1.sales_document_id = sales_document_2.id AND sales_document_line_1.product_code = '84111506'
    )) THEN CAST(greatest(sales_document_2.total - coalesce((
      SELECT sum(CASE WHEN (coalesce((
        SELECT sum(application_1.amount) AS sum_2
        FROM application AS application_1
        WHERE application_1.company_id = $1::UUID AND application_1.client_id = sales_document_3.client_id AND application_1.sales_document_id = sales_document_3.id AND application_1.credit_note_id IN (
          SELECT cfdi_relation_1.sales_document_id
          FROM cfdi_relation AS cfdi_relation_1
          WHERE cfdi_relation_1.company_id = $1::UUID AND cfdi_relation_1.client_id = sales_document_3.client_id AND cfdi_relation_1.related_id = sales_document_3.id AND cfdi_relation_1.type = '07'
        ) AND application_1.undone_at IS NULL
      ), CASE WHEN (sales_document_3.discount > 0) THEN sales_document_3.discount * coalesce(sales_document_3.total / CAST(nullif(sales_document_3.subtotal - sales_document_3.discount, 0) AS NUMERIC), 1) END) IS NULL) THEN sales_document_2.total ELSE least(sales_document_2.total, greatest(coalesce((
        SELECT sum(application_1.amount) AS sum_2
        FROM application AS application_1
        WHERE application_1.company_id = $1::UUID AND application_1.client_id = sales_document_3.client_id AND application_1.sales_document_id = sales_document_3.id AND application_1.credit_note_id IN (
          SELECT cfdi_relation_1.sales_document_id
          FROM cfdi_relation AS cfdi_relation_1
          WHERE cfdi_relation_1.company_id = $1::UUID AND cfdi_relation_1.client_id = sales_document_3.client_id AND cfdi_relation_1.related_id = sales_document_3.id AND cfdi_relation_1.type = '07'
        ) AND application_1.undone_at IS NULL
      ), CASE WHEN (sales_document_3.discount > 0) THEN sales_document_3.discount * coalesce(sales_document_3.total / CAST(nullif(sales_document_3.subtotal - sales_document_3.discount, 0) AS NUMERIC), 1) END) * CASE WHEN (sales_document_2.currency = sales_document_3.currency) THEN 1 ELSE sales_document_3.exchange_rate / CAST(sales_document_2.exchange_rate AS NUMERIC(18, 6)) END - coalesce((
        SELECT sum(greatest(sales_document_4.total - coalesce((
          SELECT sum(coalesce((
            SELECT sum(application_2.amount) AS sum_5
            FROM application AS application_2
            WHERE application_2.company_id = $1::UUID AND application_2.client_id = sales_document_5.client_id AND application_2.sales_document_id = sales_document_5.id AND application_2.credit_note_id IN (
              SELECT cfdi_relation_2.sales_document_id
              FROM cfdi_relation AS cfdi_relation_2
              WHERE cfdi_relation_2.company_id = $1::UUID AND cfdi_relation_2.client_id = sales_document_5.client_id AND cfdi_relation_2.related_id = sales_document_5.id AND cfdi_relation_2.type = '07'
            ) AND application_2.undone_at IS NULL
          ), CASE WHEN (sales_document_5.discount > 0) THEN sales_document_5.discount * coalesce(sales_document_5.total / CAST(nullif(sales_document_5.subtotal - sales_document_5.discount, 0) AS NUMERIC), 1) END) * CASE WHEN (sales_document_4.currency = sales_document_5.currency) THEN 1 ELSE sales_document_5.exchange_rate / CAST(sales_document_4.exchange_rate AS NUMERIC(18, 6)) END) AS sum_4
          FROM sales_document AS sales_document_5
          WHERE sales_document_5.company_id = $1::UUID AND sales_document_5.client_id = sales_document_4.client_id AND sales_document_5.type = 'INVOICE' AND sales_document_5.state != 'CANCELLED' AND sales_document_5.id IN (
            SELECT cfdi_relation_3.sales_document_id
            FROM cfdi_relation AS cfdi_relation_3
            WHERE cfdi_relation_3.company_id = $1::UUID AND cfdi_relation_3.client_id = sales_document_4.client_id AND cfdi_relation_3.related_id = sales_document_4.id AND cfdi_relation_3.type = '07'
          ) AND (sales_document_5.issued_at, sales_document_5.id) < (sales_document_3.issued_at, sales_document_3.id)
        ), 0), 0) * CASE WHEN (sales_document_3.currency = sales_document_4.currency) THEN 1 ELSE sales_document_4.exchange_rate / CAST(sales_document_3.exchange_rate AS NUMERIC(18, 6)) END) AS sum_3
        FROM sales_document AS sales_document_4
        WHERE sales_document_4.company_id = $1::UUID AND sales_document_3.company_id = $1::UUID AND sales_document_3.client_id = sales_document_4.client_id AND sales_document_3.type = 'INVOICE' AND sales_document_3.state != 'CANCELLED' AND sales_document_3.id IN (
          SELECT cfdi_relation_4.sales_document_id
          FROM cfdi_relation AS cfdi_relation_4
          WHERE cfdi_relation_4.company_id = $1::UUID AND cfdi_relation_4.client_id = sales_document_4.client_id AND cfdi_relation_4.related_id = sales_document_4.id AND cfdi_relation_4.type = '07'
        ) AND (sales_document_4.issued_at, sales_document_4.id) < (sales_document_2.issued_at, sales_document_2.id)
      ), 0) * CASE WHEN (sales_document_2.currency = sales_document_3.currency) THEN 1 ELSE sales_document_3.exchange_rate / CAST(sales_document_2.exchange_rate AS NUMERIC(18, 6)) END, 0)) END) AS sum_1
      FROM sales_document AS sales_document_3
      WHERE sales_document_3.company_id = $1::UUID AND sales_document_3.client_id = sales_document_2.client_id AND sales_document_3.type = 'INVOICE' AND sales_document_3.state != 'CANCELLED' AND sales_document_3.id IN (
        SELECT cfdi_relation_5.sales_document_id
        FROM cfdi_relation AS cfdi_relation_5
        WHERE cfdi_relation_5.company_id = $1::UUID AND cfdi_relation_5.client_id = sales_document_2.client_id AND cfdi_relation_5.related_id = sales_document_2.id AND cfdi_relation_5.type = '07'
      )
    ), 0), 0) AS NUMERIC(18, 2)) END AS advance_left, sales_document_2.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_2.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID') AND (sales_document_2.type = 'INVOICE' OR sales_document_2.on_credit) AS counts_as_credit, CASE WHEN (NOT (sales_document_2.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_2.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID'))) THEN 'NOT_OWED' WHEN (sales_document_2.type = 'INVOICE') THEN 'INVOICE' WHEN sales_document_2.on_credit THEN 'CREDIT_SALES_NOTE' ELSE 'CASH_SALES_NOTE' END AS exposure_reason, CASE WHEN (sales_document_2.uuid IS NOT NULL) THEN 'STAMPED' WHEN ((sales_document_2.type NOT IN ('INVOICE', 'CREDIT_NOTE')) OR sales_document_2.state IN ('DRAFT', 'CANCELLED')) THEN NULL ELSE 'PENDING' END AS stamp_status, sales_document_2.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_2.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID') AND sales_document_2.due_on IS NOT NULL AND sales_document_2.due_on < $2::DATE AS is_overdue, sales_document_2.type = 'QUOTE' AND sales_document_2.state IN ('DRAFT', 'SENT') AND sales_document_2.expires_on IS NOT NULL AND sales_document_2.expires_on < $2::DATE AS is_expired, sales_document_2.issued_at AS t0_, sales_document_2.id AS t1_
    FROM sales_document AS sales_document_2
    WHERE sales_document_2.company_id = $1::UUID AND true AND sales_document_2.client_id = client_1.id
    ORDER BY sales_document_2.issued_at DESC, sales_document_2.id DESC
    LIMIT 21
  ) AS anon_1
), '}') ELSE 'null' END, '}') AS concat_1
FROM (
  SELECT 1 AS one
) AS one
LEFT OUTER JOIN client AS client_1 ON client_1.id = $3::UUID AND client_1.company_id = $1::UUID
