-- $1 a0_key, $2 company_id, $3 today
SELECT concat(
  '{"salesDocument":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
  '{"__typename":"', coalesce(CAST(
  '{"QUOTE":"SalesQuote","SALES_NOTE":"SalesNote","INVOICE":"SalesInvoice","CREDIT_NOTE":"SalesCreditNote"}' AS JSONB) ->> sales_document_1.type, '␁0:␂'), '","id":"doc_', sales_document_1.id, '","version":', sales_document_1.version,
  ',"actions":␁1:', json_build_array(sales_document_1.type, sales_document_1.state, anon_1.client_kind, anon_1.client_deleted_at, sales_document_1.payment_form, sales_document_1.payment_method, sales_document_1.cfdi_use, sales_document_1.currency, anon_1.issuer, anon_1.receptor, anon_1.ended_codes, anon_1.credit_needed, anon_1.credit_rate, anon_1.credit_available, anon_1.days_late, anon_1.invoice_fits, anon_1.creditable, anon_1.credit_fits, anon_1.lapsed, sales_document_1.on_credit, sales_document_1.total, anon_1.has_lines_left, anon_1.balance, anon_1.is_assumed_paid, sales_document_1.uuid, anon_1.has_payments, anon_1.has_descendants, anon_1.related_in_force, anon_1.cancellation_pending, anon_1.sat_state), '␂}') ELSE 'null' END, '}') AS concat_1
