-- $1 company_id, $2 now, $3 today, $4 a0_key
SELECT concat(
  '{"client":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_1.id, '","actions":␁0:', json_build_array(client_1.kind, client_1.deleted_at, client_1.converted_into_id, anon_1.has_files, anon_1.has_sales_documents, anon_1.has_payments, anon_1.has_balance, anon_1.full_contacts, anon_1.full_addresses, anon_1.full_accounts), '␂,"contacts":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"con_', contact_1.id, '","name":', ficha_json(contact_1.name),
    ',"actions":␁1:', json_build_array(contact_1.deleted_at, anon_2.client_kind, anon_2.client_deleted_at), '␂}'), ',' ORDER BY contact_1.position, contact_1.id), ']') AS concat_2
  FROM contact AS contact_1
  LEFT OUTER JOIN LATERAL (
    SELECT client_2.kind AS client_kind, client_2.deleted_at AS client_deleted_at
    FROM client AS client_2
    WHERE client_2.company_id = $1::UUID AND client_2.id = contact_1.client_id
  ) AS anon_2 ON true
  WHERE contact_1.company_id = $1::UUID AND contact_1.client_id = client_1.id AND contact_1.deleted_at IS NULL
),
  ',"fiscalAddress":', CASE WHEN (address_1.client_id IS NOT NULL) THEN concat(
  '{"id":"adr_', address_1.id, '","actions":␁2:', json_build_array(address_1.deleted_at, anon_3.client_kind, anon_3.client_deleted_at, address_1.kind, address_1.country, address_1.state, address_1.postal_code, anon_3.fiscal_elsewhere), '␂}') ELSE 'null' END,
  ',"branchAddresses":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"adr_', address_2.id, '","label":', coalesce(ficha_json(address_2.label), 'null'::json),
    ',"actions":␁3:', json_build_array(address_2.deleted_at, anon_4.client_kind, anon_4.client_deleted_at, address_2.kind, address_2.country, address_2.state, address_2.postal_code, anon_4.fiscal_elsewhere), '␂}'), ',' ORDER BY address_2.position, address_2.id), ']') AS concat_3
  FROM address AS address_2
  LEFT OUTER JOIN LATERAL (
    SELECT client_3.kind AS client_kind, client_3.deleted_at AS client_deleted_at, EXISTS (
      SELECT address_3.id
      FROM address AS address_3
      WHERE address_3.company_id = $1::UUID AND address_3.client_id = address_4.client_id AND address_3.id != address_4.id AND address_3.kind = 'FISCAL' AND address_3.deleted_at IS NULL
    ) AS fiscal_elsewhere
    FROM address AS address_4
    JOIN client AS client_3 ON client_3.company_id = $1::UUID AND client_3.id = address_4.client_id
    WHERE address_4.company_id = $1::UUID AND address_4.id = address_2.id
  ) AS anon_4 ON true
  WHERE address_2.company_id = $1::UUID AND address_2.client_id = client_1.id AND address_2.kind = 'BRANCH' AND address_2.deleted_at IS NULL
),
  ',"bankAccounts":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"bnk_', bank_account_1.id, '","description":', coalesce(ficha_json(bank_account_1.description), 'null'::json),
    ',"actions":␁4:', json_build_array(bank_account_1.deleted_at, anon_5.client_kind, anon_5.client_deleted_at, bank_account_1.payment_form, bank_account_1.role, bank_account_1.account_number, bank_account_1.bank_code, bank_account_1.bank_rfc, anon_5.withdrawn), '␂}'), ',' ORDER BY bank_account_1.position, bank_account_1.id), ']') AS concat_4
  FROM bank_account AS bank_account_1
  LEFT OUTER JOIN LATERAL (
    SELECT client_4.kind AS client_kind, client_4.deleted_at AS client_deleted_at, EXISTS (
      SELECT company_bank_account_1.id
      FROM company_bank_account AS company_bank_account_1
      WHERE company_bank_account_1.company_id = $1::UUID AND company_bank_account_1.id = bank_account_2.company_account_id AND company_bank_account_1.deleted_at IS NOT NULL
    ) AS withdrawn
    FROM bank_account AS bank_account_2
    JOIN client AS client_4 ON client_4.company_id = $1::UUID AND client_4.id = bank_account_2.client_id
    WHERE bank_account_2.company_id = $1::UUID AND bank_account_2.id = bank_account_1.id
  ) AS anon_5 ON true
  WHERE bank_account_1.company_id = $1::UUID AND bank_account_1.client_id = client_1.id AND bank_account_1.deleted_at IS NULL
),
  ',"deals":', (
  SELECT concat(
    '{"nodes":[', string_agg(concat(
    '{"id":"deal_', anon_6.id, '","title":', ficha_json(anon_6.title),
    ',"actions":␁5:', json_build_array(anon_6.state, anon_6.deleted_at, anon_7.client_kind, anon_7.client_deleted_at), '␂}'), ',' ORDER BY anon_6.t0_ DESC, anon_6.t1_ DESC), ']}') AS concat_5
  FROM LATERAL (
    SELECT deal_1.company_id AS company_id, deal_1.id AS id, deal_1.client_id AS client_id, deal_1.title AS title, deal_1.description AS description, deal_1.estimated_value AS estimated_value, deal_1.currency AS currency, deal_1.priority AS priority, deal_1.assignee_id AS assignee_id, deal_1.stage_id AS stage_id, deal_1.state AS state, deal_1.expected_close_on AS expected_close_on, deal_1.closed_on AS closed_on, deal_1.final_value AS final_value, deal_1.loss_reason_id AS loss_reason_id, deal_1.reopened_at AS reopened_at, deal_1.created_by_id AS created_by_id, deal_1.version AS version, deal_1.created_at AS created_at, deal_1.updated_at AS updated_at, deal_1.deleted_at AS deleted_at, deal_1.created_at AS t0_, deal_1.id AS t1_
    FROM deal AS deal_1
    WHERE deal_1.company_id = $1::UUID AND deal_1.deleted_at IS NULL AND true AND deal_1.client_id = client_1.id
    ORDER BY deal_1.created_at DESC, deal_1.id DESC
    LIMIT 20
  ) AS anon_6
  LEFT OUTER JOIN LATERAL (
    SELECT client_5.kind AS client_kind, client_5.deleted_at AS client_deleted_at
    FROM client AS client_5
    WHERE client_5.company_id = $1::UUID AND client_5.id = anon_6.client_id
  ) AS anon_7 ON true
),
  ',"followUps":', (
  SELECT concat(
    '{"nodes":[', string_agg(concat(
    '{"id":"seg_', anon_8.id, '","key":', ficha_json(anon_8.key),
    ',"actions":␁6:', json_build_array(anon_8.state, anon_8.deleted_at, anon_9.client_kind, anon_9.client_deleted_at), '␂}'), ',' ORDER BY anon_8.t0_ DESC, anon_8.t1_ DESC), ']}') AS concat_6
  FROM LATERAL (
    SELECT follow_up_1.company_id AS company_id, follow_up_1.id AS id, follow_up_1.client_id AS client_id, follow_up_1.deal_id AS deal_id, follow_up_1.number AS number, follow_up_1.key AS key, follow_up_1.name AS name, follow_up_1.description AS description, follow_up_1.type AS type, follow_up_1.starts_at AS starts_at, follow_up_1.ends_at AS ends_at, follow_up_1.priority AS priority, follow_up_1.assignee_id AS assignee_id, follow_up_1.state AS state, follow_up_1.completed_at AS completed_at, follow_up_1.created_by_id AS created_by_id, follow_up_1.version AS version, follow_up_1.created_at AS created_at, follow_up_1.updated_at AS updated_at, follow_up_1.deleted_at AS deleted_at, follow_up_1.ends_at < $2::TIMESTAMP WITH TIME ZONE AND follow_up_1.state IN ('PENDING', 'IN_PROGRESS') AS is_overdue, follow_up_1.starts_at AS t0_, follow_up_1.id AS t1_
    FROM follow_up AS follow_up_1
    WHERE follow_up_1.company_id = $1::UUID AND follow_up_1.deleted_at IS NULL AND true AND follow_up_1.client_id = client_1.id
    ORDER BY follow_up_1.starts_at DESC, follow_up_1.id DESC
    LIMIT 20
  ) AS anon_8
  LEFT OUTER JOIN LATERAL (
    SELECT client_6.kind AS client_kind, client_6.deleted_at AS client_deleted_at
    FROM client AS client_6
    WHERE client_6.company_id = $1::UUID AND client_6.id = anon_8.client_id
  ) AS anon_9 ON true
),
  ',"salesDocuments":', (
  SELECT concat(
    '{"nodes":[', string_agg(concat(
    '{"id":"doc_', anon_10.id, '","folio":', ficha_json(anon_10.folio),
    ',"stampStatus":', CASE WHEN (CASE WHEN (anon_10.uuid IS NOT NULL) THEN 'STAMPED' WHEN ((anon_10.type NOT IN ('INVOICE', 'CREDIT_NOTE')) OR anon_10.state IN ('DRAFT', 'CANCELLED')) THEN NULL ELSE 'PENDING' END IN ('PENDING', 'STAMPED')) THEN '"' || CASE WHEN (anon_10.uuid IS NOT NULL) THEN 'STAMPED' WHEN ((anon_10.type NOT IN ('INVOICE', 'CREDIT_NOTE')) OR anon_10.state IN ('DRAFT', 'CANCELLED')) THEN NULL ELSE 'PENDING' END || '"' WHEN (CASE WHEN (anon_10.uuid IS NOT NULL) THEN 'STAMPED' WHEN ((anon_10.type NOT IN ('INVOICE', 'CREDIT_NOTE')) OR anon_10.state IN ('DRAFT', 'CANCELLED')) THEN NULL ELSE 'PENDING' END IS NULL) THEN 'null' ELSE '␁7:␂' END,
    ',"stampStatusLabel":␁8:', CAST(ficha_json(CASE WHEN (anon_10.uuid IS NOT NULL) THEN 'STAMPED' WHEN ((anon_10.type NOT IN ('INVOICE', 'CREDIT_NOTE')) OR anon_10.state IN ('DRAFT', 'CANCELLED')) THEN NULL ELSE 'PENDING' END) AS TEXT), '␂,"actions":␁9:', json_build_array(anon_10.type, anon_10.state, anon_11.client_kind, anon_11.client_deleted_at, anon_10.payment_form, anon_10.payment_method, anon_10.cfdi_use, anon_10.currency, anon_11.issuer, anon_11.receptor, anon_11.ended_codes, anon_11.credit_needed, anon_11.credit_rate, anon_11.credit_available, anon_11.days_late, anon_11.invoice_fits, anon_11.creditable, anon_11.credit_fits, anon_11.lapsed, anon_10.on_credit, anon_10.total, anon_11.has_lines_left, anon_11.balance, anon_11.is_assumed_paid, anon_10.uuid, anon_11.has_payments, anon_11.has_descendants, anon_11.related_in_force, anon_11.cancellation_pending, anon_11.sat_state), '␂', CASE WHEN (anon_10.type IN ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')) THEN '' ELSE '␁7:␂' END, '}'), ',' ORDER BY anon_10.t0_ DESC, anon_10.t1_ DESC), ']}') AS concat_7
  FROM LATERAL (
    SELECT sales_document_1.company_id AS company_id, sales_document_1.id AS id, sales_document_1.client_id AS client_id, sales_document_1.type AS type, sales_document_1.series AS series, sales_document_1.number AS number, sales_document_1.external_folio AS external_folio, sales_document_1.folio AS folio, sales_document_1.state AS state, sales_document_1.issued_at AS issued_at, sales_document_1.issued_by_id AS issued_by_id, sales_document_1.due_on AS due_on, sales_document_1.expires_on AS expires_on, sales_document_1.on_credit AS on_credit, sales_document_1.currency AS currency, sales_document_1.exchange_rate AS exchange_rate, sales_document_1.subtotal AS subtotal, sales_document_1.discount AS discount, sales_document_1.tax AS tax, sales_document_1.withheld AS withheld, sales_document_1.total AS total, sales_document_1.paid AS paid, sales_document_1.credited AS credited, sales_document_1.refunded AS refunded, sales_document_1.payment_form AS payment_form, sales_document_1.payment_method AS payment_method, sales_document_1.cfdi_use AS cfdi_use, sales_document_1.price_list_id AS price_list_id, sales_document_1.origin_id AS origin_id, sales_document_1.deal_id AS deal_id, sales_document_1.uuid AS uuid, sales_document_1.stamped_at AS stamped_at, sales_document_1.xml_document_id AS xml_document_id, sales_document_1.verification AS verification, sales_document_1.verification_findings AS verification_findings, sales_document_1.notes AS notes, sales_document_1.version AS version, sales_document_1.created_at AS created_at, sales_document_1.updated_at AS updated_at, CASE WHEN (sales_document_1.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_1.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID')) THEN (sales_document_1.total - sales_document_1.paid) - sales_document_1.credited ELSE CAST(0 AS NUMERIC(18, 2)) END AS balance, (
      SELECT company_1.currency
      FROM company AS company_1
      WHERE company_1.id = $1::UUID
    ) AS company_currency, CAST(round(CASE WHEN (sales_document_1.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_1.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID')) THEN (sales_document_1.total - sales_document_1.paid) - sales_document_1.credited ELSE CAST(0 AS NUMERIC(18, 2)) END * sales_document_1.exchange_rate, 2) AS NUMERIC(18, 2)) AS exposure, CASE WHEN (sales_document_1.type != 'CREDIT_NOTE' OR sales_document_1.state IN ('DRAFT', 'CANCELLED')) THEN CAST(0 AS NUMERIC(18, 2)) ELSE (sales_document_1.total - sales_document_1.credited) - sales_document_1.refunded END AS "left", CASE WHEN (EXISTS (
      SELECT *
      FROM sales_document_line AS sales_document_line_1
      WHERE sales_document_line_1.company_id = $1::UUID AND sales_document_line_1.client_id = sales_document_1.client_id AND sales_document_line_1.sales_document_id = sales_document_1.id AND sales_document_line_1.product_code = '84111506'
    )) THEN CAST(greatest(sales_document_1.total - coalesce((
      SELECT sum(CASE WHEN (coalesce((
        SELECT sum(application_1.amount) AS sum_2
        FROM application AS application_1
        WHERE application_1.company_id = $1::UUID AND application_1.client_id = sales_document_2.client_id AND application_1.sales_document_id = sales_document_2.id AND application_1.credit_note_id IN (
          SELECT cfdi_relation_1.sales_document_id
          FROM cfdi_relation AS cfdi_relation_1
          WHERE cfdi_relation_1.company_id = $1::UUID AND cfdi_relation_1.client_id = sales_document_2.client_id AND cfdi_relation_1.related_id = sales_document_2.id AND cfdi_relation_1.type = '07'
        ) AND application_1.undone_at IS NULL
      ), CASE WHEN (sales_document_2.discount > 0) THEN sales_document_2.discount * coalesce(sales_document_2.total / CAST(nullif(sales_document_2.subtotal - sales_document_2.discount, 0) AS NUMERIC), 1) END) IS NULL) THEN sales_document_1.total ELSE least(sales_document_1.total, greatest(coalesce((
        SELECT sum(application_1.amount) AS sum_2
        FROM application AS application_1
        WHERE application_1.company_id = $1::UUID AND application_1.client_id = sales_document_2.client_id AND application_1.sales_document_id = sales_document_2.id AND application_1.credit_note_id IN (
          SELECT cfdi_relation_1.sales_document_id
          FROM cfdi_relation AS cfdi_relation_1
          WHERE cfdi_relation_1.company_id = $1::UUID AND cfdi_relation_1.client_id = sales_document_2.client_id AND cfdi_relation_1.related_id = sales_document_2.id AND cfdi_relation_1.type = '07'
        ) AND application_1.undone_at IS NULL
      ), CASE WHEN (sales_document_2.discount > 0) THEN sales_document_2.discount * coalesce(sales_document_2.total / CAST(nullif(sales_document_2.subtotal - sales_document_2.discount, 0) AS NUMERIC), 1) END) * CASE WHEN (sales_document_1.currency = sales_document_2.currency) THEN 1 ELSE sales_document_2.exchange_rate / CAST(sales_document_1.exchange_rate AS NUMERIC(18, 6)) END - coalesce((
        SELECT sum(greatest(sales_document_3.total - coalesce((
          SELECT sum(coalesce((
            SELECT sum(application_2.amount) AS sum_5
            FROM application AS application_2
            WHERE application_2.company_id = $1::UUID AND application_2.client_id = sales_document_4.client_id AND application_2.sales_document_id = sales_document_4.id AND application_2.credit_note_id IN (
              SELECT cfdi_relation_2.sales_document_id
              FROM cfdi_relation AS cfdi_relation_2
              WHERE cfdi_relation_2.company_id = $1::UUID AND cfdi_relation_2.client_id = sales_document_4.client_id AND cfdi_relation_2.related_id = sales_document_4.id AND cfdi_relation_2.type = '07'
            ) AND application_2.undone_at IS NULL
          ), CASE WHEN (sales_document_4.discount > 0) THEN sales_document_4.discount * coalesce(sales_document_4.total / CAST(nullif(sales_document_4.subtotal - sales_document_4.discount, 0) AS NUMERIC), 1) END) * CASE WHEN (sales_document_3.currency = sales_document_4.currency) THEN 1 ELSE sales_document_4.exchange_rate / CAST(sales_document_3.exchange_rate AS NUMERIC(18, 6)) END) AS sum_4
          FROM sales_document AS sales_document_4
          WHERE sales_document_4.company_id = $1::UUID AND sales_document_4.client_id = sales_document_3.client_id AND sales_document_4.type = 'INVOICE' AND sales_document_4.state != 'CANCELLED' AND sales_document_4.id IN (
            SELECT cfdi_relation_3.sales_document_id
            FROM cfdi_relation AS cfdi_relation_3
            WHERE cfdi_relation_3.company_id = $1::UUID AND cfdi_relation_3.client_id = sales_document_3.client_id AND cfdi_relation_3.related_id = sales_document_3.id AND cfdi_relation_3.type = '07'
          ) AND (sales_document_4.issued_at, sales_document_4.id) < (sales_document_2.issued_at, sales_document_2.id)
        ), 0), 0) * CASE WHEN (sales_document_2.currency = sales_document_3.currency) THEN 1 ELSE sales_document_3.exchange_rate / CAST(sales_document_2.exchange_rate AS NUMERIC(18, 6)) END) AS sum_3
        FROM sales_document AS sales_document_3
        WHERE sales_document_3.company_id = $1::UUID AND sales_document_2.company_id = $1::UUID AND sales_document_2.client_id = sales_document_3.client_id AND sales_document_2.type = 'INVOICE' AND sales_document_2.state != 'CANCELLED' AND sales_document_2.id IN (
          SELECT cfdi_relation_4.sales_document_id
          FROM cfdi_relation AS cfdi_relation_4
          WHERE cfdi_relation_4.company_id = $1::UUID AND cfdi_relation_4.client_id = sales_document_3.client_id AND cfdi_relation_4.related_id = sales_document_3.id AND cfdi_relation_4.type = '07'
        ) AND (sales_document_3.issued_at, sales_document_3.id) < (sales_document_1.issued_at, sales_document_1.id)
      ), 0) * CASE WHEN (sales_document_1.currency = sales_document_2.currency) THEN 1 ELSE sales_document_2.exchange_rate / CAST(sales_document_1.exchange_rate AS NUMERIC(18, 6)) END, 0)) END) AS sum_1
      FROM sales_document AS sales_document_2
      WHERE sales_document_2.company_id = $1::UUID AND sales_document_2.client_id = sales_document_1.client_id AND sales_document_2.type = 'INVOICE' AND sales_document_2.state != 'CANCELLED' AND sales_document_2.id IN (
        SELECT cfdi_relation_5.sales_document_id
        FROM cfdi_relation AS cfdi_relation_5
        WHERE cfdi_relation_5.company_id = $1::UUID AND cfdi_relation_5.client_id = sales_document_1.client_id AND cfdi_relation_5.related_id = sales_document_1.id AND cfdi_relation_5.type = '07'
      )
    ), 0), 0) AS NUMERIC(18, 2)) END AS advance_left, sales_document_1.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_1.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID') AND (sales_document_1.type = 'INVOICE' OR sales_document_1.on_credit) AS counts_as_credit, CASE WHEN (NOT (sales_document_1.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_1.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID'))) THEN 'NOT_OWED' WHEN (sales_document_1.type = 'INVOICE') THEN 'INVOICE' WHEN sales_document_1.on_credit THEN 'CREDIT_SALES_NOTE' ELSE 'CASH_SALES_NOTE' END AS exposure_reason, CASE WHEN (sales_document_1.uuid IS NOT NULL) THEN 'STAMPED' WHEN ((sales_document_1.type NOT IN ('INVOICE', 'CREDIT_NOTE')) OR sales_document_1.state IN ('DRAFT', 'CANCELLED')) THEN NULL ELSE 'PENDING' END AS stamp_status, sales_document_1.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_1.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID') AND sales_document_1.due_on IS NOT NULL AND sales_document_1.due_on < $3::DATE AS is_overdue, sales_document_1.type = 'QUOTE' AND sales_document_1.state IN ('DRAFT', 'SENT') AND sales_document_1.expires_on IS NOT NULL AND sales_document_1.expires_on < $3::DATE AS is_expired, sales_document_1.issued_at AS t0_, sales_document_1.id AS t1_
    FROM sales_document AS sales_document_1
    WHERE sales_document_1.company_id = $1::UUID AND true AND sales_document_1.client_id = client_1.id
    ORDER BY sales_document_1.issued_at DESC, sales_document_1.id DESC
    LIMIT 20
  ) AS anon_10
  LEFT OUTER JOIN LATERAL (
    SELECT client_7.kind AS client_kind, client_7.deleted_at AS client_deleted_at, coalesce(sales_document_5.expires_on < $3::DATE, false) AS lapsed, sales_document_5.paid != 0 OR sales_document_5.refunded != 0 AS has_payments, sales_document_5.credited != 0 AND sales_document_5.type != 'CREDIT_NOTE' OR (EXISTS (
      SELECT sales_document_line_2.id
      FROM sales_document_line AS sales_document_line_2
      WHERE sales_document_line_2.company_id = $1::UUID AND sales_document_line_2.client_id = sales_document_5.client_id AND sales_document_line_2.sales_document_id = sales_document_5.id AND sales_document_line_2.converted != 0
    )) AS has_descendants, sales_document_5.uuid IS NOT NULL AND ((EXISTS (
      SELECT sales_document_6.id
      FROM sales_document AS sales_document_6
      WHERE sales_document_6.company_id = $1::UUID AND sales_document_6.client_id = sales_document_5.client_id AND sales_document_6.origin_id = sales_document_5.id AND sales_document_6.uuid IS NOT NULL AND sales_document_6.state != 'CANCELLED'
    )) OR (EXISTS (
      SELECT cancellation_1.id
      FROM cancellation AS cancellation_1
      WHERE cancellation_1.company_id = $1::UUID AND cancellation_1.sat_state IN ('REQUESTED', 'CANCELLABLE_WITHOUT_ACCEPTANCE', 'IN_PROCESS') AND cancellation_1.substitute_uuid = sales_document_5.uuid
    ))) AS related_in_force, EXISTS (
      SELECT cancellation_2.id
      FROM cancellation AS cancellation_2
      WHERE cancellation_2.company_id = $1::UUID AND cancellation_2.sat_state IN ('REQUESTED', 'CANCELLABLE_WITHOUT_ACCEPTANCE', 'IN_PROCESS') AND cancellation_2.sales_document_id = sales_document_5.id
    ) AS cancellation_pending, (
      SELECT cancellation_3.sat_state
      FROM cancellation AS cancellation_3
      WHERE cancellation_3.company_id = $1::UUID AND cancellation_3.sales_document_id = sales_document_5.id
    ) AS sat_state, EXISTS (
      SELECT sales_document_line_2.id
      FROM sales_document_line AS sales_document_line_2
      WHERE sales_document_line_2.company_id = $1::UUID AND sales_document_line_2.client_id = sales_document_5.client_id AND sales_document_line_2.sales_document_id = sales_document_5.id AND sales_document_line_2.converted < sales_document_line_2.quantity
    ) AS has_lines_left, CAST((sales_document_5.total - sales_document_5.paid) - sales_document_5.credited AS TEXT) AS balance, EXISTS (
      SELECT application_3.id
      FROM application AS application_3
      JOIN payment AS payment_1 ON payment_1.company_id = $1::UUID AND payment_1.id = application_3.payment_id
      WHERE application_3.company_id = $1::UUID AND application_3.client_id = sales_document_5.client_id AND application_3.sales_document_id = sales_document_5.id AND application_3.undone_at IS NULL AND payment_1.assumed
    ) AS is_assumed_paid, CAST(CASE WHEN (sales_document_5.state = 'DRAFT' AND (sales_document_5.type = 'INVOICE' OR sales_document_5.type = 'SALES_NOTE' AND (EXISTS (
      SELECT receivable_terms_1.client_id
      FROM receivable_terms AS receivable_terms_1
      WHERE receivable_terms_1.company_id = $1::UUID AND receivable_terms_1.client_id = sales_document_5.client_id AND receivable_terms_1.terms = 'CREDIT'
    ))) OR sales_document_5.state != 'DRAFT' AND sales_document_5.type = 'SALES_NOTE' AND NOT sales_document_5.on_credit) THEN round(((sales_document_5.total - sales_document_5.paid) - sales_document_5.credited) * sales_document_5.exchange_rate, 2) END AS TEXT) AS credit_needed, CAST(sales_document_5.exchange_rate AS TEXT) AS credit_rate, CAST(CASE WHEN (sales_document_5.state = 'DRAFT' AND (sales_document_5.type = 'INVOICE' OR sales_document_5.type = 'SALES_NOTE' AND (EXISTS (
      SELECT receivable_terms_1.client_id
      FROM receivable_terms AS receivable_terms_1
      WHERE receivable_terms_1.company_id = $1::UUID AND receivable_terms_1.client_id = sales_document_5.client_id AND receivable_terms_1.terms = 'CREDIT'
    ))) OR sales_document_5.state != 'DRAFT' AND sales_document_5.type = 'SALES_NOTE' AND NOT sales_document_5.on_credit) THEN (
      SELECT receivable_terms_2.credit_limit - (
        SELECT coalesce(sum(round(((sales_document_7.total - sales_document_7.paid) - sales_document_7.credited) * sales_document_7.exchange_rate, 2)), 0) AS coalesce_1
        FROM sales_document AS sales_document_7
        WHERE sales_document_7.company_id = $1::UUID AND sales_document_7.client_id = sales_document_5.client_id AND sales_document_7.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_7.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID') AND (sales_document_7.type = 'INVOICE' OR sales_document_7.on_credit)
      ) AS anon_12
      FROM receivable_terms AS receivable_terms_2
      WHERE receivable_terms_2.company_id = $1::UUID AND receivable_terms_2.client_id = sales_document_5.client_id
    ) END AS TEXT) AS credit_available, CASE WHEN (sales_document_5.state = 'DRAFT' AND (sales_document_5.type = 'INVOICE' OR sales_document_5.type = 'SALES_NOTE' AND (EXISTS (
      SELECT receivable_terms_1.client_id
      FROM receivable_terms AS receivable_terms_1
      WHERE receivable_terms_1.company_id = $1::UUID AND receivable_terms_1.client_id = sales_document_5.client_id AND receivable_terms_1.terms = 'CREDIT'
    ))) OR sales_document_5.state != 'DRAFT' AND sales_document_5.type = 'SALES_NOTE' AND NOT sales_document_5.on_credit) THEN (
      SELECT $3::DATE - min(sales_document_8.due_on) AS anon_13
      FROM receivable_terms AS receivable_terms_3
      JOIN sales_document AS sales_document_8 ON sales_document_8.company_id = $1::UUID AND sales_document_8.client_id = receivable_terms_3.client_id
      WHERE receivable_terms_3.company_id = $1::UUID AND receivable_terms_3.client_id = sales_document_5.client_id AND sales_document_8.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_8.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID') AND (sales_document_8.total - sales_document_8.paid) - sales_document_8.credited != 0
      GROUP BY receivable_terms_3.overdue_days HAVING $3::DATE - min(sales_document_8.due_on) > receivable_terms_3.overdue_days
    ) END AS days_late, coalesce(sales_document_9.currency = sales_document_5.currency AND sales_document_9.state != 'CANCELLED', false) AS invoice_fits, CAST(sales_document_9.total - (
      SELECT coalesce(sum(sales_document_10.total), 0) AS coalesce_2
      FROM sales_document AS sales_document_10
      WHERE sales_document_10.company_id = $1::UUID AND sales_document_10.client_id = sales_document_9.client_id AND sales_document_10.origin_id = sales_document_9.id AND sales_document_10.type = 'CREDIT_NOTE' AND (sales_document_10.state NOT IN ('DRAFT', 'CANCELLED'))
    ) AS TEXT) AS creditable, coalesce(sales_document_5.total <= sales_document_9.total - (
      SELECT coalesce(sum(sales_document_11.total), 0) AS coalesce_3
      FROM sales_document AS sales_document_11
      WHERE sales_document_11.company_id = $1::UUID AND sales_document_11.client_id = sales_document_9.client_id AND sales_document_11.origin_id = sales_document_9.id AND sales_document_11.type = 'CREDIT_NOTE' AND (sales_document_11.state NOT IN ('DRAFT', 'CANCELLED'))
    ), false) AS credit_fits, CASE WHEN (sales_document_5.state = 'DRAFT' AND sales_document_5.type IN ('INVOICE', 'CREDIT_NOTE') OR sales_document_5.state != 'DRAFT' AND sales_document_5.type = 'SALES_NOTE') THEN (
      SELECT jsonb_agg(anon_14.code) AS jsonb_agg_1
      FROM (
        SELECT sales_document_line_3.product_code AS code
        FROM sales_document_line AS sales_document_line_3
        WHERE sales_document_line_3.company_id = $1::UUID AND sales_document_line_3.client_id = sales_document_5.client_id AND sales_document_line_3.sales_document_id = sales_document_5.id AND sales_document_line_3.converted < sales_document_line_3.quantity AND NOT (EXISTS (
          SELECT sat_product_1.code
          FROM sat_product AS sat_product_1
          WHERE sat_product_1.code = sales_document_line_3.product_code AND coalesce(sat_product_1.valid_from <= $3::DATE, true) AND coalesce(sat_product_1.valid_to >= $3::DATE, true)
        ))
        UNION
        SELECT sales_document_line_3.unit_code AS code
        FROM sales_document_line AS sales_document_line_3
        WHERE sales_document_line_3.company_id = $1::UUID AND sales_document_line_3.client_id = sales_document_5.client_id AND sales_document_line_3.sales_document_id = sales_document_5.id AND sales_document_line_3.converted < sales_document_line_3.quantity AND NOT (EXISTS (
          SELECT sat_unit_1.code
          FROM sat_unit AS sat_unit_1
          WHERE sat_unit_1.code = sales_document_line_3.unit_code AND coalesce(sat_unit_1.valid_from <= $3::DATE, true) AND coalesce(sat_unit_1.valid_to >= $3::DATE, true)
        ))
      ) AS anon_14
    ) END AS ended_codes, CASE WHEN (sales_document_5.state = 'DRAFT' AND sales_document_5.type IN ('INVOICE', 'CREDIT_NOTE') OR sales_document_5.state != 'DRAFT' AND sales_document_5.type = 'SALES_NOTE') THEN (
      SELECT jsonb_build_object('rfc', company_2.rfc, 'name', company_2.name, 'tax_regime', company_2.tax_regime, 'postal_code', company_2.postal_code) AS jsonb_build_object_1
      FROM company AS company_2
      WHERE company_2.id = $1::UUID
    ) END AS issuer, CASE WHEN (sales_document_5.state = 'DRAFT' AND sales_document_5.type IN ('INVOICE', 'CREDIT_NOTE') OR sales_document_5.state != 'DRAFT' AND sales_document_5.type = 'SALES_NOTE') THEN (
      SELECT jsonb_build_object('rfc', cfdi_profile_1.rfc, 'name', cfdi_profile_1.name, 'tax_regime', cfdi_profile_1.tax_regime, 'cfdi_use', cfdi_profile_1.cfdi_use, 'postal_code', cfdi_profile_1.postal_code, 'payment_form', cfdi_profile_1.payment_form, 'payment_method', cfdi_profile_1.payment_method, 'currency', cfdi_profile_1.currency, 'tax_residence', cfdi_profile_1.tax_residence, 'tax_id', cfdi_profile_1.tax_id, 'taxpayer_status', cfdi_profile_1.taxpayer_status) AS jsonb_build_object_2
      FROM cfdi_profile AS cfdi_profile_1
      WHERE cfdi_profile_1.company_id = $1::UUID AND cfdi_profile_1.client_id = sales_document_5.client_id AND cfdi_profile_1.valid_to IS NULL
    ) END AS receptor
    FROM sales_document AS sales_document_5
    JOIN client AS client_7 ON client_7.company_id = $1::UUID AND client_7.id = sales_document_5.client_id
    LEFT OUTER JOIN sales_document AS sales_document_9 ON sales_document_5.type = 'CREDIT_NOTE' AND sales_document_9.company_id = $1::UUID AND sales_document_9.id = sales_document_5.origin_id
    WHERE sales_document_5.company_id = $1::UUID AND sales_document_5.id = anon_10.id
  ) AS anon_11 ON true
),
  ',"documents":', (
  SELECT concat(
    '{"nodes":[', string_agg(concat(
    '{"id":"file_', anon_15.id, '","name":', ficha_json(anon_15.name),
    ',"actions":␁10:', json_build_array(anon_15.replaced_at, anon_15.deleted_at, anon_16.client_kind, anon_16.client_deleted_at), '␂}'), ',' ORDER BY anon_15.t0_ DESC, anon_15.t1_ DESC), ']}') AS concat_8
  FROM LATERAL (
    SELECT document_1.company_id AS company_id, document_1.id AS id, document_1.client_id AS client_id, document_1.kind AS kind, document_1.name AS name, document_1.description AS description, document_1.tags AS tags, document_1.content_type AS content_type, document_1.size AS size, document_1.sha256 AS sha256, document_1.object_key AS object_key, document_1.expires_on AS expires_on, document_1.uploaded_by_id AS uploaded_by_id, document_1.original_id AS original_id, document_1.series_id AS series_id, document_1.revision AS revision, document_1.replaced_at AS replaced_at, document_1.reading AS reading, document_1.thumbnail_width AS thumbnail_width, document_1.thumbnail_height AS thumbnail_height, document_1.thumbnail_size AS thumbnail_size, document_1.thumbnail_tried_at AS thumbnail_tried_at, document_1.version AS version, document_1.created_at AS created_at, document_1.updated_at AS updated_at, document_1.deleted_at AS deleted_at, document_1.created_at AS t0_, document_1.id AS t1_
    FROM document AS document_1
    WHERE document_1.company_id = $1::UUID AND document_1.replaced_at IS NULL AND document_1.deleted_at IS NULL AND true AND document_1.client_id = client_1.id
    ORDER BY document_1.created_at DESC, document_1.id DESC
    LIMIT 20
  ) AS anon_15
  LEFT OUTER JOIN LATERAL (
    SELECT client_8.kind AS client_kind, client_8.deleted_at AS client_deleted_at
    FROM client AS client_8
    WHERE client_8.company_id = $1::UUID AND client_8.id = anon_15.client_id
  ) AS anon_16 ON true
), '}') ELSE 'null' END, '}') AS concat_1
FROM (
  SELECT 1 AS one
) AS one
LEFT OUTER JOIN client AS client_1 ON client_1.id = $4::UUID AND client_1.company_id = $1::UUID
LEFT OUTER JOIN LATERAL (
  SELECT EXISTS (
    SELECT document_2.id
    FROM document AS document_2
    WHERE document_2.company_id = $1::UUID AND document_2.client_id = client_9.id
  ) AS has_files, EXISTS (
    SELECT sales_document_12.id
    FROM sales_document AS sales_document_12
    WHERE sales_document_12.company_id = $1::UUID AND sales_document_12.client_id = client_9.id
  ) AS has_sales_documents, EXISTS (
    SELECT payment_2.id
    FROM payment AS payment_2
    WHERE payment_2.company_id = $1::UUID AND payment_2.client_id = client_9.id
  ) AS has_payments, EXISTS (
    SELECT sales_document_12.id
    FROM sales_document AS sales_document_12
    WHERE sales_document_12.company_id = $1::UUID AND sales_document_12.client_id = client_9.id AND sales_document_12.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_12.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID') AND round(((sales_document_12.total - sales_document_12.paid) - sales_document_12.credited) * sales_document_12.exchange_rate, 2) != 0
  ) AS has_balance, EXISTS (
    SELECT contact_2.id
    FROM contact AS contact_2
    WHERE contact_2.company_id = $1::UUID AND contact_2.client_id = client_9.id AND contact_2.deleted_at IS NULL
    LIMIT 1 OFFSET 499
  ) AS full_contacts, EXISTS (
    SELECT address_5.id
    FROM address AS address_5
    WHERE address_5.company_id = $1::UUID AND address_5.client_id = client_9.id AND address_5.deleted_at IS NULL
    LIMIT 1 OFFSET 499
  ) AS full_addresses, EXISTS (
    SELECT bank_account_3.id
    FROM bank_account AS bank_account_3
    WHERE bank_account_3.company_id = $1::UUID AND bank_account_3.client_id = client_9.id AND bank_account_3.deleted_at IS NULL
    LIMIT 1 OFFSET 499
  ) AS full_accounts
  FROM client AS client_9
  WHERE client_9.company_id = $1::UUID AND client_9.id = client_1.id
) AS anon_1 ON client_1.id IS NOT NULL
LEFT OUTER JOIN address AS address_1 ON address_1.company_id = $1::UUID AND address_1.client_id = client_1.id AND address_1.kind = 'FISCAL' AND address_1.deleted_at IS NULL
LEFT OUTER JOIN LATERAL (
  SELECT client_10.kind AS client_kind, client_10.deleted_at AS client_deleted_at, EXISTS (
    SELECT address_6.id
    FROM address AS address_6
    WHERE address_6.company_id = $1::UUID AND address_6.client_id = address_7.client_id AND address_6.id != address_7.id AND address_6.kind = 'FISCAL' AND address_6.deleted_at IS NULL
  ) AS fiscal_elsewhere
  FROM address AS address_7
  JOIN client AS client_10 ON client_10.company_id = $1::UUID AND client_10.id = address_7.client_id
  WHERE address_7.company_id = $1::UUID AND address_7.id = address_1.id
) AS anon_3 ON address_1.client_id IS NOT NULL
