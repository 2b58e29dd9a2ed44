-- $1 company_id, $2 today, $3 a0_key
SELECT concat(
  '{"salesDocument":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
  '{"__typename":"', coalesce(CAST(
  '{"QUOTE":"SalesQuote","SALES_NOTE":"SalesNote","INVOICE":"SalesInvoice","CREDIT_NOTE":"SalesCreditNote"}' AS JSONB) ->> sales_document_1.type, '␁0:␂'), '","id":"doc_', sales_document_1.id, '","folio":', ficha_json(sales_document_1.folio),
  ',"state":', CASE WHEN (sales_document_1.state IN ('ACCEPTED', 'CANCELLED', 'CONVERTED', 'DRAFT', 'PAID', 'PARTIALLY_PAID', 'REJECTED', 'SENT', 'STAMPED', 'VIEWED')) THEN '"' || sales_document_1.state || '"' ELSE '␁0:␂' END,
  ',"stateLabel":␁1:', CAST(ficha_json(sales_document_1.state) AS TEXT), '␂,"issuedAt":"', to_char(sales_document_1.issued_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","issuedAtLabel":␁2:', coalesce('"' || CAST(to_char(sales_document_1.issued_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"issuedBy":', CASE WHEN (collaborator_1.id IS NOT NULL) THEN concat(
  '{"id":"col_', collaborator_1.id, '","name":', ficha_json(collaborator_1.name), '}') ELSE 'null' END,
  ',"client":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_1.id, '","legalName":', ficha_json(client_1.legal_name), '}') ELSE 'null' END,
  ',"currency":', ficha_json(sales_document_1.currency),
  ',"exchangeRate":"', sales_document_1.exchange_rate, '","exchangeRateLabel":␁3:', coalesce('"' || CAST(sales_document_1.exchange_rate AS TEXT) || '"', 'null'), '␂,"paymentForm":␁4:', CAST(ficha_json(sales_document_1.payment_form) AS TEXT), '␂,"paymentMethod":␁5:', CAST(ficha_json(sales_document_1.payment_method) AS TEXT), '␂,"cfdiUse":␁6:', CAST(ficha_json(sales_document_1.cfdi_use) AS TEXT), '␂,"lines":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"lin_', sales_document_line_1.id, '","position":', sales_document_line_1.position,
    ',"sku":', coalesce(ficha_json(sales_document_line_1.sku), 'null'::json),
    ',"description":', ficha_json(sales_document_line_1.description),
    ',"productCode":', ficha_json(sales_document_line_1.product_code),
    ',"product":', CASE WHEN (sat_product_1.code IS NOT NULL) THEN concat(
    '{"code":', ficha_json(sat_product_1.code),
    ',"name":', ficha_json(sat_product_1.name), '}') ELSE 'null' END,
    ',"quantity":"', sales_document_line_1.quantity, '","quantityLabel":␁7:', coalesce('"' || CAST(sales_document_line_1.quantity AS TEXT) || '"', 'null'), '␂,"unitCode":', ficha_json(sales_document_line_1.unit_code),
    ',"unit":', CASE WHEN (sat_unit_1.code IS NOT NULL) THEN concat(
    '{"code":', ficha_json(sat_unit_1.code),
    ',"name":', ficha_json(sat_unit_1.name), '}') ELSE 'null' END,
    ',"unitPrice":"', sales_document_line_1.unit_price, '","unitPriceLabel":␁8:', coalesce('"' || CAST(sales_document_line_1.unit_price AS TEXT) || '"', 'null'), '␂,"amount":"', sales_document_line_1.amount, '","amountLabel":␁9:', coalesce('"' || CAST(sales_document_line_1.amount AS TEXT) || '"', 'null'), '␂,"discount":"', sales_document_line_1.discount, '","discountLabel":␁10:', coalesce('"' || CAST(sales_document_line_1.discount AS TEXT) || '"', 'null'), '␂,"taxObject":', ficha_json(sales_document_line_1.tax_object),
    ',"taxes":', (
    SELECT concat('[', string_agg(concat(
      '{"kind":', CASE WHEN (sales_document_tax_1.kind IN ('TRANSFERRED', 'WITHHELD')) THEN '"' || sales_document_tax_1.kind || '"' ELSE '␁0:␂' END,
      ',"kindLabel":␁11:', CAST(ficha_json(sales_document_tax_1.kind) AS TEXT), '␂,"tax":', ficha_json(sales_document_tax_1.tax),
      ',"factor":', CASE WHEN (sales_document_tax_1.factor IN ('EXEMPT', 'QUOTA', 'RATE')) THEN '"' || sales_document_tax_1.factor || '"' ELSE '␁0:␂' END,
      ',"factorLabel":␁12:', CAST(ficha_json(sales_document_tax_1.factor) AS TEXT), '␂,"rate":', coalesce('"' || CAST(sales_document_tax_1.rate AS TEXT) || '"', 'null'),
      ',"rateLabel":␁13:', coalesce('"' || CAST(sales_document_tax_1.rate AS TEXT) || '"', 'null'), '␂,"base":', coalesce('"' || CAST(sales_document_tax_1.base AS TEXT) || '"', 'null'),
      ',"baseLabel":␁14:', coalesce('"' || CAST(sales_document_tax_1.base AS TEXT) || '"', 'null'), '␂,"amount":"', sales_document_tax_1.amount, '","amountLabel":␁15:', coalesce('"' || CAST(sales_document_tax_1.amount AS TEXT) || '"', 'null'), '␂}'), ',' ORDER BY sales_document_tax_1.position, sales_document_tax_1.id), ']') AS concat_3
    FROM sales_document_tax AS sales_document_tax_1
    WHERE sales_document_tax_1.company_id = $1::UUID AND sales_document_tax_1.line_id = sales_document_line_1.id
  ),
    ',"remaining":', coalesce('"' || CAST(sales_document_line_1.quantity - sales_document_line_1.converted AS TEXT) || '"', '␁0:␂'),
    ',"remainingLabel":␁16:', coalesce('"' || CAST(sales_document_line_1.quantity - sales_document_line_1.converted AS TEXT) || '"', 'null'), '␂}'), ',' ORDER BY sales_document_line_1.position, sales_document_line_1.id), ']') AS concat_2
  FROM sales_document_line AS sales_document_line_1
  LEFT OUTER JOIN sat_product AS sat_product_1 ON sat_product_1.code = sales_document_line_1.product_code
  LEFT OUTER JOIN sat_unit AS sat_unit_1 ON sat_unit_1.code = sales_document_line_1.unit_code
  WHERE sales_document_line_1.company_id = $1::UUID AND sales_document_line_1.sales_document_id = sales_document_1.id
),
  ',"subtotal":"', sales_document_1.subtotal, '","subtotalLabel":␁17:', coalesce('"' || CAST(sales_document_1.subtotal AS TEXT) || '"', 'null'), '␂,"discount":"', sales_document_1.discount, '","discountLabel":␁18:', coalesce('"' || CAST(sales_document_1.discount AS TEXT) || '"', 'null'), '␂,"tax":"', sales_document_1.tax, '","taxLabel":␁19:', coalesce('"' || CAST(sales_document_1.tax AS TEXT) || '"', 'null'), '␂,"withheld":"', sales_document_1.withheld, '","withheldLabel":␁20:', coalesce('"' || CAST(sales_document_1.withheld AS TEXT) || '"', 'null'), '␂,"taxTotals":', (
  SELECT concat('[', string_agg(concat(
    '{"kind":', CASE WHEN (anon_1.kind IN ('TRANSFERRED', 'WITHHELD')) THEN '"' || anon_1.kind || '"' ELSE '␁0:␂' END,
    ',"kindLabel":␁21:', CAST(ficha_json(anon_1.kind) AS TEXT), '␂,"tax":', ficha_json(anon_1.tax),
    ',"factor":', CASE WHEN (anon_1.factor IN ('EXEMPT', 'QUOTA', 'RATE')) THEN '"' || anon_1.factor || '"' ELSE '␁0:␂' END,
    ',"factorLabel":␁22:', CAST(ficha_json(anon_1.factor) AS TEXT), '␂,"rate":', coalesce('"' || CAST(anon_1.rate AS TEXT) || '"', 'null'),
    ',"rateLabel":␁23:', coalesce('"' || CAST(anon_1.rate AS TEXT) || '"', 'null'), '␂,"base":', coalesce('"' || CAST(anon_1.base AS TEXT) || '"', 'null'),
    ',"baseLabel":␁24:', coalesce('"' || CAST(anon_1.base AS TEXT) || '"', 'null'), '␂,"amount":"', anon_1.amount, '","amountLabel":␁25:', coalesce('"' || CAST(anon_1.amount AS TEXT) || '"', 'null'), '␂}'), ','), ']') AS concat_4
  FROM LATERAL (
    SELECT sales_document_tax_2.kind AS kind, sales_document_tax_2.tax AS tax, sales_document_tax_2.factor AS factor, (
      SELECT sales_document_2.currency
      FROM sales_document AS sales_document_2
      WHERE sales_document_2.company_id = $1::UUID AND sales_document_2.id = sales_document_1.id
    ) AS currency, sales_document_tax_2.rate AS rate, CAST(round(sum(sales_document_tax_2.base), 2) AS NUMERIC(18, 2)) AS base, CAST(round(sum(sales_document_tax_2.amount), 2) AS NUMERIC(18, 2)) AS amount
    FROM sales_document_tax AS sales_document_tax_2
    WHERE sales_document_tax_2.company_id = $1::UUID AND sales_document_tax_2.sales_document_id = sales_document_1.id
    GROUP BY sales_document_tax_2.kind, sales_document_tax_2.tax, sales_document_tax_2.factor, sales_document_tax_2.rate
    ORDER BY sales_document_tax_2.kind, sales_document_tax_2.tax, sales_document_tax_2.factor, sales_document_tax_2.rate
  ) AS anon_1
),
  ',"total":"', sales_document_1.total, '","totalLabel":␁26:', coalesce('"' || CAST(sales_document_1.total AS TEXT) || '"', 'null'), '␂,"uuid":', coalesce('"' || CAST(sales_document_1.uuid AS TEXT) || '"', 'null'),
  ',"cancellation":', CASE WHEN (cancellation_1.sales_document_id IS NOT NULL) THEN concat(
  '{"reason":', CASE WHEN (cancellation_1.reason IN ('ERRORS_WITHOUT_RELATION', 'ERRORS_WITH_RELATION', 'NOMINATIVE_IN_GLOBAL_INVOICE', 'OPERATION_NOT_CARRIED_OUT')) THEN '"' || cancellation_1.reason || '"' WHEN (cancellation_1.reason IS NULL) THEN 'null' ELSE '␁0:␂' END,
  ',"reasonLabel":␁27:', CAST(ficha_json(cancellation_1.reason) AS TEXT), '␂,"satState":', CASE WHEN (cancellation_1.sat_state IN ('ACCEPTED', 'ACCEPTED_BY_SILENCE', 'CANCELLABLE_WITHOUT_ACCEPTANCE', 'CANCELLED_WITHOUT_ACCEPTANCE', 'IN_PROCESS', 'NOT_CANCELLABLE', 'REFUSED', 'REQUESTED')) THEN '"' || cancellation_1.sat_state || '"' WHEN (cancellation_1.sat_state IS NULL) THEN 'null' ELSE '␁0:␂' END,
  ',"satStateLabel":␁28:', CAST(ficha_json(cancellation_1.sat_state) AS TEXT), '␂,"substitute":', CASE WHEN (sales_document_3.id IS NOT NULL) THEN concat(
  '{"__typename":"', coalesce(CAST(
  '{"QUOTE":"SalesQuote","SALES_NOTE":"SalesNote","INVOICE":"SalesInvoice","CREDIT_NOTE":"SalesCreditNote"}' AS JSONB) ->> sales_document_3.type, '␁0:␂'), '","id":"doc_', sales_document_3.id, '","folio":', ficha_json(sales_document_3.folio),
  ',"state":', CASE WHEN (sales_document_3.state IN ('ACCEPTED', 'CANCELLED', 'CONVERTED', 'DRAFT', 'PAID', 'PARTIALLY_PAID', 'REJECTED', 'SENT', 'STAMPED', 'VIEWED')) THEN '"' || sales_document_3.state || '"' ELSE '␁0:␂' END,
  ',"stateLabel":␁29:', CAST(ficha_json(sales_document_3.state) AS TEXT), '␂}') ELSE 'null' END,
  ',"substituteUuid":', coalesce('"' || CAST(cancellation_1.substitute_uuid AS TEXT) || '"', 'null'),
  ',"requestedAt":', coalesce('"' || CAST(to_char(cancellation_1.requested_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'),
  ',"requestedAtLabel":␁30:', coalesce('"' || CAST(to_char(cancellation_1.requested_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"requestedBy":', CASE WHEN (collaborator_2.id IS NOT NULL) THEN concat(
  '{"id":"col_', collaborator_2.id, '","name":', ficha_json(collaborator_2.name), '}') ELSE 'null' END,
  ',"answeredAt":', coalesce('"' || CAST(to_char(cancellation_1.answered_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'),
  ',"answeredAtLabel":␁31:', coalesce('"' || CAST(to_char(cancellation_1.answered_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"acuse":', CASE WHEN (document_1.id IS NOT NULL) THEN concat(
  '{"id":"file_', document_1.id, '","name":', ficha_json(document_1.name), '}') ELSE 'null' END, '}') ELSE 'null' END,
  ',"stampStatus":', CASE WHEN (CASE WHEN (sales_document_1.uuid IS NOT NULL) THEN 'STAMPED' WHEN ((sales_document_1.type NOT IN ('INVOICE', 'CREDIT_NOTE')) OR sales_document_1.state IN ('DRAFT', 'CANCELLED')) THEN NULL ELSE 'PENDING' END IN ('PENDING', 'STAMPED')) THEN '"' || CASE WHEN (sales_document_1.uuid IS NOT NULL) THEN 'STAMPED' WHEN ((sales_document_1.type NOT IN ('INVOICE', 'CREDIT_NOTE')) OR sales_document_1.state IN ('DRAFT', 'CANCELLED')) THEN NULL ELSE 'PENDING' END || '"' WHEN (CASE WHEN (sales_document_1.uuid IS NOT NULL) THEN 'STAMPED' WHEN ((sales_document_1.type NOT IN ('INVOICE', 'CREDIT_NOTE')) OR sales_document_1.state IN ('DRAFT', 'CANCELLED')) THEN NULL ELSE 'PENDING' END IS NULL) THEN 'null' ELSE '␁0:␂' END,
  ',"stampStatusLabel":␁32:', CAST(ficha_json(CASE WHEN (sales_document_1.uuid IS NOT NULL) THEN 'STAMPED' WHEN ((sales_document_1.type NOT IN ('INVOICE', 'CREDIT_NOTE')) OR sales_document_1.state IN ('DRAFT', 'CANCELLED')) THEN NULL ELSE 'PENDING' END) AS TEXT), '␂,"stampedAt":', coalesce('"' || CAST(to_char(sales_document_1.stamped_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'),
  ',"stampedAtLabel":␁33:', coalesce('"' || CAST(to_char(sales_document_1.stamped_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"verification":', CASE WHEN (sales_document_1.verification IN ('FAILED', 'NOT_CHECKED', 'VERIFIED')) THEN '"' || sales_document_1.verification || '"' WHEN (sales_document_1.verification IS NULL) THEN 'null' ELSE '␁0:␂' END,
  ',"verificationLabel":␁34:', CAST(ficha_json(sales_document_1.verification) AS TEXT), '␂,"verificationFindings":', array_to_json(sales_document_1.verification_findings),
  ',"verificationFindingLabels":␁35:', json_build_array(sales_document_1.verification_findings), '␂,"relatedCfdi":', (
  SELECT concat('[', string_agg(concat(
    '{"type":', ficha_json(cfdi_relation_1.type),
    ',"uuid":"', cfdi_relation_1.uuid, '","related":', CASE WHEN (sales_document_4.id IS NOT NULL) THEN concat(
    '{"__typename":"', coalesce(CAST(
    '{"QUOTE":"SalesQuote","SALES_NOTE":"SalesNote","INVOICE":"SalesInvoice","CREDIT_NOTE":"SalesCreditNote"}' AS JSONB) ->> sales_document_4.type, '␁0:␂'), '","id":"doc_', sales_document_4.id, '","folio":', ficha_json(sales_document_4.folio),
    ',"state":', CASE WHEN (sales_document_4.state IN ('ACCEPTED', 'CANCELLED', 'CONVERTED', 'DRAFT', 'PAID', 'PARTIALLY_PAID', 'REJECTED', 'SENT', 'STAMPED', 'VIEWED')) THEN '"' || sales_document_4.state || '"' ELSE '␁0:␂' END,
    ',"stateLabel":␁36:', CAST(ficha_json(sales_document_4.state) AS TEXT), '␂}') ELSE 'null' END, '}'), ',' ORDER BY cfdi_relation_1.id), ']') AS concat_5
  FROM cfdi_relation AS cfdi_relation_1
  LEFT OUTER JOIN sales_document AS sales_document_4 ON sales_document_4.company_id = $1::UUID AND sales_document_4.id = cfdi_relation_1.related_id
  WHERE cfdi_relation_1.company_id = $1::UUID AND cfdi_relation_1.sales_document_id = sales_document_1.id
),
  ',"notes":', coalesce(ficha_json(sales_document_1.notes), 'null'::json),
  ',"origin":', CASE WHEN (sales_document_5.id IS NOT NULL) THEN concat(
  '{"__typename":"', coalesce(CAST(
  '{"QUOTE":"SalesQuote","SALES_NOTE":"SalesNote","INVOICE":"SalesInvoice","CREDIT_NOTE":"SalesCreditNote"}' AS JSONB) ->> sales_document_5.type, '␁0:␂'), '","id":"doc_', sales_document_5.id, '","folio":', ficha_json(sales_document_5.folio),
  ',"state":', CASE WHEN (sales_document_5.state IN ('ACCEPTED', 'CANCELLED', 'CONVERTED', 'DRAFT', 'PAID', 'PARTIALLY_PAID', 'REJECTED', 'SENT', 'STAMPED', 'VIEWED')) THEN '"' || sales_document_5.state || '"' ELSE '␁0:␂' END,
  ',"stateLabel":␁37:', CAST(ficha_json(sales_document_5.state) AS TEXT), '␂}') ELSE 'null' END,
  ',"descendants":', (
  SELECT concat('[', string_agg(concat(
    '{"__typename":"', coalesce(CAST(
    '{"QUOTE":"SalesQuote","SALES_NOTE":"SalesNote","INVOICE":"SalesInvoice","CREDIT_NOTE":"SalesCreditNote"}' AS JSONB) ->> sales_document_6.type, '␁0:␂'), '","id":"doc_', sales_document_6.id, '","folio":', ficha_json(sales_document_6.folio),
    ',"state":', CASE WHEN (sales_document_6.state IN ('ACCEPTED', 'CANCELLED', 'CONVERTED', 'DRAFT', 'PAID', 'PARTIALLY_PAID', 'REJECTED', 'SENT', 'STAMPED', 'VIEWED')) THEN '"' || sales_document_6.state || '"' ELSE '␁0:␂' END,
    ',"stateLabel":␁38:', CAST(ficha_json(sales_document_6.state) AS TEXT), '␂}'), ',' ORDER BY sales_document_6.issued_at, sales_document_6.id), ']') AS concat_6
  FROM sales_document AS sales_document_6
  WHERE sales_document_6.company_id = $1::UUID AND sales_document_6.id IN (
    SELECT anon_2.id
    FROM (
      SELECT sales_document_7.company_id AS company_id, sales_document_7.id AS origin_id, sales_document_8.id AS id
      FROM sales_document AS sales_document_7
      JOIN sales_document AS sales_document_8 ON sales_document_7.company_id = $1::UUID AND sales_document_8.company_id = $1::UUID AND sales_document_8.client_id = sales_document_7.client_id AND sales_document_8.origin_id = sales_document_7.id
      UNION
      SELECT sales_document_7.company_id AS company_id, sales_document_7.id AS origin_id, sales_document_line_2.sales_document_id AS sales_document_id
      FROM sales_document AS sales_document_7
      JOIN sales_document_line AS sales_document_line_3 ON sales_document_7.company_id = $1::UUID AND sales_document_line_3.company_id = $1::UUID AND sales_document_line_3.client_id = sales_document_7.client_id AND sales_document_line_3.sales_document_id = sales_document_7.id
      JOIN sales_document_line AS sales_document_line_2 ON sales_document_line_3.company_id = $1::UUID AND sales_document_line_2.company_id = $1::UUID AND sales_document_line_2.client_id = sales_document_line_3.client_id AND sales_document_line_2.origin_line_id = sales_document_line_3.id
    ) AS anon_2
    WHERE anon_2.company_id = $1::UUID AND anon_2.origin_id = sales_document_1.id
  )
), CASE WHEN (sales_document_1.type IN ('CREDIT_NOTE')) THEN concat(
  ',"applied":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"app_', application_1.id, '","amount":"', application_1.amount, '","amountLabel":␁60:', coalesce('"' || CAST(application_1.amount AS TEXT) || '"', 'null'), '␂,"sourceAmount":"', application_1.source_amount, '","sourceAmountLabel":␁61:', coalesce('"' || CAST(application_1.source_amount AS TEXT) || '"', 'null'), '␂,"appliedOn":"', application_1.applied_on, '","appliedOnLabel":␁62:', coalesce('"' || CAST(application_1.applied_on AS TEXT) || '"', 'null'), '␂,"appliedBy":', CASE WHEN (collaborator_3.id IS NOT NULL) THEN concat(
    '{"id":"col_', collaborator_3.id, '","name":', ficha_json(collaborator_3.name), '}') ELSE 'null' END,
    ',"payment":', CASE WHEN (payment_1.id IS NOT NULL) THEN concat(
    '{"id":"pay_', payment_1.id, '","reference":', coalesce(ficha_json(payment_1.reference), 'null'::json), '}') ELSE 'null' END,
    ',"creditNote":', CASE WHEN (sales_document_9.id IS NOT NULL) THEN concat(
    '{"id":"doc_', sales_document_9.id, '","folio":', ficha_json(sales_document_9.folio), '}') ELSE 'null' END,
    ',"salesDocument":', CASE WHEN (sales_document_10.id IS NOT NULL) THEN concat(
    '{"__typename":"', coalesce(CAST(
    '{"QUOTE":"SalesQuote","SALES_NOTE":"SalesNote","INVOICE":"SalesInvoice","CREDIT_NOTE":"SalesCreditNote"}' AS JSONB) ->> sales_document_10.type, '␁0:␂'), '","id":"doc_', sales_document_10.id, '","folio":', ficha_json(sales_document_10.folio), '}') ELSE 'null' END,
    ',"version":', application_1.version, '}'), ',' ORDER BY application_1.applied_on, application_1.id), ']') AS concat_7
  FROM application AS application_1
  LEFT OUTER JOIN collaborator AS collaborator_3 ON collaborator_3.company_id = $1::UUID AND collaborator_3.id = application_1.applied_by_id
  LEFT OUTER JOIN payment AS payment_1 ON payment_1.company_id = $1::UUID AND payment_1.id = application_1.payment_id
  LEFT OUTER JOIN sales_document AS sales_document_9 ON sales_document_9.company_id = $1::UUID AND sales_document_9.id = application_1.credit_note_id
  LEFT OUTER JOIN sales_document AS sales_document_10 ON sales_document_10.company_id = $1::UUID AND sales_document_10.id = application_1.sales_document_id
  WHERE application_1.company_id = $1::UUID AND application_1.credit_note_id = sales_document_1.id AND application_1.undone_at IS NULL
),
  ',"refunded":"', sales_document_1.refunded, '","refundedLabel":␁63:', coalesce('"' || CAST(sales_document_1.refunded AS TEXT) || '"', 'null'), '␂,"left":', coalesce('"' || CAST(CASE WHEN (sales_document_1.type != 'CREDIT_NOTE' OR sales_document_1.state IN ('DRAFT', 'CANCELLED')) THEN CAST(0 AS NUMERIC(18, 2)) ELSE (sales_document_1.total - sales_document_1.credited) - sales_document_1.refunded END AS TEXT) || '"', '␁0:␂'),
  ',"leftLabel":␁64:', coalesce('"' || CAST(CASE WHEN (sales_document_1.type != 'CREDIT_NOTE' OR sales_document_1.state IN ('DRAFT', 'CANCELLED')) THEN CAST(0 AS NUMERIC(18, 2)) ELSE (sales_document_1.total - sales_document_1.credited) - sales_document_1.refunded END AS TEXT) || '"', 'null'), '␂') ELSE '' END, CASE WHEN (sales_document_1.type IN ('SALES_NOTE', 'INVOICE')) THEN concat(
  ',"dueOn":', coalesce('"' || CAST(sales_document_1.due_on AS TEXT) || '"', 'null'),
  ',"dueOnLabel":␁46:', coalesce('"' || CAST(sales_document_1.due_on AS TEXT) || '"', 'null'), '␂,"paid":"', sales_document_1.paid, '","paidLabel":␁47:', coalesce('"' || CAST(sales_document_1.paid AS TEXT) || '"', 'null'), '␂,"credited":"', sales_document_1.credited, '","creditedLabel":␁48:', coalesce('"' || CAST(sales_document_1.credited AS TEXT) || '"', 'null'), '␂,"balance":', coalesce('"' || CAST(CASE WHEN (sales_document_1.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_1.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID')) THEN (sales_document_1.total - sales_document_1.paid) - sales_document_1.credited ELSE CAST(0 AS NUMERIC(18, 2)) END AS TEXT) || '"', '␁0:␂'),
  ',"balanceLabel":␁49:', coalesce('"' || CAST(CASE WHEN (sales_document_1.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_1.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID')) THEN (sales_document_1.total - sales_document_1.paid) - sales_document_1.credited ELSE CAST(0 AS NUMERIC(18, 2)) END AS TEXT) || '"', 'null'), '␂,"isOverdue":', CASE WHEN (sales_document_1.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_1.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID') AND sales_document_1.due_on IS NOT NULL AND sales_document_1.due_on < $2::DATE) THEN 'true' WHEN ((sales_document_1.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_1.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID') AND sales_document_1.due_on IS NOT NULL AND sales_document_1.due_on < $2::DATE) IS NULL) THEN '␁0:␂' ELSE 'false' END,
  ',"payments":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"pay_', payment_2.id, '","amount":"', payment_2.amount, '","amountLabel":␁50:', coalesce('"' || CAST(payment_2.amount AS TEXT) || '"', 'null'), '␂,"currency":', ficha_json(payment_2.currency),
    ',"exchangeRate":"', payment_2.exchange_rate, '","exchangeRateLabel":␁51:', coalesce('"' || CAST(payment_2.exchange_rate AS TEXT) || '"', 'null'), '␂,"applied":"', payment_2.applied, '","appliedLabel":␁52:', coalesce('"' || CAST(payment_2.applied AS TEXT) || '"', 'null'), '␂,"left":', coalesce('"' || CAST(CASE WHEN (payment_2.reversed_at IS NULL) THEN (payment_2.amount - payment_2.applied) - payment_2.refunded ELSE CAST(0 AS NUMERIC(18, 2)) END AS TEXT) || '"', '␁0:␂'),
    ',"leftLabel":␁53:', coalesce('"' || CAST(CASE WHEN (payment_2.reversed_at IS NULL) THEN (payment_2.amount - payment_2.applied) - payment_2.refunded ELSE CAST(0 AS NUMERIC(18, 2)) END AS TEXT) || '"', 'null'), '␂,"assumed":', CASE WHEN payment_2.assumed THEN 'true' ELSE 'false' END,
    ',"uuid":', coalesce('"' || CAST(payment_2.uuid AS TEXT) || '"', 'null'),
    ',"paidAt":"', to_char(payment_2.paid_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","paidAtLabel":␁54:', coalesce('"' || CAST(to_char(payment_2.paid_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"paymentForm":␁55:', CAST(ficha_json(payment_2.payment_form) AS TEXT), '␂,"reference":', coalesce(ficha_json(payment_2.reference), 'null'::json),
    ',"reversedAt":', coalesce('"' || CAST(to_char(payment_2.reversed_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'),
    ',"reversedAtLabel":␁56:', coalesce('"' || CAST(to_char(payment_2.reversed_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂}'), ',' ORDER BY payment_2.paid_at, payment_2.id), ']') AS concat_8
  FROM payment AS payment_2
  WHERE payment_2.company_id = $1::UUID AND payment_2.id IN (
    SELECT application_2.payment_id
    FROM application AS application_2
    WHERE application_2.company_id = $1::UUID AND application_2.sales_document_id = sales_document_1.id AND application_2.undone_at IS NULL
  )
),
  ',"applications":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"app_', application_3.id, '","amount":"', application_3.amount, '","amountLabel":␁57:', coalesce('"' || CAST(application_3.amount AS TEXT) || '"', 'null'), '␂,"sourceAmount":"', application_3.source_amount, '","sourceAmountLabel":␁58:', coalesce('"' || CAST(application_3.source_amount AS TEXT) || '"', 'null'), '␂,"appliedOn":"', application_3.applied_on, '","appliedOnLabel":␁59:', coalesce('"' || CAST(application_3.applied_on AS TEXT) || '"', 'null'), '␂,"appliedBy":', CASE WHEN (collaborator_4.id IS NOT NULL) THEN concat(
    '{"id":"col_', collaborator_4.id, '","name":', ficha_json(collaborator_4.name), '}') ELSE 'null' END,
    ',"payment":', CASE WHEN (payment_3.id IS NOT NULL) THEN concat(
    '{"id":"pay_', payment_3.id, '","reference":', coalesce(ficha_json(payment_3.reference), 'null'::json), '}') ELSE 'null' END,
    ',"creditNote":', CASE WHEN (sales_document_11.id IS NOT NULL) THEN concat(
    '{"id":"doc_', sales_document_11.id, '","folio":', ficha_json(sales_document_11.folio), '}') ELSE 'null' END,
    ',"salesDocument":', CASE WHEN (sales_document_12.id IS NOT NULL) THEN concat(
    '{"__typename":"', coalesce(CAST(
    '{"QUOTE":"SalesQuote","SALES_NOTE":"SalesNote","INVOICE":"SalesInvoice","CREDIT_NOTE":"SalesCreditNote"}' AS JSONB) ->> sales_document_12.type, '␁0:␂'), '","id":"doc_', sales_document_12.id, '","folio":', ficha_json(sales_document_12.folio), '}') ELSE 'null' END,
    ',"version":', application_3.version, '}'), ',' ORDER BY application_3.applied_on, application_3.id), ']') AS concat_9
  FROM application AS application_3
  LEFT OUTER JOIN collaborator AS collaborator_4 ON collaborator_4.company_id = $1::UUID AND collaborator_4.id = application_3.applied_by_id
  LEFT OUTER JOIN payment AS payment_3 ON payment_3.company_id = $1::UUID AND payment_3.id = application_3.payment_id
  LEFT OUTER JOIN sales_document AS sales_document_11 ON sales_document_11.company_id = $1::UUID AND sales_document_11.id = application_3.credit_note_id
  LEFT OUTER JOIN sales_document AS sales_document_12 ON sales_document_12.company_id = $1::UUID AND sales_document_12.id = application_3.sales_document_id
  WHERE application_3.company_id = $1::UUID AND application_3.sales_document_id = sales_document_1.id AND application_3.undone_at IS NULL
)) ELSE '' END, CASE WHEN (sales_document_1.type IN ('QUOTE')) THEN concat(
  ',"expiresOn":', coalesce('"' || CAST(sales_document_1.expires_on AS TEXT) || '"', 'null'),
  ',"expiresOnLabel":␁39:', coalesce('"' || CAST(sales_document_1.expires_on AS TEXT) || '"', 'null'), '␂,"isExpired":', CASE WHEN (sales_document_1.type = 'QUOTE' AND sales_document_1.state IN ('DRAFT', 'SENT') AND sales_document_1.expires_on IS NOT NULL AND sales_document_1.expires_on < $2::DATE) THEN 'true' WHEN ((sales_document_1.type = 'QUOTE' AND sales_document_1.state IN ('DRAFT', 'SENT') AND sales_document_1.expires_on IS NOT NULL AND sales_document_1.expires_on < $2::DATE) IS NULL) THEN '␁0:␂' ELSE 'false' END) ELSE '' END, CASE WHEN (sales_document_1.type IN ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')) THEN concat(
  ',"history":', (
  SELECT concat(
    '{"nodes":[', string_agg(concat(
    '{"__typename":"', coalesce(CAST(
    '{"CLIENT_CREATED":"ClientCreatedEvent","PROSPECT_CONVERTED":"ProspectConvertedEvent","PROSPECT_STATE_CHANGED":"ProspectStateChangedEvent","SALES_DOCUMENT_ISSUED":"SalesDocumentIssuedEvent","SALES_DOCUMENT_CONVERTED":"SalesDocumentConvertedEvent","SALES_DOCUMENT_STATE_CHANGED":"SalesDocumentStateChangedEvent","SALES_DOCUMENT_CHANGED":"SalesDocumentChangedEvent","SALES_DOCUMENT_STAMPED":"SalesDocumentStampedEvent","SALES_DOCUMENT_READINESS_OVERRIDDEN":"SalesDocumentReadinessOverriddenEvent","SALES_DOCUMENT_CANCELLATION_REQUESTED":"SalesDocumentCancellationRequestedEvent","SALES_DOCUMENT_CANCELLATION_REPORTED":"SalesDocumentCancellationReportedEvent","SALES_DOCUMENT_PAYMENT_REGISTERED":"SalesDocumentPaymentRegisteredEvent","SALES_DOCUMENT_PAYMENT_REVERSED":"SalesDocumentPaymentReversedEvent","PAYMENT_RECEIVED":"PaymentReceivedEvent","CREDIT_APPLIED":"CreditAppliedEvent","CREDIT_APPLICATION_UNDONE":"CreditApplicationUndoneEvent","CREDIT_REFUNDED":"CreditRefundedEvent","DEAL_CREATED":"DealCreatedEvent","DEAL_WON":"DealWonEvent","DEAL_LOST":"DealLostEvent","DEAL_CLOSED":"DealClosedEvent","DEAL_REOPENED":"DealReopenedEvent","CLIENT_CHANGED":"ClientChangedEvent","CONTACT_CHANGED":"ContactChangedEvent","ADDRESS_CHANGED":"AddressChangedEvent","CFDI_PROFILE_CHANGED":"CfdiProfileChangedEvent","BANK_ACCOUNT_CHANGED":"BankAccountChangedEvent","RECEIVABLE_TERMS_CHANGED":"ReceivableTermsChangedEvent","PAYMENT_REMINDERS_CHANGED":"PaymentRemindersChangedEvent","DEAL_CHANGED":"DealChangedEvent","FOLLOW_UP_CHANGED":"FollowUpChangedEvent","DOCUMENT_CHANGED":"DocumentChangedEvent","EXTERNAL_CALL":"ExternalCallEvent","EXTERNAL_MESSAGE":"ExternalMessageEvent","EXTERNAL_EMAIL":"ExternalEmailEvent","EXTERNAL_MEETING":"ExternalMeetingEvent","EXTERNAL_VISIT":"ExternalVisitEvent","EXTERNAL_ORDER":"ExternalOrderEvent","EXTERNAL_TICKET":"ExternalTicketEvent","EXTERNAL_OTHER":"ExternalOtherEvent"}' AS JSONB) ->> anon_3.kind, '␁0:␂'), '","id":"evt_', anon_3.id, '","kind":', CASE WHEN (anon_3.kind IN ('ADDRESS_CHANGED', 'BANK_ACCOUNT_CHANGED', 'CFDI_PROFILE_CHANGED', 'CLIENT_CHANGED', 'CLIENT_CREATED', 'CONTACT_CHANGED', 'CREDIT_APPLICATION_UNDONE', 'CREDIT_APPLIED', 'CREDIT_REFUNDED', 'DEAL_CHANGED', 'DEAL_CLOSED', 'DEAL_CREATED', 'DEAL_LOST', 'DEAL_REOPENED', 'DEAL_WON', 'DOCUMENT_CHANGED', 'EXTERNAL_CALL', 'EXTERNAL_EMAIL', 'EXTERNAL_MEETING', 'EXTERNAL_MESSAGE', 'EXTERNAL_ORDER', 'EXTERNAL_OTHER', 'EXTERNAL_TICKET', 'EXTERNAL_VISIT', 'FOLLOW_UP_CHANGED', 'PAYMENT_RECEIVED', 'PAYMENT_REMINDERS_CHANGED', 'PROSPECT_CONVERTED', 'PROSPECT_STATE_CHANGED', 'RECEIVABLE_TERMS_CHANGED', 'SALES_DOCUMENT_CANCELLATION_REPORTED', 'SALES_DOCUMENT_CANCELLATION_REQUESTED', 'SALES_DOCUMENT_CHANGED', 'SALES_DOCUMENT_CONVERTED', 'SALES_DOCUMENT_ISSUED', 'SALES_DOCUMENT_PAYMENT_REGISTERED', 'SALES_DOCUMENT_PAYMENT_REVERSED', 'SALES_DOCUMENT_READINESS_OVERRIDDEN', 'SALES_DOCUMENT_STAMPED', 'SALES_DOCUMENT_STATE_CHANGED')) THEN '"' || anon_3.kind || '"' ELSE '␁0:␂' END,
    ',"kindLabel":␁40:', CAST(ficha_json(anon_3.kind) AS TEXT), '␂,"summary":␁41:', json_build_array(anon_3.kind, anon_3.details - ARRAY['body', 'changes'], anon_3.as_prospect), '␂,"occurredAt":"', to_char(anon_3.occurred_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","occurredAtLabel":␁42:', coalesce('"' || CAST(to_char(anon_3.occurred_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"actor":', CASE WHEN (collaborator_5.id IS NOT NULL) THEN concat(
    '{"id":"col_', collaborator_5.id, '","name":', ficha_json(collaborator_5.name), '}') ELSE 'null' END, CASE WHEN (anon_3.kind IN ('CLIENT_CREATED', 'PROSPECT_CONVERTED', 'PROSPECT_STATE_CHANGED', 'SALES_DOCUMENT_ISSUED', 'SALES_DOCUMENT_CONVERTED', 'SALES_DOCUMENT_CHANGED', 'SALES_DOCUMENT_PAYMENT_REGISTERED', 'SALES_DOCUMENT_PAYMENT_REVERSED', 'PAYMENT_RECEIVED', 'CREDIT_APPLIED', 'CREDIT_APPLICATION_UNDONE', 'CREDIT_REFUNDED', 'DEAL_CREATED', 'DEAL_WON', 'DEAL_LOST', 'DEAL_CLOSED', 'DEAL_REOPENED', 'CLIENT_CHANGED', 'CONTACT_CHANGED', 'ADDRESS_CHANGED', 'CFDI_PROFILE_CHANGED', 'BANK_ACCOUNT_CHANGED', 'RECEIVABLE_TERMS_CHANGED', 'PAYMENT_REMINDERS_CHANGED', 'DEAL_CHANGED', 'FOLLOW_UP_CHANGED', 'DOCUMENT_CHANGED', 'EXTERNAL_CALL', 'EXTERNAL_MESSAGE', 'EXTERNAL_EMAIL', 'EXTERNAL_MEETING', 'EXTERNAL_VISIT', 'EXTERNAL_ORDER', 'EXTERNAL_TICKET', 'EXTERNAL_OTHER')) THEN '' ELSE concat('␁43:', anon_3.kind, ' ', anon_3.details, '␂') END, CASE WHEN (anon_3.kind IN ('SALES_DOCUMENT_STAMPED')) THEN concat(
    ',"apiKey":', CASE WHEN (api_key_1.id IS NOT NULL) THEN concat(
    '{"id":"key_', api_key_1.id, '","name":', ficha_json(api_key_1.name), '}') ELSE 'null' END) ELSE '' END, '}'), ',' ORDER BY anon_3.t0_ DESC, anon_3.t1_ DESC), ']}') AS concat_10
  FROM LATERAL (
    SELECT history_event_1.company_id AS company_id, history_event_1.id AS id, history_event_1.client_id AS client_id, history_event_1.occurred_at AS occurred_at, history_event_1.recorded_at AS recorded_at, history_event_1.kind AS kind, history_event_1.actor_id AS actor_id, history_event_1.api_key_id AS api_key_id, history_event_1.as_prospect AS as_prospect, history_event_1.deal_id AS deal_id, history_event_1.sales_document_id AS sales_document_id, history_event_1.origin_document_id AS origin_document_id, history_event_1.subject_id AS subject_id, history_event_1.details AS details, history_event_1.recorded_at AS created_at, history_event_1.recorded_at AS updated_at, history_event_1.details - ARRAY['body', 'changes'] AS said, history_event_1.occurred_at AS t0_, history_event_1.id AS t1_
    FROM history_event AS history_event_1
    WHERE history_event_1.company_id = $1::UUID AND NOT (false) AND true AND history_event_1.sales_document_id = sales_document_1.id
    ORDER BY history_event_1.occurred_at DESC, history_event_1.id DESC
    LIMIT 50
  ) AS anon_3
  LEFT OUTER JOIN collaborator AS collaborator_5 ON collaborator_5.company_id = $1::UUID AND collaborator_5.id = anon_3.actor_id
  LEFT OUTER JOIN api_key AS api_key_1 ON api_key_1.company_id = $1::UUID AND api_key_1.id = anon_3.api_key_id
),
  ',"availableActions":␁44:', json_build_array(sales_document_1.type, sales_document_1.state, anon_4.client_kind, anon_4.client_deleted_at, sales_document_1.payment_form, sales_document_1.payment_method, sales_document_1.cfdi_use, sales_document_1.currency, anon_4.issuer, anon_4.receptor, anon_4.ended_codes, anon_4.credit_needed, anon_4.credit_rate, anon_4.credit_available, anon_4.days_late, anon_4.invoice_fits, anon_4.creditable, anon_4.credit_fits, anon_4.lapsed, sales_document_1.on_credit, sales_document_1.total, anon_4.has_lines_left, anon_4.balance, anon_4.is_assumed_paid, sales_document_1.uuid, anon_4.has_payments, anon_4.has_descendants, anon_4.related_in_force, anon_4.cancellation_pending, anon_4.sat_state), '␂,"availableActionLabels":␁45:', json_build_array(sales_document_1.type, sales_document_1.state, anon_4.client_kind, anon_4.client_deleted_at, sales_document_1.payment_form, sales_document_1.payment_method, sales_document_1.cfdi_use, sales_document_1.currency, anon_4.issuer, anon_4.receptor, anon_4.ended_codes, anon_4.credit_needed, anon_4.credit_rate, anon_4.credit_available, anon_4.days_late, anon_4.invoice_fits, anon_4.creditable, anon_4.credit_fits, anon_4.lapsed, sales_document_1.on_credit, sales_document_1.total, anon_4.has_lines_left, anon_4.balance, anon_4.is_assumed_paid, sales_document_1.uuid, anon_4.has_payments, anon_4.has_descendants, anon_4.related_in_force, anon_4.cancellation_pending, anon_4.sat_state), '␂,"version":', sales_document_1.version) ELSE '' END, '}') ELSE 'null' END, '}') AS concat_1
FROM (
  SELECT 1 AS one
) AS one
LEFT OUTER JOIN sales_document AS sales_document_1 ON sales_document_1.id = $3::UUID AND sales_document_1.company_id = $1::UUID
LEFT OUTER JOIN collaborator AS collaborator_1 ON collaborator_1.company_id = $1::UUID AND collaborator_1.id = sales_document_1.issued_by_id
LEFT OUTER JOIN client AS client_1 ON client_1.company_id = $1::UUID AND client_1.id = sales_document_1.client_id
LEFT OUTER JOIN cancellation AS cancellation_1 ON cancellation_1.company_id = $1::UUID AND cancellation_1.sales_document_id = sales_document_1.id
LEFT OUTER JOIN sales_document AS sales_document_3 ON sales_document_3.company_id = $1::UUID AND sales_document_3.id = cancellation_1.substitute_id
LEFT OUTER JOIN collaborator AS collaborator_2 ON collaborator_2.company_id = $1::UUID AND collaborator_2.id = cancellation_1.requested_by_id
LEFT OUTER JOIN document AS document_1 ON document_1.company_id = $1::UUID AND document_1.id = cancellation_1.acuse_id
LEFT OUTER JOIN sales_document AS sales_document_5 ON sales_document_5.company_id = $1::UUID AND sales_document_5.id = sales_document_1.origin_id
LEFT OUTER JOIN LATERAL (
  SELECT client_2.kind AS client_kind, client_2.deleted_at AS client_deleted_at, coalesce(sales_document_13.expires_on < $2::DATE, false) AS lapsed, sales_document_13.paid != 0 OR sales_document_13.refunded != 0 AS has_payments, sales_document_13.credited != 0 AND sales_document_13.type != 'CREDIT_NOTE' OR (EXISTS (
    SELECT sales_document_line_4.id
    FROM sales_document_line AS sales_document_line_4
    WHERE sales_document_line_4.company_id = $1::UUID AND sales_document_line_4.client_id = sales_document_13.client_id AND sales_document_line_4.sales_document_id = sales_document_13.id AND sales_document_line_4.converted != 0
  )) AS has_descendants, sales_document_13.uuid IS NOT NULL AND ((EXISTS (
    SELECT sales_document_14.id
    FROM sales_document AS sales_document_14
    WHERE sales_document_14.company_id = $1::UUID AND sales_document_14.client_id = sales_document_13.client_id AND sales_document_14.origin_id = sales_document_13.id AND sales_document_14.uuid IS NOT NULL AND sales_document_14.state != 'CANCELLED'
  )) OR (EXISTS (
    SELECT cancellation_2.id
    FROM cancellation AS cancellation_2
    WHERE cancellation_2.company_id = $1::UUID AND cancellation_2.sat_state IN ('REQUESTED', 'CANCELLABLE_WITHOUT_ACCEPTANCE', 'IN_PROCESS') AND cancellation_2.substitute_uuid = sales_document_13.uuid
  ))) AS related_in_force, EXISTS (
    SELECT cancellation_3.id
    FROM cancellation AS cancellation_3
    WHERE cancellation_3.company_id = $1::UUID AND cancellation_3.sat_state IN ('REQUESTED', 'CANCELLABLE_WITHOUT_ACCEPTANCE', 'IN_PROCESS') AND cancellation_3.sales_document_id = sales_document_13.id
  ) AS cancellation_pending, (
    SELECT cancellation_4.sat_state
    FROM cancellation AS cancellation_4
    WHERE cancellation_4.company_id = $1::UUID AND cancellation_4.sales_document_id = sales_document_13.id
  ) AS sat_state, EXISTS (
    SELECT sales_document_line_4.id
    FROM sales_document_line AS sales_document_line_4
    WHERE sales_document_line_4.company_id = $1::UUID AND sales_document_line_4.client_id = sales_document_13.client_id AND sales_document_line_4.sales_document_id = sales_document_13.id AND sales_document_line_4.converted < sales_document_line_4.quantity
  ) AS has_lines_left, CAST((sales_document_13.total - sales_document_13.paid) - sales_document_13.credited AS TEXT) AS balance, EXISTS (
    SELECT application_4.id
    FROM application AS application_4
    JOIN payment AS payment_4 ON payment_4.company_id = $1::UUID AND payment_4.id = application_4.payment_id
    WHERE application_4.company_id = $1::UUID AND application_4.client_id = sales_document_13.client_id AND application_4.sales_document_id = sales_document_13.id AND application_4.undone_at IS NULL AND payment_4.assumed
  ) AS is_assumed_paid, CAST(CASE WHEN (sales_document_13.state = 'DRAFT' AND (sales_document_13.type = 'INVOICE' OR sales_document_13.type = 'SALES_NOTE' AND (EXISTS (
    SELECT receivable_terms_1.client_id
    FROM receivable_terms AS receivable_terms_1
    WHERE receivable_terms_1.company_id = $1::UUID AND receivable_terms_1.client_id = sales_document_13.client_id AND receivable_terms_1.terms = 'CREDIT'
  ))) OR sales_document_13.state != 'DRAFT' AND sales_document_13.type = 'SALES_NOTE' AND NOT sales_document_13.on_credit) THEN round(((sales_document_13.total - sales_document_13.paid) - sales_document_13.credited) * sales_document_13.exchange_rate, 2) END AS TEXT) AS credit_needed, CAST(sales_document_13.exchange_rate AS TEXT) AS credit_rate, CAST(CASE WHEN (sales_document_13.state = 'DRAFT' AND (sales_document_13.type = 'INVOICE' OR sales_document_13.type = 'SALES_NOTE' AND (EXISTS (
    SELECT receivable_terms_1.client_id
    FROM receivable_terms AS receivable_terms_1
    WHERE receivable_terms_1.company_id = $1::UUID AND receivable_terms_1.client_id = sales_document_13.client_id AND receivable_terms_1.terms = 'CREDIT'
  ))) OR sales_document_13.state != 'DRAFT' AND sales_document_13.type = 'SALES_NOTE' AND NOT sales_document_13.on_credit) THEN (
    SELECT receivable_terms_2.credit_limit - (
      SELECT coalesce(sum(round(((sales_document_15.total - sales_document_15.paid) - sales_document_15.credited) * sales_document_15.exchange_rate, 2)), 0) AS coalesce_1
      FROM sales_document AS sales_document_15
      WHERE sales_document_15.company_id = $1::UUID AND sales_document_15.client_id = sales_document_13.client_id AND sales_document_15.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_15.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID') AND (sales_document_15.type = 'INVOICE' OR sales_document_15.on_credit)
    ) AS anon_5
    FROM receivable_terms AS receivable_terms_2
    WHERE receivable_terms_2.company_id = $1::UUID AND receivable_terms_2.client_id = sales_document_13.client_id
  ) END AS TEXT) AS credit_available, CASE WHEN (sales_document_13.state = 'DRAFT' AND (sales_document_13.type = 'INVOICE' OR sales_document_13.type = 'SALES_NOTE' AND (EXISTS (
    SELECT receivable_terms_1.client_id
    FROM receivable_terms AS receivable_terms_1
    WHERE receivable_terms_1.company_id = $1::UUID AND receivable_terms_1.client_id = sales_document_13.client_id AND receivable_terms_1.terms = 'CREDIT'
  ))) OR sales_document_13.state != 'DRAFT' AND sales_document_13.type = 'SALES_NOTE' AND NOT sales_document_13.on_credit) THEN (
    SELECT $2::DATE - min(sales_document_16.due_on) AS anon_6
    FROM receivable_terms AS receivable_terms_3
    JOIN sales_document AS sales_document_16 ON sales_document_16.company_id = $1::UUID AND sales_document_16.client_id = receivable_terms_3.client_id
    WHERE receivable_terms_3.company_id = $1::UUID AND receivable_terms_3.client_id = sales_document_13.client_id AND sales_document_16.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_16.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID') AND (sales_document_16.total - sales_document_16.paid) - sales_document_16.credited != 0
    GROUP BY receivable_terms_3.overdue_days HAVING $2::DATE - min(sales_document_16.due_on) > receivable_terms_3.overdue_days
  ) END AS days_late, coalesce(sales_document_17.currency = sales_document_13.currency AND sales_document_17.state != 'CANCELLED', false) AS invoice_fits, CAST(sales_document_17.total - (
    SELECT coalesce(sum(sales_document_18.total), 0) AS coalesce_2
    FROM sales_document AS sales_document_18
    WHERE sales_document_18.company_id = $1::UUID AND sales_document_18.client_id = sales_document_17.client_id AND sales_document_18.origin_id = sales_document_17.id AND sales_document_18.type = 'CREDIT_NOTE' AND (sales_document_18.state NOT IN ('DRAFT', 'CANCELLED'))
  ) AS TEXT) AS creditable, coalesce(sales_document_13.total <= sales_document_17.total - (
    SELECT coalesce(sum(sales_document_19.total), 0) AS coalesce_3
    FROM sales_document AS sales_document_19
    WHERE sales_document_19.company_id = $1::UUID AND sales_document_19.client_id = sales_document_17.client_id AND sales_document_19.origin_id = sales_document_17.id AND sales_document_19.type = 'CREDIT_NOTE' AND (sales_document_19.state NOT IN ('DRAFT', 'CANCELLED'))
  ), false) AS credit_fits, CASE WHEN (sales_document_13.state = 'DRAFT' AND sales_document_13.type IN ('INVOICE', 'CREDIT_NOTE') OR sales_document_13.state != 'DRAFT' AND sales_document_13.type = 'SALES_NOTE') THEN (
    SELECT jsonb_agg(anon_7.code) AS jsonb_agg_1
    FROM (
      SELECT sales_document_line_5.product_code AS code
      FROM sales_document_line AS sales_document_line_5
      WHERE sales_document_line_5.company_id = $1::UUID AND sales_document_line_5.client_id = sales_document_13.client_id AND sales_document_line_5.sales_document_id = sales_document_13.id AND sales_document_line_5.converted < sales_document_line_5.quantity AND NOT (EXISTS (
        SELECT sat_product_2.code
        FROM sat_product AS sat_product_2
        WHERE sat_product_2.code = sales_document_line_5.product_code AND coalesce(sat_product_2.valid_from <= $2::DATE, true) AND coalesce(sat_product_2.valid_to >= $2::DATE, true)
      ))
      UNION
      SELECT sales_document_line_5.unit_code AS code
      FROM sales_document_line AS sales_document_line_5
      WHERE sales_document_line_5.company_id = $1::UUID AND sales_document_line_5.client_id = sales_document_13.client_id AND sales_document_line_5.sales_document_id = sales_document_13.id AND sales_document_line_5.converted < sales_document_line_5.quantity AND NOT (EXISTS (
        SELECT sat_unit_2.code
        FROM sat_unit AS sat_unit_2
        WHERE sat_unit_2.code = sales_document_line_5.unit_code AND coalesce(sat_unit_2.valid_from <= $2::DATE, true) AND coalesce(sat_unit_2.valid_to >= $2::DATE, true)
      ))
    ) AS anon_7
  ) END AS ended_codes, CASE WHEN (sales_document_13.state = 'DRAFT' AND sales_document_13.type IN ('INVOICE', 'CREDIT_NOTE') OR sales_document_13.state != 'DRAFT' AND sales_document_13.type = 'SALES_NOTE') THEN (
    SELECT jsonb_build_object('rfc', company_1.rfc, 'name', company_1.name, 'tax_regime', company_1.tax_regime, 'postal_code', company_1.postal_code) AS jsonb_build_object_1
    FROM company AS company_1
    WHERE company_1.id = $1::UUID
  ) END AS issuer, CASE WHEN (sales_document_13.state = 'DRAFT' AND sales_document_13.type IN ('INVOICE', 'CREDIT_NOTE') OR sales_document_13.state != 'DRAFT' AND sales_document_13.type = 'SALES_NOTE') THEN (
    SELECT jsonb_build_object('rfc', cfdi_profile_1.rfc, 'name', cfdi_profile_1.name, 'tax_regime', cfdi_profile_1.tax_regime, 'cfdi_use', cfdi_profile_1.cfdi_use, 'postal_code', cfdi_profile_1.postal_code, 'payment_form', cfdi_profile_1.payment_form, 'payment_method', cfdi_profile_1.payment_method, 'currency', cfdi_profile_1.currency, 'tax_residence', cfdi_profile_1.tax_residence, 'tax_id', cfdi_profile_1.tax_id, 'taxpayer_status', cfdi_profile_1.taxpayer_status) AS jsonb_build_object_2
    FROM cfdi_profile AS cfdi_profile_1
    WHERE cfdi_profile_1.company_id = $1::UUID AND cfdi_profile_1.client_id = sales_document_13.client_id AND cfdi_profile_1.valid_to IS NULL
  ) END AS receptor
  FROM sales_document AS sales_document_13
  JOIN client AS client_2 ON client_2.company_id = $1::UUID AND client_2.id = sales_document_13.client_id
  LEFT OUTER JOIN sales_document AS sales_document_17 ON sales_document_13.type = 'CREDIT_NOTE' AND sales_document_17.company_id = $1::UUID AND sales_document_17.id = sales_document_13.origin_id
  WHERE sales_document_13.company_id = $1::UUID AND sales_document_13.id = sales_document_1.id
) AS anon_4 ON sales_document_1.id IS NOT NULL