FROM (
  SELECT 1 AS one
) AS one
LEFT OUTER JOIN sales_document AS sales_document_1 ON sales_document_1.id = $1::UUID AND sales_document_1.company_id = $2::UUID
LEFT OUTER JOIN LATERAL (
  SELECT client_1.kind AS client_kind, client_1.deleted_at AS client_deleted_at, coalesce(sales_document_2.expires_on < $3::DATE, false) AS lapsed, sales_document_2.paid != 0 OR sales_document_2.refunded != 0 AS has_payments, sales_document_2.credited != 0 AND sales_document_2.type != 'CREDIT_NOTE' OR (EXISTS (
    SELECT sales_document_line_1.id
    FROM sales_document_line AS sales_document_line_1
    WHERE sales_document_line_1.company_id = $2::UUID AND sales_document_line_1.client_id = sales_document_2.client_id AND sales_document_line_1.sales_document_id = sales_document_2.id AND sales_document_line_1.converted != 0
  )) AS has_descendants, sales_document_2.uuid IS NOT NULL AND ((EXISTS (
    SELECT sales_document_3.id
    FROM sales_document AS sales_document_3
    WHERE sales_document_3.company_id = $2::UUID AND sales_document_3.client_id = sales_document_2.client_id AND sales_document_3.origin_id = sales_document_2.id AND sales_document_3.uuid IS NOT NULL AND sales_document_3.state != 'CANCELLED'
  )) OR (EXISTS (
    SELECT cancellation_1.id
    FROM cancellation AS cancellation_1
    WHERE cancellation_1.company_id = $2::UUID AND cancellation_1.sat_state IN ('REQUESTED', 'CANCELLABLE_WITHOUT_ACCEPTANCE', 'IN_PROCESS') AND cancellation_1.substitute_uuid = sales_document_2.uuid
  ))) AS related_in_force, EXISTS (
    SELECT cancellation_2.id
    FROM cancellation AS cancellation_2
    WHERE cancellation_2.company_id = $2::UUID AND cancellation_2.sat_state IN ('REQUESTED', 'CANCELLABLE_WITHOUT_ACCEPTANCE', 'IN_PROCESS') AND cancellation_2.sales_document_id = sales_document_2.id
  ) AS cancellation_pending, (
    SELECT cancellation_3.sat_state
    FROM cancellation AS cancellation_3
    WHERE cancellation_3.company_id = $2::UUID AND cancellation_3.sales_document_id = sales_document_2.id
  ) AS sat_state, EXISTS (
    SELECT sales_document_line_1.id
    FROM sales_document_line AS sales_document_line_1
    WHERE sales_document_line_1.company_id = $2::UUID AND sales_document_line_1.client_id = sales_document_2.client_id AND sales_document_line_1.sales_document_id = sales_document_2.id AND sales_document_line_1.converted < sales_document_line_1.quantity
  ) AS has_lines_left, CAST((sales_document_2.total - sales_document_2.paid) - sales_document_2.credited AS TEXT) AS balance, EXISTS (
    SELECT application_1.id
    FROM application AS application_1
    JOIN payment AS payment_1 ON payment_1.company_id = $2::UUID AND payment_1.id = application_1.payment_id
    WHERE application_1.company_id = $2::UUID AND application_1.client_id = sales_document_2.client_id AND application_1.sales_document_id = sales_document_2.id AND application_1.undone_at IS NULL AND payment_1.assumed
  ) AS is_assumed_paid, CAST(CASE WHEN (sales_document_2.state = 'DRAFT' AND (sales_document_2.type = 'INVOICE' OR sales_document_2.type = 'SALES_NOTE' AND (EXISTS (
    SELECT receivable_terms_1.client_id
    FROM receivable_terms AS receivable_terms_1
    WHERE receivable_terms_1.company_id = $2::UUID AND receivable_terms_1.client_id = sales_document_2.client_id AND receivable_terms_1.terms = 'CREDIT'
  ))) OR sales_document_2.state != 'DRAFT' AND sales_document_2.type = 'SALES_NOTE' AND NOT sales_document_2.on_credit) THEN round(((sales_document_2.total - sales_document_2.paid) - sales_document_2.credited) * sales_document_2.exchange_rate, 2) END AS TEXT) AS credit_needed, CAST(sales_document_2.exchange_rate AS TEXT) AS credit_rate, CAST(CASE WHEN (sales_document_2.state = 'DRAFT' AND (sales_document_2.type = 'INVOICE' OR sales_document_2.type = 'SALES_NOTE' AND (EXISTS (
    SELECT receivable_terms_1.client_id
    FROM receivable_terms AS receivable_terms_1
    WHERE receivable_terms_1.company_id = $2::UUID AND receivable_terms_1.client_id = sales_document_2.client_id AND receivable_terms_1.terms = 'CREDIT'
  ))) OR sales_document_2.state != 'DRAFT' AND sales_document_2.type = 'SALES_NOTE' AND NOT sales_document_2.on_credit) THEN (
    SELECT receivable_terms_2.credit_limit - (
      SELECT coalesce(sum(round(((sales_document_4.total - sales_document_4.paid) - sales_document_4.credited) * sales_document_4.exchange_rate, 2)), 0) AS coalesce_1
      FROM sales_document AS sales_document_4
      WHERE sales_document_4.company_id = $2::UUID AND sales_document_4.client_id = sales_document_2.client_id AND sales_document_4.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_4.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID') AND (sales_document_4.type = 'INVOICE' OR sales_document_4.on_credit)
    ) AS anon_2
    FROM receivable_terms AS receivable_terms_2
    WHERE receivable_terms_2.company_id = $2::UUID AND receivable_terms_2.client_id = sales_document_2.client_id
  ) END AS TEXT) AS credit_available, CASE WHEN (sales_document_2.state = 'DRAFT' AND (sales_document_2.type = 'INVOICE' OR sales_document_2.type = 'SALES_NOTE' AND (EXISTS (
    SELECT receivable_terms_1.client_id
    FROM receivable_terms AS receivable_terms_1
    WHERE receivable_terms_1.company_id = $2::UUID AND receivable_terms_1.client_id = sales_document_2.client_id AND receivable_terms_1.terms = 'CREDIT'
  ))) OR sales_document_2.state != 'DRAFT' AND sales_document_2.type = 'SALES_NOTE' AND NOT sales_document_2.on_credit) THEN (
    SELECT $3::DATE - min(sales_document_5.due_on) AS anon_3
    FROM receivable_terms AS receivable_terms_3
    JOIN sales_document AS sales_document_5 ON sales_document_5.company_id = $2::UUID AND sales_document_5.client_id = receivable_terms_3.client_id
    WHERE receivable_terms_3.company_id = $2::UUID AND receivable_terms_3.client_id = sales_document_2.client_id AND sales_document_5.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_5.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID') AND (sales_document_5.total - sales_document_5.paid) - sales_document_5.credited != 0
    GROUP BY receivable_terms_3.overdue_days HAVING $3::DATE - min(sales_document_5.due_on) > receivable_terms_3.overdue_days
  ) END AS days_late, coalesce(sales_document_6.currency = sales_document_2.currency AND sales_document_6.state != 'CANCELLED', false) AS invoice_fits, CAST(sales_document_6.total - (
    SELECT coalesce(sum(sales_document_7.total), 0) AS coalesce_2
    FROM sales_document AS sales_document_7
    WHERE sales_document_7.company_id = $2::UUID AND sales_document_7.client_id = sales_document_6.client_id AND sales_document_7.origin_id = sales_document_6.id AND sales_document_7.type = 'CREDIT_NOTE' AND (sales_document_7.state NOT IN ('DRAFT', 'CANCELLED'))
  ) AS TEXT) AS creditable, coalesce(sales_document_2.total <= sales_document_6.total - (
    SELECT coalesce(sum(sales_document_8.total), 0) AS coalesce_3
    FROM sales_document AS sales_document_8
    WHERE sales_document_8.company_id = $2::UUID AND sales_document_8.client_id = sales_document_6.client_id AND sales_document_8.origin_id = sales_document_6.id AND sales_document_8.type = 'CREDIT_NOTE' AND (sales_document_8.state NOT IN ('DRAFT', 'CANCELLED'))
  ), false) AS credit_fits, CASE WHEN (sales_document_2.state = 'DRAFT' AND sales_document_2.type IN ('INVOICE', 'CREDIT_NOTE') OR sales_document_2.state != 'DRAFT' AND sales_document_2.type = 'SALES_NOTE') THEN (
    SELECT jsonb_agg(anon_4.code) AS jsonb_agg_1
    FROM (
      SELECT sales_document_line_2.product_code AS code
      FROM sales_document_line AS sales_document_line_2
      WHERE sales_document_line_2.company_id = $2::UUID AND sales_document_line_2.client_id = sales_document_2.client_id AND sales_document_line_2.sales_document_id = sales_document_2.id AND sales_document_line_2.converted < sales_document_line_2.quantity AND NOT (EXISTS (
        SELECT sat_product_1.code
        FROM sat_product AS sat_product_1
        WHERE sat_product_1.code = sales_document_line_2.product_code AND coalesce(sat_product_1.valid_from <= $3::DATE, true) AND coalesce(sat_product_1.valid_to >= $3::DATE, true)
      ))
      UNION
      SELECT sales_document_line_2.unit_code AS code
      FROM sales_document_line AS sales_document_line_2
      WHERE sales_document_line_2.company_id = $2::UUID AND sales_document_line_2.client_id = sales_document_2.client_id AND sales_document_line_2.sales_document_id = sales_document_2.id AND sales_document_line_2.converted < sales_document_line_2.quantity AND NOT (EXISTS (
        SELECT sat_unit_1.code
        FROM sat_unit AS sat_unit_1
        WHERE sat_unit_1.code = sales_document_line_2.unit_code AND coalesce(sat_unit_1.valid_from <= $3::DATE, true) AND coalesce(sat_unit_1.valid_to >= $3::DATE, true)
      ))
    ) AS anon_4
  ) END AS ended_codes, CASE WHEN (sales_document_2.state = 'DRAFT' AND sales_document_2.type IN ('INVOICE', 'CREDIT_NOTE') OR sales_document_2.state != 'DRAFT' AND sales_document_2.type = 'SALES_NOTE') THEN (
    SELECT jsonb_build_object('rfc', company_1.rfc, 'name', company_1.name, 'tax_regime', company_1.tax_regime, 'postal_code', company_1.postal_code) AS jsonb_build_object_1
    FROM company AS company_1
    WHERE company_1.id = $2::UUID
  ) END AS issuer, CASE WHEN (sales_document_2.state = 'DRAFT' AND sales_document_2.type IN ('INVOICE', 'CREDIT_NOTE') OR sales_document_2.state != 'DRAFT' AND sales_document_2.type = 'SALES_NOTE') THEN (
    SELECT jsonb_build_object('rfc', cfdi_profile_1.rfc, 'name', cfdi_profile_1.name, 'tax_regime', cfdi_profile_1.tax_regime, 'cfdi_use', cfdi_profile_1.cfdi_use, 'postal_code', cfdi_profile_1.postal_code, 'payment_form', cfdi_profile_1.payment_form, 'payment_method', cfdi_profile_1.payment_method, 'currency', cfdi_profile_1.currency, 'tax_residence', cfdi_profile_1.tax_residence, 'tax_id', cfdi_profile_1.tax_id, 'taxpayer_status', cfdi_profile_1.taxpayer_status) AS jsonb_build_object_2
    FROM cfdi_profile AS cfdi_profile_1
    WHERE cfdi_profile_1.company_id = $2::UUID AND cfdi_profile_1.client_id = sales_document_2.client_id AND cfdi_profile_1.valid_to IS NULL
  ) END AS receptor
  FROM sales_document AS sales_document_2
  JOIN client AS client_1 ON client_1.company_id = $2::UUID AND client_1.id = sales_document_2.client_id
  LEFT OUTER JOIN sales_document AS sales_document_6 ON sales_document_2.type = 'CREDIT_NOTE' AND sales_document_6.company_id = $2::UUID AND sales_document_6.id = sales_document_2.origin_id
  WHERE sales_document_2.company_id = $2::UUID AND sales_document_2.id = sales_document_1.id
) AS anon_1 ON sales_document_1.id IS NOT NULL
