-- $1 company_id, $2 a0_key
SELECT concat(
  '{"viewer":{"company":', CASE WHEN (company_1.id IS NOT NULL) THEN concat(
  '{"id":"com_', company_1.id, '","currency":', ficha_json(company_1.currency),
  ',"collaborators":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"col_', collaborator_1.id, '","name":', ficha_json(collaborator_1.name),
    ',"active":', CASE WHEN collaborator_1.active THEN 'true' ELSE 'false' END, '}'), ',' ORDER BY collaborator_1.name, collaborator_1.id), ']') AS concat_2
  FROM collaborator AS collaborator_1
  WHERE collaborator_1.company_id = $1::UUID AND collaborator_1.company_id = company_1.id
),
  ',"priceLists":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"prl_', price_list_1.id, '","name":', ficha_json(price_list_1.name),
    ',"description":', coalesce(ficha_json(price_list_1.description), 'null'::json),
    ',"currency":', ficha_json(price_list_1.currency),
    ',"version":', price_list_1.version, '}'), ',' ORDER BY price_list_1.name, price_list_1.id), ']') AS concat_3
  FROM price_list AS price_list_1
  WHERE price_list_1.company_id = $1::UUID AND price_list_1.company_id = company_1.id AND price_list_1.deleted_at IS NULL
),
  ',"funnelStages":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"stg_', funnel_stage_1.id, '","name":', ficha_json(funnel_stage_1.name),
    ',"active":', CASE WHEN funnel_stage_1.active THEN 'true' ELSE 'false' END, '}'), ',' ORDER BY funnel_stage_1.position, funnel_stage_1.id), ']') AS concat_4
  FROM funnel_stage AS funnel_stage_1
  WHERE funnel_stage_1.company_id = $1::UUID AND funnel_stage_1.company_id = company_1.id
),
  ',"lossReasons":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"lsr_', loss_reason_1.id, '","name":', ficha_json(loss_reason_1.name),
    ',"active":', CASE WHEN loss_reason_1.active THEN 'true' ELSE 'false' END, '}'), ',' ORDER BY loss_reason_1.name, loss_reason_1.id), ']') AS concat_5
  FROM loss_reason AS loss_reason_1
  WHERE loss_reason_1.company_id = $1::UUID AND loss_reason_1.company_id = company_1.id
),
  ',"prospectStates":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"pst_', prospect_state_1.id, '","name":', ficha_json(prospect_state_1.name),
    ',"active":', CASE WHEN prospect_state_1.active THEN 'true' ELSE 'false' END, '}'), ',' ORDER BY prospect_state_1.position, prospect_state_1.id), ']') AS concat_6
  FROM prospect_state AS prospect_state_1
  WHERE prospect_state_1.company_id = $1::UUID AND prospect_state_1.company_id = company_1.id
),
  ',"bankAccounts":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"cba_', company_bank_account_1.id, '","bankName":', coalesce(ficha_json(company_bank_account_1.bank_name), 'null'::json),
    ',"description":', coalesce(ficha_json(company_bank_account_1.description), 'null'::json),
    ',"formattedAccount":␁0:', json_build_array(company_bank_account_1.account_number), '␂,"isDefault":', CASE WHEN company_bank_account_1.is_default THEN 'true' ELSE 'false' END, '}'), ',' ORDER BY company_bank_account_1.position, company_bank_account_1.id), ']') AS concat_7
  FROM company_bank_account AS company_bank_account_1
  WHERE company_bank_account_1.company_id = $1::UUID AND company_bank_account_1.company_id = company_1.id AND company_bank_account_1.deleted_at IS NULL
),
  ',"folioSeries":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"ser_', folio_series_1.id, '","type":', CASE WHEN (folio_series_1.type IN ('CREDIT_NOTE', 'INVOICE', 'QUOTE', 'SALES_NOTE')) THEN '"' || folio_series_1.type || '"' ELSE '␁1:␂' END,
    ',"series":', ficha_json(folio_series_1.series),
    ',"active":', CASE WHEN folio_series_1.active THEN 'true' ELSE 'false' END,
    ',"isDefault":', CASE WHEN folio_series_1.is_default THEN 'true' ELSE 'false' END, '}'), ',' ORDER BY folio_series_1.type, folio_series_1.series, folio_series_1.id), ']') AS concat_8
  FROM folio_series AS folio_series_1
  WHERE folio_series_1.company_id = $1::UUID AND folio_series_1.company_id = company_1.id
), '}') ELSE '␁1:␂' END, '}}') AS concat_1
FROM (
  SELECT 1 AS one
) AS one
LEFT OUTER JOIN company AS company_1 ON company_1.id = $2::UUID AND company_1.id = $1::UUID
