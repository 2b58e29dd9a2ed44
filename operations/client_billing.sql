-- $1 company_id, $2 a0_key, $3 today
SELECT concat(
  '{"client":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_1.id, '","receivables":{"id":␁0:', json_build_array(anon_1.client_id), '␂,"version":', coalesce(CAST(anon_1.version AS TEXT), 'null'),
  ',"overdueDays":', coalesce(CAST(anon_1.overdue_days AS TEXT), 'null'),
  ',"assumesPaid":', CASE WHEN anon_1.assumes_paid THEN 'true' WHEN (anon_1.assumes_paid IS NULL) THEN 'null' ELSE 'false' END,
  ',"currency":', ficha_json(anon_1.currency),
  ',"terms":', CASE WHEN (anon_1.terms IN ('CASH', 'CREDIT')) THEN '"' || anon_1.terms || '"' WHEN (anon_1.terms IS NULL) THEN 'null' ELSE '␁1:␂' END,
  ',"termsLabel":␁2:', CAST(ficha_json(anon_1.terms) AS TEXT), '␂,"creditDays":', coalesce(CAST(anon_1.credit_days AS TEXT), 'null'),
  ',"creditLimit":', coalesce('"' || CAST(anon_1.credit_limit AS TEXT) || '"', 'null'),
  ',"creditLimitLabel":␁3:', coalesce('"' || CAST(anon_1.credit_limit AS TEXT) || '"', 'null'), '␂,"balance":"', anon_1.balance, '","balanceLabel":␁4:', coalesce('"' || CAST(anon_1.balance AS TEXT) || '"', 'null'), '␂,"owed":"', anon_1.owed, '","owedLabel":␁5:', coalesce('"' || CAST(anon_1.owed AS TEXT) || '"', 'null'), '␂,"creditBalance":"', anon_1.credit_balance, '","creditBalanceLabel":␁6:', coalesce('"' || CAST(anon_1.credit_balance AS TEXT) || '"', 'null'), '␂,"currencies":', (
  SELECT concat('[', string_agg(concat(
    '{"currency":', ficha_json(anon_2.currency),
    ',"owed":"', anon_2.owed, '","owedLabel":␁7:', coalesce('"' || CAST(anon_2.owed AS TEXT) || '"', 'null'), '␂,"creditBalance":"', anon_2.credit_balance, '","creditBalanceLabel":␁8:', coalesce('"' || CAST(anon_2.credit_balance AS TEXT) || '"', 'null'), '␂,"balance":"', anon_2.balance, '","balanceLabel":␁9:', coalesce('"' || CAST(anon_2.balance AS TEXT) || '"', 'null'), '␂}'), ','), ']') AS concat_2
  FROM LATERAL (
    SELECT anon_3.currency AS currency, CAST(sum(anon_3.owed) AS NUMERIC(18, 2)) AS owed, CAST(sum(anon_3.credit_balance) AS NUMERIC(18, 2)) AS credit_balance, CAST(CAST(sum(anon_3.owed) AS NUMERIC(18, 2)) - CAST(sum(anon_3.credit_balance) AS NUMERIC(18, 2)) AS NUMERIC(18, 2)) AS balance
    FROM (
      SELECT sales_document_1.currency AS currency, (sales_document_1.total - sales_document_1.paid) - sales_document_1.credited AS owed, CAST(0 AS NUMERIC(18, 2)) AS credit_balance
      FROM sales_document AS sales_document_1
      WHERE sales_document_1.company_id = $1::UUID AND sales_document_1.client_id = anon_1.client_id AND sales_document_1.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_1.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID')
      UNION ALL
      SELECT payment_1.currency AS currency, CAST(0 AS NUMERIC(18, 2)) AS owed, CASE WHEN (payment_1.reversed_at IS NULL) THEN (payment_1.amount - payment_1.applied) - payment_1.refunded ELSE CAST(0 AS NUMERIC(18, 2)) END AS credit_balance
      FROM payment AS payment_1
      WHERE payment_1.company_id = $1::UUID AND payment_1.client_id = anon_1.client_id AND payment_1.reversed_at IS NULL AND payment_1.applied + payment_1.refunded < payment_1.amount
      UNION ALL
      SELECT sales_document_2.currency AS currency, CAST(0 AS NUMERIC(18, 2)) AS owed, CASE WHEN (sales_document_2.type != 'CREDIT_NOTE' OR sales_document_2.state IN ('DRAFT', 'CANCELLED')) THEN CAST(0 AS NUMERIC(18, 2)) ELSE (sales_document_2.total - sales_document_2.credited) - sales_document_2.refunded END AS credit_balance
      FROM sales_document AS sales_document_2
      WHERE sales_document_2.company_id = $1::UUID AND sales_document_2.client_id = anon_1.client_id AND sales_document_2.type = 'CREDIT_NOTE' AND sales_document_2.state IN ('STAMPED', 'SENT') AND sales_document_2.credited + sales_document_2.refunded < sales_document_2.total
    ) AS anon_3
    GROUP BY anon_3.currency
    ORDER BY anon_3.currency
  ) AS anon_2
),
  ',"unappliedPayments":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"pay_', payment_2.id, '","amount":"', payment_2.amount, '","amountLabel":␁10:', coalesce('"' || CAST(payment_2.amount AS TEXT) || '"', 'null'), '␂,"currency":', ficha_json(payment_2.currency),
    ',"paidAt":"', to_char(payment_2.paid_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","paidAtLabel":␁11:', coalesce('"' || CAST(to_char(payment_2.paid_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"reference":', coalesce(ficha_json(payment_2.reference), 'null'::json),
    ',"left":', coalesce('"' || CAST(CASE WHEN (payment_2.reversed_at IS NULL) THEN (payment_2.amount - payment_2.applied) - payment_2.refunded ELSE CAST(0 AS NUMERIC(18, 2)) END AS TEXT) || '"', '␁1:␂'),
    ',"leftLabel":␁12:', coalesce('"' || CAST(CASE WHEN (payment_2.reversed_at IS NULL) THEN (payment_2.amount - payment_2.applied) - payment_2.refunded ELSE CAST(0 AS NUMERIC(18, 2)) END AS TEXT) || '"', 'null'), '␂,"version":', payment_2.version, '}'), ',' ORDER BY payment_2.paid_at, payment_2.id), ']') AS concat_3
  FROM payment AS payment_2
  WHERE payment_2.company_id = $1::UUID AND payment_2.client_id = anon_1.client_id AND payment_2.reversed_at IS NULL AND payment_2.applied + payment_2.refunded < payment_2.amount
),
  ',"unappliedCreditNotes":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"doc_', sales_document_3.id, '","folio":', ficha_json(sales_document_3.folio),
    ',"total":"', sales_document_3.total, '","totalLabel":␁13:', coalesce('"' || CAST(sales_document_3.total AS TEXT) || '"', 'null'), '␂,"currency":', ficha_json(sales_document_3.currency),
    ',"issuedAt":"', to_char(sales_document_3.issued_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","issuedAtLabel":␁14:', coalesce('"' || CAST(to_char(sales_document_3.issued_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"left":', coalesce('"' || CAST(CASE WHEN (sales_document_3.type != 'CREDIT_NOTE' OR sales_document_3.state IN ('DRAFT', 'CANCELLED')) THEN CAST(0 AS NUMERIC(18, 2)) ELSE (sales_document_3.total - sales_document_3.credited) - sales_document_3.refunded END AS TEXT) || '"', '␁1:␂'),
    ',"leftLabel":␁15:', coalesce('"' || CAST(CASE WHEN (sales_document_3.type != 'CREDIT_NOTE' OR sales_document_3.state IN ('DRAFT', 'CANCELLED')) THEN CAST(0 AS NUMERIC(18, 2)) ELSE (sales_document_3.total - sales_document_3.credited) - sales_document_3.refunded END AS TEXT) || '"', 'null'), '␂,"version":', sales_document_3.version, '}'), ',' ORDER BY sales_document_3.issued_at, sales_document_3.id), ']') AS concat_4
  FROM sales_document AS sales_document_3
  WHERE sales_document_3.company_id = $1::UUID AND sales_document_3.client_id = anon_1.client_id AND sales_document_3.type = 'CREDIT_NOTE' AND sales_document_3.state IN ('STAMPED', 'SENT') AND sales_document_3.credited + sales_document_3.refunded < sales_document_3.total
),
  ',"openAdvances":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"doc_', sales_document_4.id, '","folio":', ficha_json(sales_document_4.folio),
    ',"total":"', sales_document_4.total, '","totalLabel":␁16:', coalesce('"' || CAST(sales_document_4.total AS TEXT) || '"', 'null'), '␂,"currency":', ficha_json(sales_document_4.currency),
    ',"issuedAt":"', to_char(sales_document_4.issued_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","issuedAtLabel":␁17:', coalesce('"' || CAST(to_char(sales_document_4.issued_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"paid":"', sales_document_4.paid, '","paidLabel":␁18:', coalesce('"' || CAST(sales_document_4.paid AS TEXT) || '"', 'null'), '␂,"advanceLeft":', coalesce('"' || CAST(CASE WHEN (EXISTS (
    SELECT *
    FROM sales_document_line AS sales_document_line_1
    WHERE sales_document_line_1.company_id = $1::UUID AND sales_document_line_1.client_id = sales_document_4.client_id AND sales_document_line_1.sales_document_id = sales_document_4.id AND sales_document_line_1.product_code = '84111506'
  )) THEN CAST(greatest(sales_document_4.total - coalesce((
    SELECT sum(CASE WHEN (coalesce((
      SELECT sum(application_1.amount) AS sum_2
      FROM application AS application_1
      WHERE application_1.company_id = $1::UUID AND application_1.client_id = sales_document_5.client_id AND application_1.sales_document_id = sales_document_5.id AND application_1.credit_note_id IN (
        SELECT cfdi_relation_1.sales_document_id
        FROM cfdi_relation AS cfdi_relation_1
        WHERE cfdi_relation_1.company_id = $1::UUID AND cfdi_relation_1.client_id = sales_document_5.client_id AND cfdi_relation_1.related_id = sales_document_5.id AND cfdi_relation_1.type = '07'
      ) AND application_1.undone_at IS NULL
    ), CASE WHEN (sales_document_5.discount > 0) THEN sales_document_5.discount * coalesce(sales_document_5.total / CAST(nullif(sales_document_5.subtotal - sales_document_5.discount, 0) AS NUMERIC), 1) END) IS NULL) THEN sales_document_4.total ELSE least(sales_document_4.total, greatest(coalesce((
      SELECT sum(application_1.amount) AS sum_2
      FROM application AS application_1
      WHERE application_1.company_id = $1::UUID AND application_1.client_id = sales_document_5.client_id AND application_1.sales_document_id = sales_document_5.id AND application_1.credit_note_id IN (
        SELECT cfdi_relation_1.sales_document_id
        FROM cfdi_relation AS cfdi_relation_1
        WHERE cfdi_relation_1.company_id = $1::UUID AND cfdi_relation_1.client_id = sales_document_5.client_id AND cfdi_relation_1.related_id = sales_document_5.id AND cfdi_relation_1.type = '07'
      ) AND application_1.undone_at IS NULL
    ), CASE WHEN (sales_document_5.discount > 0) THEN sales_document_5.discount * coalesce(sales_document_5.total / CAST(nullif(sales_document_5.subtotal - sales_document_5.discount, 0) AS NUMERIC), 1) END) * CASE WHEN (sales_document_4.currency = sales_document_5.currency) THEN 1 ELSE sales_document_5.exchange_rate / CAST(sales_document_4.exchange_rate AS NUMERIC(18, 6)) END - coalesce((
      SELECT sum(greatest(sales_document_6.total - coalesce((
        SELECT sum(coalesce((
          SELECT sum(application_2.amount) AS sum_5
          FROM application AS application_2
          WHERE application_2.company_id = $1::UUID AND application_2.client_id = sales_document_7.client_id AND application_2.sales_document_id = sales_document_7.id AND application_2.credit_note_id IN (
            SELECT cfdi_relation_2.sales_document_id
            FROM cfdi_relation AS cfdi_relation_2
            WHERE cfdi_relation_2.company_id = $1::UUID AND cfdi_relation_2.client_id = sales_document_7.client_id AND cfdi_relation_2.related_id = sales_document_7.id AND cfdi_relation_2.type = '07'
          ) AND application_2.undone_at IS NULL
        ), CASE WHEN (sales_document_7.discount > 0) THEN sales_document_7.discount * coalesce(sales_document_7.total / CAST(nullif(sales_document_7.subtotal - sales_document_7.discount, 0) AS NUMERIC), 1) END) * CASE WHEN (sales_document_6.currency = sales_document_7.currency) THEN 1 ELSE sales_document_7.exchange_rate / CAST(sales_document_6.exchange_rate AS NUMERIC(18, 6)) END) AS sum_4
        FROM sales_document AS sales_document_7
        WHERE sales_document_7.company_id = $1::UUID AND sales_document_7.client_id = sales_document_6.client_id AND sales_document_7.type = 'INVOICE' AND sales_document_7.state != 'CANCELLED' AND sales_document_7.id IN (
          SELECT cfdi_relation_3.sales_document_id
          FROM cfdi_relation AS cfdi_relation_3
          WHERE cfdi_relation_3.company_id = $1::UUID AND cfdi_relation_3.client_id = sales_document_6.client_id AND cfdi_relation_3.related_id = sales_document_6.id AND cfdi_relation_3.type = '07'
        ) AND (sales_document_7.issued_at, sales_document_7.id) < (sales_document_5.issued_at, sales_document_5.id)
      ), 0), 0) * CASE WHEN (sales_document_5.currency = sales_document_6.currency) THEN 1 ELSE sales_document_6.exchange_rate / CAST(sales_document_5.exchange_rate AS NUMERIC(18, 6)) END) AS sum_3
      FROM sales_document AS sales_document_6
      WHERE sales_document_6.company_id = $1::UUID AND sales_document_5.company_id = $1::UUID AND sales_document_5.client_id = sales_document_6.client_id AND sales_document_5.type = 'INVOICE' AND sales_document_5.state != 'CANCELLED' AND sales_document_5.id IN (
        SELECT cfdi_relation_4.sales_document_id
        FROM cfdi_relation AS cfdi_relation_4
        WHERE cfdi_relation_4.company_id = $1::UUID AND cfdi_relation_4.client_id = sales_document_6.client_id AND cfdi_relation_4.related_id = sales_document_6.id AND cfdi_relation_4.type = '07'
      ) AND (sales_document_6.issued_at, sales_document_6.id) < (sales_document_4.issued_at, sales_document_4.id)
    ), 0) * CASE WHEN (sales_document_4.currency = sales_document_5.currency) THEN 1 ELSE sales_document_5.exchange_rate / CAST(sales_document_4.exchange_rate AS NUMERIC(18, 6)) END, 0)) END) AS sum_1
    FROM sales_document AS sales_document_5
    WHERE sales_document_5.company_id = $1::UUID AND sales_document_5.client_id = sales_document_4.client_id AND sales_document_5.type = 'INVOICE' AND sales_document_5.state != 'CANCELLED' AND sales_document_5.id IN (
      SELECT cfdi_relation_5.sales_document_id
      FROM cfdi_relation AS cfdi_relation_5
      WHERE cfdi_relation_5.company_id = $1::UUID AND cfdi_relation_5.client_id = sales_document_4.client_id AND cfdi_relation_5.related_id = sales_document_4.id AND cfdi_relation_5.type = '07'
    )
  ), 0), 0) AS NUMERIC(18, 2)) END AS TEXT) || '"', 'null'),
    ',"advanceLeftLabel":␁19:', coalesce('"' || CAST(CASE WHEN (EXISTS (
    SELECT *
    FROM sales_document_line AS sales_document_line_2
    WHERE sales_document_line_2.company_id = $1::UUID AND sales_document_line_2.client_id = sales_document_4.client_id AND sales_document_line_2.sales_document_id = sales_document_4.id AND sales_document_line_2.product_code = '84111506'
  )) THEN CAST(greatest(sales_document_4.total - coalesce((
    SELECT sum(CASE WHEN (coalesce((
      SELECT sum(application_3.amount) AS sum_7
      FROM application AS application_3
      WHERE application_3.company_id = $1::UUID AND application_3.client_id = sales_document_8.client_id AND application_3.sales_document_id = sales_document_8.id AND application_3.credit_note_id IN (
        SELECT cfdi_relation_6.sales_document_id
        FROM cfdi_relation AS cfdi_relation_6
        WHERE cfdi_relation_6.company_id = $1::UUID AND cfdi_relation_6.client_id = sales_document_8.client_id AND cfdi_relation_6.related_id = sales_document_8.id AND cfdi_relation_6.type = '07'
      ) AND application_3.undone_at IS NULL
    ), CASE WHEN (sales_document_8.discount > 0) THEN sales_document_8.discount * coalesce(sales_document_8.total / CAST(nullif(sales_document_8.subtotal - sales_document_8.discount, 0) AS NUMERIC), 1) END) IS NULL) THEN sales_document_4.total ELSE least(sales_document_4.total, greatest(coalesce((
      SELECT sum(application_3.amount) AS sum_7
      FROM application AS application_3
      WHERE application_3.company_id = $1::UUID AND application_3.client_id = sales_document_8.client_id AND application_3.sales_document_id = sales_document_8.id AND application_3.credit_note_id IN (
        SELECT cfdi_relation_6.sales_document_id
        FROM cfdi_relation AS cfdi_relation_6
        WHERE cfdi_relation_6.company_id = $1::UUID AND cfdi_relation_6.client_id = sales_document_8.client_id AND cfdi_relation_6.related_id = sales_document_8.id AND cfdi_relation_6.type = '07'
      ) AND application_3.undone_at IS NULL
    ), CASE WHEN (sales_document_8.discount > 0) THEN sales_document_8.discount * coalesce(sales_document_8.total / CAST(nullif(sales_document_8.subtotal - sales_document_8.discount, 0) AS NUMERIC), 1) END) * CASE WHEN (sales_document_4.currency = sales_document_8.currency) THEN 1 ELSE sales_document_8.exchange_rate / CAST(sales_document_4.exchange_rate AS NUMERIC(18, 6)) END - coalesce((
      SELECT sum(greatest(sales_document_9.total - coalesce((
        SELECT sum(coalesce((
          SELECT sum(application_4.amount) AS sum_10
          FROM application AS application_4
          WHERE application_4.company_id = $1::UUID AND application_4.client_id = sales_document_10.client_id AND application_4.sales_document_id = sales_document_10.id AND application_4.credit_note_id IN (
            SELECT cfdi_relation_7.sales_document_id
            FROM cfdi_relation AS cfdi_relation_7
            WHERE cfdi_relation_7.company_id = $1::UUID AND cfdi_relation_7.client_id = sales_document_10.client_id AND cfdi_relation_7.related_id = sales_document_10.id AND cfdi_relation_7.type = '07'
          ) AND application_4.undone_at IS NULL
        ), CASE WHEN (sales_document_10.discount > 0) THEN sales_document_10.discount * coalesce(sales_document_10.total / CAST(nullif(sales_document_10.subtotal - sales_document_10.discount, 0) AS NUMERIC), 1) END) * CASE WHEN (sales_document_9.currency = sales_document_10.currency) THEN 1 ELSE sales_document_10.exchange_rate / CAST(sales_document_9.exchange_rate AS NUMERIC(18, 6)) END) AS sum_9
        FROM sales_document AS sales_document_10
        WHERE sales_document_10.company_id = $1::UUID AND sales_document_10.client_id = sales_document_9.client_id AND sales_document_10.type = 'INVOICE' AND sales_document_10.state != 'CANCELLED' AND sales_document_10.id IN (
          SELECT cfdi_relation_8.sales_document_id
          FROM cfdi_relation AS cfdi_relation_8
          WHERE cfdi_relation_8.company_id = $1::UUID AND cfdi_relation_8.client_id = sales_document_9.client_id AND cfdi_relation_8.related_id = sales_document_9.id AND cfdi_relation_8.type = '07'
        ) AND (sales_document_10.issued_at, sales_document_10.id) < (sales_document_8.issued_at, sales_document_8.id)
      ), 0), 0) * CASE WHEN (sales_document_8.currency = sales_document_9.currency) THEN 1 ELSE sales_document_9.exchange_rate / CAST(sales_document_8.exchange_rate AS NUMERIC(18, 6)) END) AS sum_8
      FROM sales_document AS sales_document_9
      WHERE sales_document_9.company_id = $1::UUID AND sales_document_8.company_id = $1::UUID AND sales_document_8.client_id = sales_document_9.client_id AND sales_document_8.type = 'INVOICE' AND sales_document_8.state != 'CANCELLED' AND sales_document_8.id IN (
        SELECT cfdi_relation_9.sales_document_id
        FROM cfdi_relation AS cfdi_relation_9
        WHERE cfdi_relation_9.company_id = $1::UUID AND cfdi_relation_9.client_id = sales_document_9.client_id AND cfdi_relation_9.related_id = sales_document_9.id AND cfdi_relation_9.type = '07'
      ) AND (sales_document_9.issued_at, sales_document_9.id) < (sales_document_4.issued_at, sales_document_4.id)
    ), 0) * CASE WHEN (sales_document_4.currency = sales_document_8.currency) THEN 1 ELSE sales_document_8.exchange_rate / CAST(sales_document_4.exchange_rate AS NUMERIC(18, 6)) END, 0)) END) AS sum_6
    FROM sales_document AS sales_document_8
    WHERE sales_document_8.company_id = $1::UUID AND sales_document_8.client_id = sales_document_4.client_id AND sales_document_8.type = 'INVOICE' AND sales_document_8.state != 'CANCELLED' AND sales_document_8.id IN (
      SELECT cfdi_relation_10.sales_document_id
      FROM cfdi_relation AS cfdi_relation_10
      WHERE cfdi_relation_10.company_id = $1::UUID AND cfdi_relation_10.client_id = sales_document_4.client_id AND cfdi_relation_10.related_id = sales_document_4.id AND cfdi_relation_10.type = '07'
    )
  ), 0), 0) AS NUMERIC(18, 2)) END AS TEXT) || '"', 'null'), '␂}'), ',' ORDER BY sales_document_4.issued_at, sales_document_4.id), ']') AS concat_5
  FROM sales_document AS sales_document_4
  WHERE sales_document_4.company_id = $1::UUID AND sales_document_4.id IN (
    SELECT sales_document_line_3.sales_document_id
    FROM sales_document_line AS sales_document_line_3
    WHERE sales_document_line_3.company_id = $1::UUID AND sales_document_line_3.client_id = anon_1.client_id AND sales_document_line_3.product_code = '84111506'
  ) AND sales_document_4.type = 'INVOICE' AND sales_document_4.paid > 0 AND CAST(greatest(sales_document_4.total - coalesce((
    SELECT sum(CASE WHEN (coalesce((
      SELECT sum(application_5.amount) AS sum_12
      FROM application AS application_5
      WHERE application_5.company_id = $1::UUID AND application_5.client_id = sales_document_11.client_id AND application_5.sales_document_id = sales_document_11.id AND application_5.credit_note_id IN (
        SELECT cfdi_relation_11.sales_document_id
        FROM cfdi_relation AS cfdi_relation_11
        WHERE cfdi_relation_11.company_id = $1::UUID AND cfdi_relation_11.client_id = sales_document_11.client_id AND cfdi_relation_11.related_id = sales_document_11.id AND cfdi_relation_11.type = '07'
      ) AND application_5.undone_at IS NULL
    ), CASE WHEN (sales_document_11.discount > 0) THEN sales_document_11.discount * coalesce(sales_document_11.total / CAST(nullif(sales_document_11.subtotal - sales_document_11.discount, 0) AS NUMERIC), 1) END) IS NULL) THEN sales_document_4.total ELSE least(sales_document_4.total, greatest(coalesce((
      SELECT sum(application_5.amount) AS sum_12
      FROM application AS application_5
      WHERE application_5.company_id = $1::UUID AND application_5.client_id = sales_document_11.client_id AND application_5.sales_document_id = sales_document_11.id AND application_5.credit_note_id IN (
        SELECT cfdi_relation_11.sales_document_id
        FROM cfdi_relation AS cfdi_relation_11
        WHERE cfdi_relation_11.company_id = $1::UUID AND cfdi_relation_11.client_id = sales_document_11.client_id AND cfdi_relation_11.related_id = sales_document_11.id AND cfdi_relation_11.type = '07'
      ) AND application_5.undone_at IS NULL
    ), CASE WHEN (sales_document_11.discount > 0) THEN sales_document_11.discount * coalesce(sales_document_11.total / CAST(nullif(sales_document_11.subtotal - sales_document_11.discount, 0) AS NUMERIC), 1) END) * CASE WHEN (sales_document_4.currency = sales_document_11.currency) THEN 1 ELSE sales_document_11.exchange_rate / CAST(sales_document_4.exchange_rate AS NUMERIC(18, 6)) END - coalesce((
      SELECT sum(greatest(sales_document_12.total - coalesce((
        SELECT sum(coalesce((
          SELECT sum(application_6.amount) AS sum_15
          FROM application AS application_6
          WHERE application_6.company_id = $1::UUID AND application_6.client_id = sales_document_13.client_id AND application_6.sales_document_id = sales_document_13.id AND application_6.credit_note_id IN (
            SELECT cfdi_relation_12.sales_document_id
            FROM cfdi_relation AS cfdi_relation_12
            WHERE cfdi_relation_12.company_id = $1::UUID AND cfdi_relation_12.client_id = sales_document_13.client_id AND cfdi_relation_12.related_id = sales_document_13.id AND cfdi_relation_12.type = '07'
          ) AND application_6.undone_at IS NULL
        ), CASE WHEN (sales_document_13.discount > 0) THEN sales_document_13.discount * coalesce(sales_document_13.total / CAST(nullif(sales_document_13.subtotal - sales_document_13.discount, 0) AS NUMERIC), 1) END) * CASE WHEN (sales_document_12.currency = sales_document_13.currency) THEN 1 ELSE sales_document_13.exchange_rate / CAST(sales_document_12.exchange_rate AS NUMERIC(18, 6)) END) AS sum_14
        FROM sales_document AS sales_document_13
        WHERE sales_document_13.company_id = $1::UUID AND sales_document_13.client_id = sales_document_12.client_id AND sales_document_13.type = 'INVOICE' AND sales_document_13.state != 'CANCELLED' AND sales_document_13.id IN (
          SELECT cfdi_relation_13.sales_document_id
          FROM cfdi_relation AS cfdi_relation_13
          WHERE cfdi_relation_13.company_id = $1::UUID AND cfdi_relation_13.client_id = sales_document_12.client_id AND cfdi_relation_13.related_id = sales_document_12.id AND cfdi_relation_13.type = '07'
        ) AND (sales_document_13.issued_at, sales_document_13.id) < (sales_document_11.issued_at, sales_document_11.id)
      ), 0), 0) * CASE WHEN (sales_document_11.currency = sales_document_12.currency) THEN 1 ELSE sales_document_12.exchange_rate / CAST(sales_document_11.exchange_rate AS NUMERIC(18, 6)) END) AS sum_13
      FROM sales_document AS sales_document_12
      WHERE sales_document_12.company_id = $1::UUID AND sales_document_11.company_id = $1::UUID AND sales_document_11.client_id = sales_document_12.client_id AND sales_document_11.type = 'INVOICE' AND sales_document_11.state != 'CANCELLED' AND sales_document_11.id IN (
        SELECT cfdi_relation_14.sales_document_id
        FROM cfdi_relation AS cfdi_relation_14
        WHERE cfdi_relation_14.company_id = $1::UUID AND cfdi_relation_14.client_id = sales_document_12.client_id AND cfdi_relation_14.related_id = sales_document_12.id AND cfdi_relation_14.type = '07'
      ) AND (sales_document_12.issued_at, sales_document_12.id) < (sales_document_4.issued_at, sales_document_4.id)
    ), 0) * CASE WHEN (sales_document_4.currency = sales_document_11.currency) THEN 1 ELSE sales_document_11.exchange_rate / CAST(sales_document_4.exchange_rate AS NUMERIC(18, 6)) END, 0)) END) AS sum_11
    FROM sales_document AS sales_document_11
    WHERE sales_document_11.company_id = $1::UUID AND sales_document_11.client_id = sales_document_4.client_id AND sales_document_11.type = 'INVOICE' AND sales_document_11.state != 'CANCELLED' AND sales_document_11.id IN (
      SELECT cfdi_relation_15.sales_document_id
      FROM cfdi_relation AS cfdi_relation_15
      WHERE cfdi_relation_15.company_id = $1::UUID AND cfdi_relation_15.client_id = sales_document_4.client_id AND cfdi_relation_15.related_id = sales_document_4.id AND cfdi_relation_15.type = '07'
    )
  ), 0), 0) AS NUMERIC(18, 2)) > 0
),
  ',"overdueBalance":"', anon_1.overdue_balance, '","overdueBalanceLabel":␁20:', coalesce('"' || CAST(anon_1.overdue_balance AS TEXT) || '"', 'null'), '␂,"ageing":{"current":"', anon_1.current, '","currentLabel":␁21:', coalesce('"' || CAST(anon_1.current AS TEXT) || '"', 'null'), '␂,"upTo30":"', anon_1.up_to_30, '","upTo30Label":␁22:', coalesce('"' || CAST(anon_1.up_to_30 AS TEXT) || '"', 'null'), '␂,"upTo60":"', anon_1.up_to_60, '","upTo60Label":␁23:', coalesce('"' || CAST(anon_1.up_to_60 AS TEXT) || '"', 'null'), '␂,"upTo90":"', anon_1.up_to_90, '","upTo90Label":␁24:', coalesce('"' || CAST(anon_1.up_to_90 AS TEXT) || '"', 'null'), '␂,"over90":"', anon_1.over_90, '","over90Label":␁25:', coalesce('"' || CAST(anon_1.over_90 AS TEXT) || '"', 'null'), '␂},"creditUsed":"', anon_1.credit_used, '","creditUsedLabel":␁26:', coalesce('"' || CAST(anon_1.credit_used AS TEXT) || '"', 'null'), '␂,"creditAvailable":', coalesce('"' || CAST(anon_1.credit_available AS TEXT) || '"', 'null'),
  ',"creditAvailableLabel":␁27:', coalesce('"' || CAST(anon_1.credit_available AS TEXT) || '"', 'null'), '␂,"exposure":', (
  SELECT concat('[', string_agg(concat(
    '{"document":{"__typename":"', coalesce(CAST(
    '{"QUOTE":"SalesQuote","SALES_NOTE":"SalesNote","INVOICE":"SalesInvoice","CREDIT_NOTE":"SalesCreditNote"}' AS JSONB) ->> sales_document_14.type, '␁1:␂'), '","id":"doc_', sales_document_14.id, '","folio":', ficha_json(sales_document_14.folio),
    ',"cancellation":', CASE WHEN (cancellation_1.sales_document_id IS NOT NULL) THEN concat(
    '{"satState":', CASE WHEN (cancellation_1.sat_state IN ('ACCEPTED', 'ACCEPTED_BY_SILENCE', 'CANCELLABLE_WITHOUT_ACCEPTANCE', 'CANCELLED_WITHOUT_ACCEPTANCE', 'IN_PROCESS', 'NOT_CANCELLABLE', 'REFUSED', 'REQUESTED')) THEN '"' || cancellation_1.sat_state || '"' WHEN (cancellation_1.sat_state IS NULL) THEN 'null' ELSE '␁1:␂' END,
    ',"satStateLabel":␁28:', CAST(ficha_json(cancellation_1.sat_state) AS TEXT), '␂}') ELSE 'null' END,
    ',"stampStatus":', CASE WHEN (CASE WHEN (sales_document_14.uuid IS NOT NULL) THEN 'STAMPED' WHEN ((sales_document_14.type NOT IN ('INVOICE', 'CREDIT_NOTE')) OR sales_document_14.state IN ('DRAFT', 'CANCELLED')) THEN NULL ELSE 'PENDING' END IN ('PENDING', 'STAMPED')) THEN '"' || CASE WHEN (sales_document_14.uuid IS NOT NULL) THEN 'STAMPED' WHEN ((sales_document_14.type NOT IN ('INVOICE', 'CREDIT_NOTE')) OR sales_document_14.state IN ('DRAFT', 'CANCELLED')) THEN NULL ELSE 'PENDING' END || '"' WHEN (CASE WHEN (sales_document_14.uuid IS NOT NULL) THEN 'STAMPED' WHEN ((sales_document_14.type NOT IN ('INVOICE', 'CREDIT_NOTE')) OR sales_document_14.state IN ('DRAFT', 'CANCELLED')) THEN NULL ELSE 'PENDING' END IS NULL) THEN 'null' ELSE '␁1:␂' END,
    ',"stampStatusLabel":␁29:', CAST(ficha_json(CASE WHEN (sales_document_14.uuid IS NOT NULL) THEN 'STAMPED' WHEN ((sales_document_14.type NOT IN ('INVOICE', 'CREDIT_NOTE')) OR sales_document_14.state IN ('DRAFT', 'CANCELLED')) THEN NULL ELSE 'PENDING' END) AS TEXT), '␂},"amount":', coalesce('"' || CAST(CAST(round(CASE WHEN (sales_document_14.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_14.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID')) THEN (sales_document_14.total - sales_document_14.paid) - sales_document_14.credited ELSE CAST(0 AS NUMERIC(18, 2)) END * sales_document_14.exchange_rate, 2) AS NUMERIC(18, 2)) AS TEXT) || '"', '␁1:␂'),
    ',"amountLabel":␁30:', coalesce('"' || CAST(CAST(round(CASE WHEN (sales_document_14.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_14.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID')) THEN (sales_document_14.total - sales_document_14.paid) - sales_document_14.credited ELSE CAST(0 AS NUMERIC(18, 2)) END * sales_document_14.exchange_rate, 2) AS NUMERIC(18, 2)) AS TEXT) || '"', 'null'), '␂,"counts":', CASE WHEN (sales_document_14.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_14.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID') AND (sales_document_14.type = 'INVOICE' OR sales_document_14.on_credit)) THEN 'true' WHEN ((sales_document_14.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_14.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID') AND (sales_document_14.type = 'INVOICE' OR sales_document_14.on_credit)) IS NULL) THEN '␁1:␂' ELSE 'false' END,
    ',"reason":', CASE WHEN (CASE WHEN (NOT (sales_document_14.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_14.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID'))) THEN 'NOT_OWED' WHEN (sales_document_14.type = 'INVOICE') THEN 'INVOICE' WHEN sales_document_14.on_credit THEN 'CREDIT_SALES_NOTE' ELSE 'CASH_SALES_NOTE' END IN ('CASH_SALES_NOTE', 'CREDIT_SALES_NOTE', 'INVOICE', 'NOT_OWED')) THEN '"' || CASE WHEN (NOT (sales_document_14.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_14.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID'))) THEN 'NOT_OWED' WHEN (sales_document_14.type = 'INVOICE') THEN 'INVOICE' WHEN sales_document_14.on_credit THEN 'CREDIT_SALES_NOTE' ELSE 'CASH_SALES_NOTE' END || '"' ELSE '␁1:␂' END,
    ',"reasonLabel":␁31:', CAST(ficha_json(CASE WHEN (NOT (sales_document_14.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_14.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID'))) THEN 'NOT_OWED' WHEN (sales_document_14.type = 'INVOICE') THEN 'INVOICE' WHEN sales_document_14.on_credit THEN 'CREDIT_SALES_NOTE' ELSE 'CASH_SALES_NOTE' END) AS TEXT), '␂}'), ',' ORDER BY sales_document_14.due_on, sales_document_14.id), ']') AS concat_6
  FROM sales_document AS sales_document_14
  LEFT OUTER JOIN cancellation AS cancellation_1 ON cancellation_1.company_id = $1::UUID AND cancellation_1.sales_document_id = sales_document_14.id
  WHERE sales_document_14.company_id = $1::UUID AND sales_document_14.client_id = anon_1.client_id AND sales_document_14.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_14.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID')
), '},"paymentReminders":', CASE WHEN (payment_reminders_1.client_id IS NOT NULL) THEN concat(
  '{"enabled":', CASE WHEN payment_reminders_1.enabled THEN 'true' ELSE 'false' END,
  ',"rules":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"rul_', reminder_rule_1.id, '","summary":␁32:', json_build_array(reminder_rule_1.moment, reminder_rule_1.days, reminder_rule_1.hour, reminder_rule_1.repeat_every_days, reminder_rule_1.repeat_at_most), '␂,"moment":', CASE WHEN (reminder_rule_1.moment IN ('AFTER', 'BEFORE', 'ON')) THEN '"' || reminder_rule_1.moment || '"' ELSE '␁1:␂' END,
    ',"momentLabel":␁33:', CAST(ficha_json(reminder_rule_1.moment) AS TEXT), '␂,"days":', reminder_rule_1.days,
    ',"hour":', reminder_rule_1.hour,
    ',"repeatEveryDays":', coalesce(CAST(reminder_rule_1.repeat_every_days AS TEXT), 'null'),
    ',"repeatAtMost":', coalesce(CAST(reminder_rule_1.repeat_at_most AS TEXT), 'null'), '}'), ',' ORDER BY reminder_rule_1.position, reminder_rule_1.id), ']') AS concat_7
  FROM reminder_rule AS reminder_rule_1
  WHERE reminder_rule_1.company_id = $1::UUID AND reminder_rule_1.client_id = payment_reminders_1.client_id
),
  ',"recipients":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"con_', contact_1.id, '","name":', ficha_json(contact_1.name),
    ',"email":', coalesce(ficha_json(contact_1.email), 'null'::json), '}'), ',' ORDER BY contact_1.position, contact_1.id), ']') AS concat_8
  FROM contact AS contact_1
  WHERE contact_1.company_id = $1::UUID AND contact_1.client_id = payment_reminders_1.client_id AND contact_1.receives_reminders AND contact_1.deleted_at IS NULL
),
  ',"cc":', array_to_json(payment_reminders_1.cc),
  ',"attachPdf":', CASE WHEN payment_reminders_1.attach_pdf THEN 'true' ELSE 'false' END,
  ',"attachXml":', CASE WHEN payment_reminders_1.attach_xml THEN 'true' ELSE 'false' END,
  ',"workingDaysOnly":', CASE WHEN payment_reminders_1.working_days_only THEN 'true' ELSE 'false' END,
  ',"version":', payment_reminders_1.version, '}') ELSE 'null' END,
  ',"cfdiProfile":', CASE WHEN (cfdi_profile_1.client_id IS NOT NULL) THEN concat(
  '{"id":"cfp_', cfdi_profile_1.id, '","rfc":', coalesce(ficha_json(cfdi_profile_1.rfc), 'null'::json),
  ',"name":', coalesce(ficha_json(cfdi_profile_1.name), 'null'::json),
  ',"taxRegime":␁34:', CAST(ficha_json(cfdi_profile_1.tax_regime) AS TEXT), '␂,"cfdiUse":␁35:', CAST(ficha_json(cfdi_profile_1.cfdi_use) AS TEXT), '␂,"postalCode":', coalesce(ficha_json(cfdi_profile_1.postal_code), 'null'::json),
  ',"paymentForm":␁36:', CAST(ficha_json(cfdi_profile_1.payment_form) AS TEXT), '␂,"paymentMethod":␁37:', CAST(ficha_json(cfdi_profile_1.payment_method) AS TEXT), '␂,"currency":␁38:', CAST(ficha_json(cfdi_profile_1.currency) AS TEXT), '␂,"taxResidence":␁39:', CAST(ficha_json(cfdi_profile_1.tax_residence) AS TEXT), '␂,"taxId":', coalesce(ficha_json(cfdi_profile_1.tax_id), 'null'::json),
  ',"validFrom":"', to_char(cfdi_profile_1.valid_from, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","validFromLabel":␁40:', coalesce('"' || CAST(to_char(cfdi_profile_1.valid_from, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"taxpayerStatus":', CASE WHEN (cfdi_profile_1.taxpayer_status IN ('ACTIVE', 'CANCELLED', 'SUSPENDED')) THEN '"' || cfdi_profile_1.taxpayer_status || '"' WHEN (cfdi_profile_1.taxpayer_status IS NULL) THEN 'null' ELSE '␁1:␂' END,
  ',"taxpayerStatusLabel":␁41:', CAST(ficha_json(cfdi_profile_1.taxpayer_status) AS TEXT), '␂,"version":', cfdi_profile_1.version, '}') ELSE 'null' END,
  ',"cfdiReadiness":␁42:', json_build_array(cfdi_profile_1.rfc, cfdi_profile_1.name, cfdi_profile_1.tax_regime, cfdi_profile_1.cfdi_use, cfdi_profile_1.postal_code, cfdi_profile_1.payment_form, cfdi_profile_1.payment_method, cfdi_profile_1.currency, cfdi_profile_1.tax_residence, cfdi_profile_1.tax_id, cfdi_profile_1.taxpayer_status), '␂,"bankAccounts":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"bnk_', bank_account_1.id, '","role":', CASE WHEN (bank_account_1.role IN ('DEPOSIT', 'PAYER')) THEN '"' || bank_account_1.role || '"' ELSE '␁1:␂' END,
    ',"roleLabel":␁43:', CAST(ficha_json(bank_account_1.role) AS TEXT), '␂,"bank":␁44:', CAST(ficha_json(bank_account_1.bank_code) AS TEXT), '␂,"bankName":', coalesce(ficha_json(bank_account_1.bank_name), 'null'::json),
    ',"bankRfc":', coalesce(ficha_json(bank_account_1.bank_rfc), 'null'::json),
    ',"paymentForm":␁45:', CAST(ficha_json(bank_account_1.payment_form) AS TEXT), '␂,"accountNumber":␁46:', json_build_array(bank_account_1.account_number), '␂,"formattedAccount":␁47:', json_build_array(bank_account_1.account_number), '␂,"description":', coalesce(ficha_json(bank_account_1.description), 'null'::json),
    ',"isDefault":', CASE WHEN bank_account_1.is_default THEN 'true' ELSE 'false' END,
    ',"version":', bank_account_1.version,
    ',"companyAccount":', CASE WHEN (company_bank_account_1.id IS NOT NULL) THEN concat(
    '{"id":"cba_', company_bank_account_1.id, '"}') ELSE 'null' END,
    ',"actions":␁48:', json_build_array(bank_account_1.deleted_at, anon_4.client_kind, anon_4.client_deleted_at, bank_account_1.payment_form, bank_account_1.role, bank_account_1.account_number, bank_account_1.bank_code, bank_account_1.bank_rfc, anon_4.withdrawn), '␂}'), ',' ORDER BY bank_account_1.position, bank_account_1.id), ']') AS concat_9
  FROM bank_account AS bank_account_1
  LEFT OUTER JOIN company_bank_account AS company_bank_account_1 ON company_bank_account_1.company_id = $1::UUID AND company_bank_account_1.id = bank_account_1.company_account_id
  LEFT OUTER JOIN LATERAL (
    SELECT client_2.kind AS client_kind, client_2.deleted_at AS client_deleted_at, EXISTS (
      SELECT company_bank_account_2.id
      FROM company_bank_account AS company_bank_account_2
      WHERE company_bank_account_2.company_id = $1::UUID AND company_bank_account_2.id = bank_account_2.company_account_id AND company_bank_account_2.deleted_at IS NOT NULL
    ) AS withdrawn
    FROM bank_account AS bank_account_2
    JOIN client AS client_2 ON client_2.company_id = $1::UUID AND client_2.id = bank_account_2.client_id
    WHERE bank_account_2.company_id = $1::UUID AND bank_account_2.id = bank_account_1.id
  ) AS anon_4 ON true
  WHERE bank_account_1.company_id = $1::UUID AND bank_account_1.client_id = client_1.id AND bank_account_1.deleted_at IS NULL
), '}') ELSE 'null' END, '}') AS concat_1
FROM (
  SELECT 1 AS one
) AS one
LEFT OUTER JOIN client AS client_1 ON client_1.id = $2::UUID AND client_1.company_id = $1::UUID
LEFT OUTER JOIN LATERAL (
  SELECT client_1.id AS client_id, (
    SELECT company_1.currency
    FROM company AS company_1
    WHERE company_1.id = $1::UUID
  ) AS currency, receivable_terms_1.terms AS terms, receivable_terms_1.credit_days AS credit_days, receivable_terms_1.credit_limit AS credit_limit, receivable_terms_1.overdue_days AS overdue_days, receivable_terms_1.assumes_paid AS assumes_paid, CAST(anon_5.owed - (
    SELECT client_3.credit_balance
    FROM client AS client_3
    WHERE client_3.company_id = $1::UUID AND client_3.id = client_1.id
  ) AS NUMERIC(18, 2)) AS balance, anon_5.owed AS owed, (
    SELECT client_3.credit_balance
    FROM client AS client_3
    WHERE client_3.company_id = $1::UUID AND client_3.id = client_1.id
  ) AS credit_balance, anon_5.overdue_balance AS overdue_balance, anon_5.current AS current, anon_5.up_to_30 AS up_to_30, anon_5.up_to_60 AS up_to_60, anon_5.up_to_90 AS up_to_90, anon_5.over_90 AS over_90, anon_5.credit_used AS credit_used, receivable_terms_1.credit_limit - anon_5.credit_used AS credit_available, receivable_terms_1.version AS version, receivable_terms_1.created_at AS created_at, receivable_terms_1.updated_at AS updated_at
  FROM LATERAL (
    SELECT CAST(coalesce(sum(round(((sales_document_15.total - sales_document_15.paid) - sales_document_15.credited) * sales_document_15.exchange_rate, 2)), 0) AS NUMERIC(18, 2)) AS owed, CAST(coalesce(sum(CASE WHEN (sales_document_15.due_on < $3::DATE) THEN round(((sales_document_15.total - sales_document_15.paid) - sales_document_15.credited) * sales_document_15.exchange_rate, 2) ELSE 0 END), 0) AS NUMERIC(18, 2)) AS overdue_balance, CAST(coalesce(sum(CASE WHEN (sales_document_15.due_on IS NULL OR $3::DATE - sales_document_15.due_on <= 0) THEN round(((sales_document_15.total - sales_document_15.paid) - sales_document_15.credited) * sales_document_15.exchange_rate, 2) ELSE 0 END), 0) AS NUMERIC(18, 2)) AS current, CAST(coalesce(sum(CASE WHEN ($3::DATE - sales_document_15.due_on BETWEEN 1 AND 30) THEN round(((sales_document_15.total - sales_document_15.paid) - sales_document_15.credited) * sales_document_15.exchange_rate, 2) ELSE 0 END), 0) AS NUMERIC(18, 2)) AS up_to_30, CAST(coalesce(sum(CASE WHEN ($3::DATE - sales_document_15.due_on BETWEEN 31 AND 60) THEN round(((sales_document_15.total - sales_document_15.paid) - sales_document_15.credited) * sales_document_15.exchange_rate, 2) ELSE 0 END), 0) AS NUMERIC(18, 2)) AS up_to_60, CAST(coalesce(sum(CASE WHEN ($3::DATE - sales_document_15.due_on BETWEEN 61 AND 90) THEN round(((sales_document_15.total - sales_document_15.paid) - sales_document_15.credited) * sales_document_15.exchange_rate, 2) ELSE 0 END), 0) AS NUMERIC(18, 2)) AS up_to_90, CAST(coalesce(sum(CASE WHEN ($3::DATE - sales_document_15.due_on > 90) THEN round(((sales_document_15.total - sales_document_15.paid) - sales_document_15.credited) * sales_document_15.exchange_rate, 2) ELSE 0 END), 0) AS NUMERIC(18, 2)) AS over_90, CAST(coalesce(sum(CASE WHEN (sales_document_15.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_15.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID') AND (sales_document_15.type = 'INVOICE' OR sales_document_15.on_credit)) THEN round(((sales_document_15.total - sales_document_15.paid) - sales_document_15.credited) * sales_document_15.exchange_rate, 2) ELSE 0 END), 0) AS NUMERIC(18, 2)) AS credit_used
    FROM sales_document AS sales_document_15
    WHERE sales_document_15.company_id = $1::UUID AND sales_document_15.client_id = client_1.id AND sales_document_15.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_15.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID')
  ) AS anon_5
  LEFT OUTER JOIN receivable_terms AS receivable_terms_1 ON receivable_terms_1.company_id = $1::UUID AND receivable_terms_1.client_id = client_1.id
) AS anon_1 ON client_1.id IS NOT NULL
LEFT OUTER JOIN payment_reminders AS payment_reminders_1 ON payment_reminders_1.company_id = $1::UUID AND payment_reminders_1.client_id = client_1.id
LEFT OUTER JOIN cfdi_profile AS cfdi_profile_1 ON cfdi_profile_1.company_id = $1::UUID AND cfdi_profile_1.client_id = client_1.id AND cfdi_profile_1.valid_to IS NULL
