-- $1 here, $2 company_id, $3 a0_key
SELECT concat(
  '{"viewer":{"company":', CASE WHEN (company_1.id IS NOT NULL) THEN concat(
  '{"id":"com_', company_1.id, '","name":', ficha_json(company_1.name),
  ',"rfc":', ficha_json(company_1.rfc),
  ',"taxRegime":␁0:', CAST(ficha_json(company_1.tax_regime) AS TEXT), '␂,"postalCode":', ficha_json(company_1.postal_code),
  ',"timeZone":', ficha_json(company_1.time_zone),
  ',"currency":', ficha_json(company_1.currency),
  ',"workingWeekdays":', array_to_json(company_1.working_weekdays),
  ',"keepsOfficialHolidays":', CASE WHEN company_1.keeps_official_holidays THEN 'true' ELSE 'false' END,
  ',"logoUrl":', coalesce(ficha_json($1::VARCHAR || company_1.logo_path), 'null'::json),
  ',"version":', company_1.version,
  ',"bankAccounts":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"cba_', company_bank_account_1.id, '","bank":␁1:', CAST(ficha_json(company_bank_account_1.bank_code) AS TEXT), '␂,"bankName":', coalesce(ficha_json(company_bank_account_1.bank_name), 'null'::json),
    ',"bankRfc":', coalesce(ficha_json(company_bank_account_1.bank_rfc), 'null'::json),
    ',"paymentForm":␁2:', CAST(ficha_json(company_bank_account_1.payment_form) AS TEXT), '␂,"accountNumber":␁3:', json_build_array(company_bank_account_1.account_number), '␂,"formattedAccount":␁4:', json_build_array(company_bank_account_1.account_number), '␂,"description":', coalesce(ficha_json(company_bank_account_1.description), 'null'::json),
    ',"isDefault":', CASE WHEN company_bank_account_1.is_default THEN 'true' ELSE 'false' END,
    ',"version":', company_bank_account_1.version, '}'), ',' ORDER BY company_bank_account_1.position, company_bank_account_1.id), ']') AS concat_2
  FROM company_bank_account AS company_bank_account_1
  WHERE company_bank_account_1.company_id = $2::UUID AND company_bank_account_1.company_id = company_1.id AND company_bank_account_1.deleted_at IS NULL
),
  ',"folioSeries":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"ser_', folio_series_1.id, '","type":', CASE WHEN (folio_series_1.type IN ('CREDIT_NOTE', 'INVOICE', 'QUOTE', 'SALES_NOTE')) THEN '"' || folio_series_1.type || '"' ELSE '␁5:␂' END,
    ',"typeLabel":␁6:', CAST(ficha_json(folio_series_1.type) AS TEXT), '␂,"series":', ficha_json(folio_series_1.series),
    ',"nextNumber":', coalesce(CAST(nullif(folio_series_1.last_number + 1, 2147483648) AS TEXT), 'null'),
    ',"isDefault":', CASE WHEN folio_series_1.is_default THEN 'true' ELSE 'false' END,
    ',"active":', CASE WHEN folio_series_1.active THEN 'true' ELSE 'false' END,
    ',"version":', folio_series_1.version, '}'), ',' ORDER BY folio_series_1.type, folio_series_1.series, folio_series_1.id), ']') AS concat_3
  FROM folio_series AS folio_series_1
  WHERE folio_series_1.company_id = $2::UUID AND folio_series_1.company_id = company_1.id
),
  ',"prospectStates":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"pst_', prospect_state_1.id, '","name":', ficha_json(prospect_state_1.name),
    ',"position":', prospect_state_1.position,
    ',"active":', CASE WHEN prospect_state_1.active THEN 'true' ELSE 'false' END,
    ',"version":', prospect_state_1.version, '}'), ',' ORDER BY prospect_state_1.position, prospect_state_1.id), ']') AS concat_4
  FROM prospect_state AS prospect_state_1
  WHERE prospect_state_1.company_id = $2::UUID AND prospect_state_1.company_id = company_1.id
),
  ',"funnelStages":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"stg_', funnel_stage_1.id, '","name":', ficha_json(funnel_stage_1.name),
    ',"position":', funnel_stage_1.position,
    ',"active":', CASE WHEN funnel_stage_1.active THEN 'true' ELSE 'false' END,
    ',"version":', funnel_stage_1.version, '}'), ',' ORDER BY funnel_stage_1.position, funnel_stage_1.id), ']') AS concat_5
  FROM funnel_stage AS funnel_stage_1
  WHERE funnel_stage_1.company_id = $2::UUID AND funnel_stage_1.company_id = company_1.id
),
  ',"lossReasons":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"lsr_', loss_reason_1.id, '","name":', ficha_json(loss_reason_1.name),
    ',"active":', CASE WHEN loss_reason_1.active THEN 'true' ELSE 'false' END,
    ',"version":', loss_reason_1.version, '}'), ',' ORDER BY loss_reason_1.name, loss_reason_1.id), ']') AS concat_6
  FROM loss_reason AS loss_reason_1
  WHERE loss_reason_1.company_id = $2::UUID AND loss_reason_1.company_id = company_1.id
),
  ',"defaultReminders":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"drm_', default_reminder_1.id, '","summary":␁7:', json_build_array(default_reminder_1.moment, default_reminder_1.days, default_reminder_1.hour, default_reminder_1.repeat_every_days, default_reminder_1.repeat_at_most), '␂,"moment":', CASE WHEN (default_reminder_1.moment IN ('AFTER', 'BEFORE', 'ON')) THEN '"' || default_reminder_1.moment || '"' ELSE '␁5:␂' END,
    ',"days":', default_reminder_1.days,
    ',"hour":', default_reminder_1.hour,
    ',"repeatEveryDays":', coalesce(CAST(default_reminder_1.repeat_every_days AS TEXT), 'null'),
    ',"repeatAtMost":', coalesce(CAST(default_reminder_1.repeat_at_most AS TEXT), 'null'), '}'), ',' ORDER BY default_reminder_1.position, default_reminder_1.id), ']') AS concat_7
  FROM default_reminder AS default_reminder_1
  WHERE default_reminder_1.company_id = $2::UUID AND default_reminder_1.company_id = company_1.id
),
  ',"holidays":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"hol_', holiday_1.id, '","day":"', holiday_1.day, '","dayLabel":␁8:', coalesce('"' || CAST(holiday_1.day AS TEXT) || '"', 'null'), '␂,"name":', ficha_json(holiday_1.name), '}'), ',' ORDER BY holiday_1.day, holiday_1.id), ']') AS concat_8
  FROM holiday AS holiday_1
  WHERE holiday_1.company_id = $2::UUID AND holiday_1.company_id = company_1.id
), '}') ELSE '␁5:␂' END, '},"officialHolidays":␁9:␂}') AS concat_1
FROM (
  SELECT 1 AS one
) AS one
LEFT OUTER JOIN company AS company_1 ON company_1.id = $3::UUID AND company_1.id = $2::UUID
