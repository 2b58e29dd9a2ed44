-- $1 company_id, $2 here, $3 now, $4 today
SELECT concat(
  '{"clients":', (
  SELECT concat(
    '{"totalCount":', (
    SELECT coalesce(sum(client_tally_1.number), 0) AS coalesce_1
    FROM client_tally AS client_tally_1
    WHERE client_tally_1.company_id = $1::UUID AND true
  ),
    ',"nodes":[', array_to_string((array_agg(CAST(concat(
    '{"id":"cli_', anon_1.id, '","kind":', CASE WHEN (anon_1.kind IN ('CLIENT', 'PROSPECT')) THEN '"' || anon_1.kind || '"' ELSE '␁0:␂' END,
    ',"kindLabel":␁1:', CAST(ficha_json(anon_1.kind) AS TEXT), '␂,"legalName":', ficha_json(anon_1.legal_name),
    ',"tradeName":', coalesce(ficha_json(anon_1.trade_name), 'null'::json),
    ',"rfc":', coalesce(ficha_json(anon_1.rfc), 'null'::json),
    ',"deletedAt":', coalesce('"' || CAST(to_char(anon_1.deleted_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'),
    ',"prospectState":', CASE WHEN (prospect_state_1.id IS NOT NULL) THEN concat(
    '{"id":"pst_', prospect_state_1.id, '","name":', ficha_json(prospect_state_1.name), '}') ELSE 'null' END,
    ',"owner":', CASE WHEN (collaborator_1.id IS NOT NULL) THEN concat(
    '{"id":"col_', collaborator_1.id, '","name":', ficha_json(collaborator_1.name),
    ',"avatarUrl":', coalesce(ficha_json($2::VARCHAR || collaborator_1.avatar_path), 'null'::json), '}') ELSE 'null' END,
    ',"receivables":{"id":␁2:', json_build_array(anon_2.client_id), '␂,"balanceLabel":␁3:', coalesce('"' || CAST(anon_2.balance AS TEXT) || '"', 'null'), '␂,"overdueBalance":"', anon_2.overdue_balance, '","overdueBalanceLabel":␁4:', coalesce('"' || CAST(anon_2.overdue_balance AS TEXT) || '"', 'null'), '␂},"nextFollowUp":', CASE WHEN (anon_3.id IS NOT NULL) THEN concat(
    '{"id":"seg_', anon_3.id, '","name":', ficha_json(anon_3.name),
    ',"startsAt":"', to_char(anon_3.starts_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","startsAtLabel":␁5:', coalesce('"' || CAST(to_char(anon_3.starts_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"isOverdue":', CASE WHEN (anon_3.ends_at < $3::TIMESTAMP WITH TIME ZONE AND anon_3.state IN ('PENDING', 'IN_PROGRESS')) THEN 'true' WHEN ((anon_3.ends_at < $3::TIMESTAMP WITH TIME ZONE AND anon_3.state IN ('PENDING', 'IN_PROGRESS')) IS NULL) THEN '␁0:␂' ELSE 'false' END, '}') ELSE 'null' END,
    ',"lastActivityAt":␁6:', json_build_array(anon_4.last_activity_at), '␂,"lastActivityAtLabel":␁7:', json_build_array(anon_4.last_activity_at), '␂}') AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[1:least(CAST(count(*) AS INTEGER), 25)], ','), '],"pageInfo":{"hasNextPage":', CASE WHEN (count(*) > 25) THEN 'true' ELSE 'false' END,
    ',"hasPreviousPage":false,"startCursor":', CASE WHEN (count(*) > 0) THEN '"' || translate(encode(convert_to(CAST(json_build_array('client BALANCE:DESC', (array_agg(CAST(anon_1.t0_ AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[1], (array_agg(CAST(anon_1.t1_ AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[1]) AS TEXT), 'UTF8'), 'base64'), E'+/=\n', '-_') || '"' ELSE 'null' END,
    ',"endCursor":', CASE WHEN (count(*) > 0) THEN '"' || translate(encode(convert_to(CAST(json_build_array('client BALANCE:DESC', (array_agg(CAST(anon_1.t0_ AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[least(CAST(count(*) AS INTEGER), 25)], (array_agg(CAST(anon_1.t1_ AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[least(CAST(count(*) AS INTEGER), 25)]) AS TEXT), 'UTF8'), 'base64'), E'+/=\n', '-_') || '"' ELSE 'null' END, '}}') AS concat_2
  FROM LATERAL (
    SELECT client_1.company_id AS company_id, client_1.id AS id, client_1.kind AS kind, client_1.legal_name AS legal_name, client_1.trade_name AS trade_name, client_1.rfc AS rfc, client_1.owner_id AS owner_id, client_1.price_list_id AS price_list_id, client_1.internal_note AS internal_note, client_1.external_id AS external_id, client_1.created_by_id AS created_by_id, client_1.converted_at AS converted_at, client_1.converted_by_id AS converted_by_id, client_1.converted_into_id AS converted_into_id, client_1.prospect_state_id AS prospect_state_id, client_1.deleted_by_id AS deleted_by_id, client_1.revision AS revision, client_1.version AS version, client_1.created_at AS created_at, client_1.updated_at AS updated_at, client_1.deleted_at AS deleted_at, client_1.balance_cents AS t0_, client_1.id AS t1_
    FROM client AS client_1
    WHERE client_1.company_id = $1::UUID AND client_1.deleted_at IS NULL
    ORDER BY client_1.balance_cents DESC, client_1.id DESC
    LIMIT 26
  ) AS anon_1
  LEFT OUTER JOIN prospect_state AS prospect_state_1 ON prospect_state_1.company_id = $1::UUID AND prospect_state_1.id = anon_1.prospect_state_id
  LEFT OUTER JOIN collaborator AS collaborator_1 ON collaborator_1.company_id = $1::UUID AND collaborator_1.id = anon_1.owner_id
  LEFT OUTER JOIN LATERAL (
    SELECT anon_1.id AS client_id, (
      SELECT company_1.currency
      FROM company AS company_1
      WHERE company_1.id = $1::UUID
    ) AS currency, receivable_terms_1.terms AS terms, receivable_terms_1.credit_days AS credit_days, receivable_terms_1.credit_limit AS credit_limit, receivable_terms_1.overdue_days AS overdue_days, receivable_terms_1.assumes_paid AS assumes_paid, CAST(anon_5.owed - (
      SELECT client_2.credit_balance
      FROM client AS client_2
      WHERE client_2.company_id = $1::UUID AND client_2.id = anon_1.id
    ) AS NUMERIC(18, 2)) AS balance, anon_5.owed AS owed, (
      SELECT client_2.credit_balance
      FROM client AS client_2
      WHERE client_2.company_id = $1::UUID AND client_2.id = anon_1.id
    ) AS credit_balance, anon_5.overdue_balance AS overdue_balance, anon_5.current AS current, anon_5.up_to_30 AS up_to_30, anon_5.up_to_60 AS up_to_60, anon_5.up_to_90 AS up_to_90, anon_5.over_90 AS over_90, anon_5.credit_used AS credit_used, receivable_terms_1.credit_limit - anon_5.credit_used AS credit_available, receivable_terms_1.version AS version, receivable_terms_1.created_at AS created_at, receivable_terms_1.updated_at AS updated_at
    FROM LATERAL (
      SELECT CAST(coalesce(sum(round(((sales_document_1.total - sales_document_1.paid) - sales_document_1.credited) * sales_document_1.exchange_rate, 2)), 0) AS NUMERIC(18, 2)) AS owed, CAST(coalesce(sum(CASE WHEN (sales_document_1.due_on < $4::DATE) THEN round(((sales_document_1.total - sales_document_1.paid) - sales_document_1.credited) * sales_document_1.exchange_rate, 2) ELSE 0 END), 0) AS NUMERIC(18, 2)) AS overdue_balance, CAST(coalesce(sum(CASE WHEN (sales_document_1.due_on IS NULL OR $4::DATE - sales_document_1.due_on <= 0) THEN round(((sales_document_1.total - sales_document_1.paid) - sales_document_1.credited) * sales_document_1.exchange_rate, 2) ELSE 0 END), 0) AS NUMERIC(18, 2)) AS current, CAST(coalesce(sum(CASE WHEN ($4::DATE - sales_document_1.due_on BETWEEN 1 AND 30) THEN round(((sales_document_1.total - sales_document_1.paid) - sales_document_1.credited) * sales_document_1.exchange_rate, 2) ELSE 0 END), 0) AS NUMERIC(18, 2)) AS up_to_30, CAST(coalesce(sum(CASE WHEN ($4::DATE - sales_document_1.due_on BETWEEN 31 AND 60) THEN round(((sales_document_1.total - sales_document_1.paid) - sales_document_1.credited) * sales_document_1.exchange_rate, 2) ELSE 0 END), 0) AS NUMERIC(18, 2)) AS up_to_60, CAST(coalesce(sum(CASE WHEN ($4::DATE - sales_document_1.due_on BETWEEN 61 AND 90) THEN round(((sales_document_1.total - sales_document_1.paid) - sales_document_1.credited) * sales_document_1.exchange_rate, 2) ELSE 0 END), 0) AS NUMERIC(18, 2)) AS up_to_90, CAST(coalesce(sum(CASE WHEN ($4::DATE - sales_document_1.due_on > 90) THEN round(((sales_document_1.total - sales_document_1.paid) - sales_document_1.credited) * sales_document_1.exchange_rate, 2) ELSE 0 END), 0) AS NUMERIC(18, 2)) AS over_90, CAST(coalesce(sum(CASE WHEN (sales_document_1.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_1.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID') AND (sales_document_1.type = 'INVOICE' OR sales_document_1.on_credit)) THEN round(((sales_document_1.total - sales_document_1.paid) - sales_document_1.credited) * sales_document_1.exchange_rate, 2) ELSE 0 END), 0) AS NUMERIC(18, 2)) AS credit_used
      FROM sales_document AS sales_document_1
      WHERE sales_document_1.company_id = $1::UUID AND sales_document_1.client_id = anon_1.id AND sales_document_1.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_1.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID')
    ) AS anon_5
    LEFT OUTER JOIN receivable_terms AS receivable_terms_1 ON receivable_terms_1.company_id = $1::UUID AND receivable_terms_1.client_id = anon_1.id
  ) AS anon_2 ON true
  LEFT OUTER JOIN LATERAL (
    SELECT follow_up_1.company_id AS company_id, follow_up_1.id AS id, follow_up_1.client_id AS client_id, follow_up_1.deal_id AS deal_id, follow_up_1.number AS number, follow_up_1.key AS key, follow_up_1.name AS name, follow_up_1.description AS description, follow_up_1.type AS type, follow_up_1.starts_at AS starts_at, follow_up_1.ends_at AS ends_at, follow_up_1.priority AS priority, follow_up_1.assignee_id AS assignee_id, follow_up_1.state AS state, follow_up_1.completed_at AS completed_at, follow_up_1.created_by_id AS created_by_id, follow_up_1.search_text AS search_text, follow_up_1.version AS version, follow_up_1.created_at AS created_at, follow_up_1.updated_at AS updated_at, follow_up_1.deleted_at AS deleted_at
    FROM follow_up AS follow_up_1
    WHERE follow_up_1.company_id = $1::UUID AND follow_up_1.client_id = anon_1.id AND follow_up_1.state IN ('PENDING', 'IN_PROGRESS') AND follow_up_1.deleted_at IS NULL
    ORDER BY follow_up_1.starts_at, follow_up_1.id
    LIMIT 1
  ) AS anon_3 ON true
  LEFT OUTER JOIN LATERAL (
    SELECT greatest(CASE WHEN NOT (false) THEN client_3.last_client_activity_at END, CASE WHEN NOT (false) THEN client_3.last_sales_activity_at END, CASE WHEN NOT (false) THEN client_3.last_billing_activity_at END, CASE WHEN NOT (false) THEN client_3.last_deal_activity_at END, CASE WHEN NOT (false) THEN client_3.last_follow_up_activity_at END, CASE WHEN NOT (false) THEN client_3.last_document_activity_at END) AS last_activity_at
    FROM client AS client_3
    WHERE client_3.company_id = $1::UUID AND client_3.id = anon_1.id
  ) AS anon_4 ON true
), '}') AS concat_1
FROM (
  SELECT 1 AS one
) AS one
