-- $1 param_2, $2 param_3, $3 param_4, $4 param_5, $5 param_6, $6 param_7, $7 param_8, $8 param_9, $9 param_11, $10 round_1, $11 type_3, $12 param_12, $13 type_5, $14 param_13, $15 param_14, $16 param_15, $17 company_id, $18 a0_key, $19 round_2, $20 coalesce_1, $21 today, $22 param_20, $23 coalesce_2, $24 param_21, $25 param_22, $26 coalesce_3, $27 param_23, $28 param_24, $29 param_25, $30 coalesce_4, $31 param_26, $32 param_27, $33 param_28, $34 coalesce_5, $35 param_29, $36 param_30, $37 param_31, $38 coalesce_6, $39 param_32, $40 param_33, $41 coalesce_7, $42 type_8, $43 param_34, $44 coalesce_8, $45 type_1_1, $46 type_1_2, $47 state_1_1, $48 state_1_2, $49 state_1_3, $50 state_1_4, $51 type_2_1, $52 type_2_2, $53 state_2_1, $54 state_2_2, $55 state_2_3, $56 state_2_4, $57 type_4_1, $58 type_4_2, $59 state_3_1, $60 state_3_2, $61 state_3_3, $62 state_3_4, $63 type_6_1, $64 type_6_2, $65 state_4_1, $66 state_4_2, $67 state_4_3, $68 state_4_4, $69 type_7_1, $70 type_7_2, $71 state_5_1, $72 state_5_2, $73 state_5_3, $74 state_5_4, $75 type_9_1, $76 type_9_2, $77 state_6_1, $78 state_6_2, $79 state_6_3, $80 state_6_4
SELECT concat(
  '{"client":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"', 'cli_' || CAST(client_1.id AS TEXT), '","receivables":{"terms":', coalesce('"' || CAST(anon_1.terms AS TEXT) || '"', 'null'),
  ',"creditDays":', coalesce(CAST(anon_1.credit_days AS TEXT), 'null'),
  ',"creditLimit":', coalesce('"' || CAST(anon_1.credit_limit AS TEXT) || '"', 'null'),
  ',"balance":"', anon_1.balance, '","overdueBalance":"', anon_1.overdue_balance, '","ageing":{"current":"', anon_1.current, '","upTo30":"', anon_1.up_to_30, '","upTo60":"', anon_1.up_to_60, '","upTo90":"', anon_1.up_to_90, '","over90":"', anon_1.over_90, '"},"creditUsed":"', anon_1.credit_used, '","creditAvailable":', coalesce('"' || CAST(anon_1.credit_available AS TEXT) || '"', 'null'),
  ',"exposure":', (
  SELECT concat('[', string_agg(concat(
    '{"document":{"__typename":"', CASE sales_document_1.type WHEN $1::VARCHAR THEN $2::VARCHAR WHEN $3::VARCHAR THEN $4::VARCHAR WHEN $5::VARCHAR THEN $6::VARCHAR WHEN $7::VARCHAR THEN $8::VARCHAR END, '","id":"', 'doc_' || CAST(sales_document_1.id AS TEXT), '","folio":', to_json(sales_document_1.folio), '},"amount":"', CAST(round(CASE WHEN (sales_document_1.type IN ($45, $46) AND sales_document_1.state IN ($47, $48, $49, $50)) THEN (sales_document_1.total - sales_document_1.paid) - sales_document_1.credited ELSE CAST($9 AS NUMERIC(18, 2)) END * sales_document_1.exchange_rate, $10::INTEGER) AS NUMERIC(18, 2)), '","counts":', CASE WHEN (sales_document_1.type IN ($51, $52) AND sales_document_1.state IN ($53, $54, $55, $56) AND (sales_document_1.type = $11 OR sales_document_1.on_credit)) THEN 'true' ELSE 'false' END,
    ',"reason":"', CASE WHEN (NOT (sales_document_1.type IN ($57, $58) AND sales_document_1.state IN ($59, $60, $61, $62))) THEN $12::VARCHAR WHEN (sales_document_1.type = $13) THEN $14::VARCHAR WHEN sales_document_1.on_credit THEN $15::VARCHAR ELSE $16::VARCHAR END, '"}'), ',' ORDER BY sales_document_1.due_on, sales_document_1.id), ']') AS concat_2
  FROM sales_document AS sales_document_1
  WHERE sales_document_1.company_id = $17::UUID AND sales_document_1.client_id = anon_1.client_id AND sales_document_1.type IN ($63, $64) AND sales_document_1.state IN ($65, $66, $67, $68)
), '},"paymentReminders":', CASE WHEN (payment_reminders_1.client_id IS NOT NULL) THEN concat(
  '{"enabled":', CASE WHEN payment_reminders_1.enabled THEN 'true' ELSE 'false' END,
  ',"rules":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"', 'rul_' || CAST(reminder_rule_1.id AS TEXT), '","moment":"', reminder_rule_1.moment, '","days":', reminder_rule_1.days,
    ',"hour":', reminder_rule_1.hour,
    ',"repeatEveryDays":', coalesce(CAST(reminder_rule_1.repeat_every_days AS TEXT), 'null'),
    ',"repeatAtMost":', coalesce(CAST(reminder_rule_1.repeat_at_most AS TEXT), 'null'), '}'), ',' ORDER BY reminder_rule_1.position, reminder_rule_1.id), ']') AS concat_3
  FROM reminder_rule AS reminder_rule_1
  WHERE reminder_rule_1.company_id = $17::UUID AND reminder_rule_1.client_id = payment_reminders_1.client_id
),
  ',"recipients":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"', 'con_' || CAST(contact_1.id AS TEXT), '","name":', to_json(contact_1.name),
    ',"email":', coalesce(CAST(to_json(contact_1.email) AS TEXT), 'null'), '}'), ',' ORDER BY contact_1.position, contact_1.id), ']') AS concat_4
  FROM contact AS contact_1
  WHERE contact_1.company_id = $17::UUID AND contact_1.client_id = payment_reminders_1.client_id AND contact_1.receives_reminders AND contact_1.deleted_at IS NULL
),
  ',"cc":', array_to_json(payment_reminders_1.cc),
  ',"attachPdf":', CASE WHEN payment_reminders_1.attach_pdf THEN 'true' ELSE 'false' END,
  ',"attachXml":', CASE WHEN payment_reminders_1.attach_xml THEN 'true' ELSE 'false' END,
  ',"workingDaysOnly":', CASE WHEN payment_reminders_1.working_days_only THEN 'true' ELSE 'false' END, '}') ELSE 'null' END,
  ',"cfdiProfile":', CASE WHEN (cfdi_profile_1.client_id IS NOT NULL) THEN concat(
  '{"id":"', 'cfp_' || CAST(cfdi_profile_1.id AS TEXT), '","rfc":', coalesce(CAST(to_json(cfdi_profile_1.rfc) AS TEXT), 'null'),
  ',"name":', coalesce(CAST(to_json(cfdi_profile_1.name) AS TEXT), 'null'),
  ',"taxRegime":␁0:', CAST(to_json(cfdi_profile_1.tax_regime) AS TEXT), '␂,"cfdiUse":␁1:', CAST(to_json(cfdi_profile_1.cfdi_use) AS TEXT), '␂,"postalCode":', coalesce(CAST(to_json(cfdi_profile_1.postal_code) AS TEXT), 'null'),
  ',"paymentForm":␁2:', CAST(to_json(cfdi_profile_1.payment_form) AS TEXT), '␂,"paymentMethod":␁3:', CAST(to_json(cfdi_profile_1.payment_method) AS TEXT), '␂,"currency":␁4:', CAST(to_json(cfdi_profile_1.currency) AS TEXT), '␂}') ELSE 'null' END,
  ',"cfdiReadiness":␁5:', json_build_array(cfdi_profile_1.rfc, cfdi_profile_1.name, cfdi_profile_1.tax_regime, cfdi_profile_1.cfdi_use, cfdi_profile_1.postal_code, cfdi_profile_1.payment_form, cfdi_profile_1.payment_method, cfdi_profile_1.currency, cfdi_profile_1.tax_residence, cfdi_profile_1.tax_id), '␂,"bankAccounts":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"', 'bnk_' || CAST(bank_account_1.id AS TEXT), '","role":"', bank_account_1.role, '","bank":␁6:', CAST(to_json(bank_account_1.bank_code) AS TEXT), '␂,"bankName":', coalesce(CAST(to_json(bank_account_1.bank_name) AS TEXT), 'null'),
    ',"bankRfc":', coalesce(CAST(to_json(bank_account_1.bank_rfc) AS TEXT), 'null'),
    ',"paymentForm":␁7:', CAST(to_json(bank_account_1.payment_form) AS TEXT), '␂,"accountNumber":␁8:', json_build_array(bank_account_1.account_number), '␂,"description":', coalesce(CAST(to_json(bank_account_1.description) AS TEXT), 'null'),
    ',"isDefault":', CASE WHEN bank_account_1.is_default THEN 'true' ELSE 'false' END, '}'), ',' ORDER BY bank_account_1.position, bank_account_1.id), ']') AS concat_5
  FROM bank_account AS bank_account_1
  WHERE bank_account_1.company_id = $17::UUID AND bank_account_1.client_id = client_1.id AND bank_account_1.deleted_at IS NULL
), '}') ELSE 'null' END, '}') AS concat_1
FROM (
  SELECT 1 AS one
) AS one
LEFT OUTER JOIN client AS client_1 ON client_1.id = $18::UUID AND client_1.company_id = $17::UUID
LEFT OUTER JOIN LATERAL (
  SELECT client_1.id AS client_id, receivable_terms_1.terms AS terms, receivable_terms_1.credit_days AS credit_days, receivable_terms_1.credit_limit AS credit_limit, anon_2.balance AS balance, anon_2.overdue_balance AS overdue_balance, anon_2.current AS current, anon_2.up_to_30 AS up_to_30, anon_2.up_to_60 AS up_to_60, anon_2.up_to_90 AS up_to_90, anon_2.over_90 AS over_90, anon_2.credit_used AS credit_used, receivable_terms_1.credit_limit - anon_2.credit_used AS credit_available, receivable_terms_1.version AS version
  FROM LATERAL (
    SELECT CAST(coalesce(sum(round(((sales_document_2.total - sales_document_2.paid) - sales_document_2.credited) * sales_document_2.exchange_rate, $19::INTEGER)), $20::INTEGER) AS NUMERIC(18, 2)) AS balance, CAST(coalesce(sum(CASE WHEN (sales_document_2.due_on < $21::DATE) THEN round(((sales_document_2.total - sales_document_2.paid) - sales_document_2.credited) * sales_document_2.exchange_rate, $19::INTEGER) ELSE $22::INTEGER END), $23::INTEGER) AS NUMERIC(18, 2)) AS overdue_balance, CAST(coalesce(sum(CASE WHEN (sales_document_2.due_on IS NULL OR $21::DATE - sales_document_2.due_on <= $24::INTEGER) THEN round(((sales_document_2.total - sales_document_2.paid) - sales_document_2.credited) * sales_document_2.exchange_rate, $19::INTEGER) ELSE $25::INTEGER END), $26::INTEGER) AS NUMERIC(18, 2)) AS current, CAST(coalesce(sum(CASE WHEN ($21::DATE - sales_document_2.due_on BETWEEN $27::INTEGER AND $28::INTEGER) THEN round(((sales_document_2.total - sales_document_2.paid) - sales_document_2.credited) * sales_document_2.exchange_rate, $19::INTEGER) ELSE $29::INTEGER END), $30::INTEGER) AS NUMERIC(18, 2)) AS up_to_30, CAST(coalesce(sum(CASE WHEN ($21::DATE - sales_document_2.due_on BETWEEN $31::INTEGER AND $32::INTEGER) THEN round(((sales_document_2.total - sales_document_2.paid) - sales_document_2.credited) * sales_document_2.exchange_rate, $19::INTEGER) ELSE $33::INTEGER END), $34::INTEGER) AS NUMERIC(18, 2)) AS up_to_60, CAST(coalesce(sum(CASE WHEN ($21::DATE - sales_document_2.due_on BETWEEN $35::INTEGER AND $36::INTEGER) THEN round(((sales_document_2.total - sales_document_2.paid) - sales_document_2.credited) * sales_document_2.exchange_rate, $19::INTEGER) ELSE $37::INTEGER END), $38::INTEGER) AS NUMERIC(18, 2)) AS up_to_90, CAST(coalesce(sum(CASE WHEN ($21::DATE - sales_document_2.due_on > $39::INTEGER) THEN round(((sales_document_2.total - sales_document_2.paid) - sales_document_2.credited) * sales_document_2.exchange_rate, $19::INTEGER) ELSE $40::INTEGER END), $41::INTEGER) AS NUMERIC(18, 2)) AS over_90, CAST(coalesce(sum(CASE WHEN (sales_document_2.type IN ($69, $70) AND sales_document_2.state IN ($71, $72, $73, $74) AND (sales_document_2.type = $42 OR sales_document_2.on_credit)) THEN round(((sales_document_2.total - sales_document_2.paid) - sales_document_2.credited) * sales_document_2.exchange_rate, $19::INTEGER) ELSE $43::INTEGER END), $44::INTEGER) AS NUMERIC(18, 2)) AS credit_used
    FROM sales_document AS sales_document_2
    WHERE sales_document_2.company_id = $17::UUID AND sales_document_2.client_id = client_1.id AND sales_document_2.type IN ($75, $76) AND sales_document_2.state IN ($77, $78, $79, $80)
  ) AS anon_2
  LEFT OUTER JOIN receivable_terms AS receivable_terms_1 ON receivable_terms_1.company_id = $17::UUID AND receivable_terms_1.client_id = client_1.id
) AS anon_1 ON client_1.id IS NOT NULL
LEFT OUTER JOIN payment_reminders AS payment_reminders_1 ON payment_reminders_1.company_id = $17::UUID AND payment_reminders_1.client_id = client_1.id
LEFT OUTER JOIN cfdi_profile AS cfdi_profile_1 ON cfdi_profile_1.company_id = $17::UUID AND cfdi_profile_1.client_id = client_1.id AND cfdi_profile_1.valid_to IS NULL
