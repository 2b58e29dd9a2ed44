-- $1 param_1, $2 param_2, $3 param_3, $4 param_4, $5 param_5, $6 param_6, $7 param_7, $8 param_8, $9 company_id, $10 round_1, $11 round_2, $12 param_13, $13 param_14, $14 param_15, $15 param_16, $16 param_17, $17 param_18, $18 param_19, $19 param_20, $20 param_22, $21 param_23, $22 param_24, $23 param_25, $24 param_26, $25 param_27, $26 param_28, $27 param_29, $28 type_1, $29 type_2, $30 today, $31 param_31, $32 param_32, $33 param_33, $34 param_34, $35 param_35, $36 param_36, $37 param_37, $38 param_38, $39 param_39, $40 param_40, $41 param_41, $42 param_42, $43 param_43, $44 param_44, $45 param_45, $46 param_46, $47 param_47, $48 param_48, $49 param_49, $50 param_50, $51 param_51, $52 param_52, $53 param_53, $54 param_54, $55 param_55, $56 param_56, $57 param_57, $58 param_58, $59 param_59, $60 param_60, $61 param_61, $62 param_62, $63 param_63, $64 param_64, $65 param_65, $66 param_66, $67 param_67, $68 param_68, $69 param_69, $70 param_70, $71 param_71, $72 param_72, $73 param_73, $74 param_74, $75 param_75, $76 param_76, $77 kind_1, $78 convert_to_1, $79 encode_1, $80 hidden_kinds, $81 type_3, $82 param_81, $83 type_6, $84 param_83, $85 type_9, $86 a0_key, $87 state_1_1, $88 state_1_2, $89 type_4_1, $90 type_4_2, $91 state_2_1, $92 state_2_2, $93 state_2_3, $94 state_2_4, $95 type_5_1, $96 type_5_2, $97 state_3_1, $98 state_3_2, $99 state_3_3, $100 state_3_4, $101 type_7_1, $102 type_7_2, $103 state_4_1, $104 state_4_2, $105 state_4_3, $106 state_4_4, $107 type_8_1, $108 type_8_2, $109 state_5_1, $110 state_5_2, $111 state_5_3, $112 state_5_4
SELECT concat(
  '{"salesDocument":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
  '{"__typename":"', CASE sales_document_1.type WHEN $1::VARCHAR THEN $2::VARCHAR WHEN $3::VARCHAR THEN $4::VARCHAR WHEN $5::VARCHAR THEN $6::VARCHAR WHEN $7::VARCHAR THEN $8::VARCHAR END, '","id":"', 'doc_' || CAST(sales_document_1.id AS TEXT), '","folio":', to_json(sales_document_1.folio),
  ',"state":"', sales_document_1.state, '","issuedAt":"', to_char(sales_document_1.issued_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","issuedBy":', CASE WHEN (collaborator_1.id IS NOT NULL) THEN concat(
  '{"id":"', 'col_' || CAST(collaborator_1.id AS TEXT), '","name":', to_json(collaborator_1.name), '}') ELSE 'null' END,
  ',"client":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"', 'cli_' || CAST(client_1.id AS TEXT), '","legalName":', to_json(client_1.legal_name), '}') ELSE 'null' END,
  ',"currency":', to_json(sales_document_1.currency),
  ',"exchangeRate":"', sales_document_1.exchange_rate, '","paymentForm":␁0:', CAST(to_json(sales_document_1.payment_form) AS TEXT), '␂,"paymentMethod":␁1:', CAST(to_json(sales_document_1.payment_method) AS TEXT), '␂,"lines":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"', 'lin_' || CAST(sales_document_line_1.id AS TEXT), '","position":', sales_document_line_1.position,
    ',"sku":', coalesce(CAST(to_json(sales_document_line_1.sku) AS TEXT), 'null'),
    ',"description":', to_json(sales_document_line_1.description),
    ',"quantity":"', sales_document_line_1.quantity, '","unitPrice":"', sales_document_line_1.unit_price, '","amount":"', sales_document_line_1.amount, '","discount":"', sales_document_line_1.discount, '","taxes":', (
    SELECT concat('[', string_agg(concat(
      '{"kind":"', sales_document_tax_1.kind, '","tax":', to_json(sales_document_tax_1.tax),
      ',"factor":"', sales_document_tax_1.factor, '","rate":', coalesce('"' || CAST(sales_document_tax_1.rate AS TEXT) || '"', 'null'),
      ',"base":', coalesce('"' || CAST(sales_document_tax_1.base AS TEXT) || '"', 'null'),
      ',"amount":"', sales_document_tax_1.amount, '"}'), ',' ORDER BY sales_document_tax_1.position, sales_document_tax_1.id), ']') AS concat_3
    FROM sales_document_tax AS sales_document_tax_1
    WHERE sales_document_tax_1.company_id = $9::UUID AND sales_document_tax_1.line_id = sales_document_line_1.id
  ),
    ',"remaining":"', sales_document_line_1.quantity - sales_document_line_1.converted, '"}'), ',' ORDER BY sales_document_line_1.position, sales_document_line_1.id), ']') AS concat_2
  FROM sales_document_line AS sales_document_line_1
  WHERE sales_document_line_1.company_id = $9::UUID AND sales_document_line_1.sales_document_id = sales_document_1.id
),
  ',"subtotal":"', sales_document_1.subtotal, '","discount":"', sales_document_1.discount, '","tax":"', sales_document_1.tax, '","withheld":"', sales_document_1.withheld, '","taxTotals":', (
  SELECT concat('[', string_agg(concat(
    '{"kind":"', anon_1.kind, '","tax":', to_json(anon_1.tax),
    ',"factor":"', anon_1.factor, '","rate":', coalesce('"' || CAST(anon_1.rate AS TEXT) || '"', 'null'),
    ',"base":', coalesce('"' || CAST(anon_1.base AS TEXT) || '"', 'null'),
    ',"amount":"', anon_1.amount, '"}'), ','), ']') AS concat_4
  FROM LATERAL (
    SELECT sales_document_tax_2.kind AS kind, sales_document_tax_2.tax AS tax, sales_document_tax_2.factor AS factor, sales_document_tax_2.rate AS rate, CAST(round(sum(sales_document_tax_2.base), $10::INTEGER) AS NUMERIC(18, 2)) AS base, CAST(round(sum(sales_document_tax_2.amount), $11::INTEGER) AS NUMERIC(18, 2)) AS amount
    FROM sales_document_tax AS sales_document_tax_2
    WHERE sales_document_tax_2.company_id = $9::UUID AND sales_document_tax_2.sales_document_id = sales_document_1.id
    GROUP BY sales_document_tax_2.kind, sales_document_tax_2.tax, sales_document_tax_2.factor, sales_document_tax_2.rate
    ORDER BY sales_document_tax_2.kind, sales_document_tax_2.tax, sales_document_tax_2.factor, sales_document_tax_2.rate
  ) AS anon_1
),
  ',"total":"', sales_document_1.total, '","uuid":', coalesce('"' || CAST(sales_document_1.uuid AS TEXT) || '"', 'null'),
  ',"notes":', coalesce(CAST(to_json(sales_document_1.notes) AS TEXT), 'null'),
  ',"origin":', CASE WHEN (sales_document_2.id IS NOT NULL) THEN concat(
  '{"__typename":"', CASE sales_document_2.type WHEN $12::VARCHAR THEN $13::VARCHAR WHEN $14::VARCHAR THEN $15::VARCHAR WHEN $16::VARCHAR THEN $17::VARCHAR WHEN $18::VARCHAR THEN $19::VARCHAR END, '","id":"', 'doc_' || CAST(sales_document_2.id AS TEXT), '","folio":', to_json(sales_document_2.folio),
  ',"state":"', sales_document_2.state, '"}') ELSE 'null' END,
  ',"descendants":', (
  SELECT concat('[', string_agg(concat(
    '{"__typename":"', CASE sales_document_3.type WHEN $20::VARCHAR THEN $21::VARCHAR WHEN $22::VARCHAR THEN $23::VARCHAR WHEN $24::VARCHAR THEN $25::VARCHAR WHEN $26::VARCHAR THEN $27::VARCHAR END, '","id":"', 'doc_' || CAST(sales_document_3.id AS TEXT), '","folio":', to_json(sales_document_3.folio),
    ',"state":"', sales_document_3.state, '"}'), ',' ORDER BY sales_document_3.issued_at, sales_document_3.id), ']') AS concat_5
  FROM sales_document AS sales_document_3
  WHERE sales_document_3.company_id = $9::UUID AND sales_document_3.origin_id = sales_document_1.id
), CASE WHEN (sales_document_1.type = $28) THEN concat(
  ',"expiresOn":', coalesce('"' || CAST(sales_document_1.expires_on AS TEXT) || '"', 'null'),
  ',"isExpired":', CASE WHEN (sales_document_1.type = $29 AND sales_document_1.state IN ($87, $88) AND coalesce(sales_document_1.expires_on < $30::DATE, false)) THEN 'true' ELSE 'false' END,
  ',"history":', (
  SELECT concat(
    '{"nodes":[', string_agg(concat(
    '{"__typename":"', CASE anon_2.kind WHEN $31::VARCHAR THEN $32::VARCHAR WHEN $33::VARCHAR THEN $34::VARCHAR WHEN $35::VARCHAR THEN $36::VARCHAR WHEN $37::VARCHAR THEN $38::VARCHAR WHEN $39::VARCHAR THEN $40::VARCHAR WHEN $41::VARCHAR THEN $42::VARCHAR WHEN $43::VARCHAR THEN $44::VARCHAR WHEN $45::VARCHAR THEN $46::VARCHAR WHEN $47::VARCHAR THEN $48::VARCHAR WHEN $49::VARCHAR THEN $50::VARCHAR WHEN $51::VARCHAR THEN $52::VARCHAR WHEN $53::VARCHAR THEN $54::VARCHAR WHEN $55::VARCHAR THEN $56::VARCHAR WHEN $57::VARCHAR THEN $58::VARCHAR WHEN $59::VARCHAR THEN $60::VARCHAR WHEN $61::VARCHAR THEN $62::VARCHAR WHEN $63::VARCHAR THEN $64::VARCHAR WHEN $65::VARCHAR THEN $66::VARCHAR WHEN $67::VARCHAR THEN $68::VARCHAR WHEN $69::VARCHAR THEN $70::VARCHAR WHEN $71::VARCHAR THEN $72::VARCHAR WHEN $73::VARCHAR THEN $74::VARCHAR WHEN $75::VARCHAR THEN $76::VARCHAR END, '","id":"', 'evt_' || CAST(anon_2.id AS TEXT), '","kind":"', anon_2.kind, '","occurredAt":"', to_char(anon_2.occurred_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","actor":', CASE WHEN (collaborator_2.id IS NOT NULL) THEN concat(
    '{"id":"', 'col_' || CAST(collaborator_2.id AS TEXT), '","name":', to_json(collaborator_2.name), '}') ELSE 'null' END, CASE WHEN (anon_2.kind = $77) THEN concat(
    ',"fromState":', coalesce(CAST(anon_2.details -> 'from_state' AS TEXT), 'null'),
    ',"toState":', coalesce(CAST(anon_2.details -> 'to_state' AS TEXT), 'null'),
    ',"creditExceededBy":', coalesce(CAST(anon_2.details -> 'credit_exceeded_by' AS TEXT), 'null')) END, '}'), ',' ORDER BY anon_2.n_) FILTER (
  WHERE anon_2.n_ <= 50), ']}') AS concat_6
  FROM LATERAL (
    SELECT row_number() OVER () AS n_, count(*) OVER () AS of_, translate(encode(convert_to(CAST(json_build_array('history_event OCCURRED_AT:DESC', CAST(anon_3.t0_ AS TEXT), CAST(anon_3.t1_ AS TEXT)) AS TEXT), $78::VARCHAR), $79::VARCHAR), E'+/=\n', '-_') AS cursor_, anon_3.company_id AS company_id, anon_3.id AS id, anon_3.client_id AS client_id, anon_3.occurred_at AS occurred_at, anon_3.kind AS kind, anon_3.actor_id AS actor_id, anon_3.as_prospect AS as_prospect, anon_3.deal_id AS deal_id, anon_3.sales_document_id AS sales_document_id, anon_3.origin_document_id AS origin_document_id, anon_3.details AS details, anon_3.t0_ AS t0_, anon_3.t1_ AS t1_
    FROM LATERAL (
      SELECT history_event_1.company_id AS company_id, history_event_1.id AS id, history_event_1.client_id AS client_id, history_event_1.occurred_at AS occurred_at, history_event_1.kind AS kind, history_event_1.actor_id AS actor_id, history_event_1.as_prospect AS as_prospect, history_event_1.deal_id AS deal_id, history_event_1.sales_document_id AS sales_document_id, history_event_1.origin_document_id AS origin_document_id, history_event_1.details AS details, history_event_1.occurred_at AS t0_, history_event_1.id AS t1_
      FROM history_event AS history_event_1
      WHERE history_event_1.company_id = $9::UUID AND true AND history_event_1.kind != ALL ($80::TEXT[]) AND history_event_1.sales_document_id = sales_document_1.id
      ORDER BY history_event_1.occurred_at DESC, history_event_1.id DESC
      LIMIT 51
    ) AS anon_3
  ) AS anon_2
  LEFT OUTER JOIN collaborator AS collaborator_2 ON collaborator_2.company_id = $9::UUID AND collaborator_2.id = anon_2.actor_id
),
  ',"availableActions":␁2:', json_build_array(sales_document_1.type, sales_document_1.state), '␂,"version":', sales_document_1.version) WHEN (sales_document_1.type = $81) THEN concat(
  ',"dueOn":', coalesce('"' || CAST(sales_document_1.due_on AS TEXT) || '"', 'null'),
  ',"paid":"', sales_document_1.paid, '","credited":"', sales_document_1.credited, '","balance":"', CASE WHEN (sales_document_1.type IN ($89, $90) AND sales_document_1.state IN ($91, $92, $93, $94)) THEN (sales_document_1.total - sales_document_1.paid) - sales_document_1.credited ELSE CAST($82 AS NUMERIC(18, 2)) END, '","isOverdue":', CASE WHEN (sales_document_1.type IN ($95, $96) AND sales_document_1.state IN ($97, $98, $99, $100) AND coalesce(sales_document_1.due_on < $30::DATE, false)) THEN 'true' ELSE 'false' END,
  ',"payments":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"', 'pay_' || CAST(payment_1.id AS TEXT), '","amount":"', payment_1.amount, '","paidAt":"', to_char(payment_1.paid_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","paymentForm":␁3:', CAST(to_json(payment_1.payment_form) AS TEXT), '␂,"reference":', coalesce(CAST(to_json(payment_1.reference) AS TEXT), 'null'),
    ',"reversedAt":', coalesce('"' || CAST(to_char(payment_1.reversed_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '}'), ',' ORDER BY payment_1.paid_at, payment_1.id), ']') AS concat_7
  FROM payment AS payment_1
  WHERE payment_1.company_id = $9::UUID AND payment_1.sales_document_id = sales_document_1.id
),
  ',"history":', (
  SELECT concat(
    '{"nodes":[', string_agg(concat(
    '{"__typename":"', CASE anon_2.kind WHEN $31::VARCHAR THEN $32::VARCHAR WHEN $33::VARCHAR THEN $34::VARCHAR WHEN $35::VARCHAR THEN $36::VARCHAR WHEN $37::VARCHAR THEN $38::VARCHAR WHEN $39::VARCHAR THEN $40::VARCHAR WHEN $41::VARCHAR THEN $42::VARCHAR WHEN $43::VARCHAR THEN $44::VARCHAR WHEN $45::VARCHAR THEN $46::VARCHAR WHEN $47::VARCHAR THEN $48::VARCHAR WHEN $49::VARCHAR THEN $50::VARCHAR WHEN $51::VARCHAR THEN $52::VARCHAR WHEN $53::VARCHAR THEN $54::VARCHAR WHEN $55::VARCHAR THEN $56::VARCHAR WHEN $57::VARCHAR THEN $58::VARCHAR WHEN $59::VARCHAR THEN $60::VARCHAR WHEN $61::VARCHAR THEN $62::VARCHAR WHEN $63::VARCHAR THEN $64::VARCHAR WHEN $65::VARCHAR THEN $66::VARCHAR WHEN $67::VARCHAR THEN $68::VARCHAR WHEN $69::VARCHAR THEN $70::VARCHAR WHEN $71::VARCHAR THEN $72::VARCHAR WHEN $73::VARCHAR THEN $74::VARCHAR WHEN $75::VARCHAR THEN $76::VARCHAR END, '","id":"', 'evt_' || CAST(anon_2.id AS TEXT), '","kind":"', anon_2.kind, '","occurredAt":"', to_char(anon_2.occurred_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","actor":', CASE WHEN (collaborator_2.id IS NOT NULL) THEN concat(
    '{"id":"', 'col_' || CAST(collaborator_2.id AS TEXT), '","name":', to_json(collaborator_2.name), '}') ELSE 'null' END, CASE WHEN (anon_2.kind = $77) THEN concat(
    ',"fromState":', coalesce(CAST(anon_2.details -> 'from_state' AS TEXT), 'null'),
    ',"toState":', coalesce(CAST(anon_2.details -> 'to_state' AS TEXT), 'null'),
    ',"creditExceededBy":', coalesce(CAST(anon_2.details -> 'credit_exceeded_by' AS TEXT), 'null')) END, '}'), ',' ORDER BY anon_2.n_) FILTER (
  WHERE anon_2.n_ <= 50), ']}') AS concat_6
  FROM LATERAL (
    SELECT row_number() OVER () AS n_, count(*) OVER () AS of_, translate(encode(convert_to(CAST(json_build_array('history_event OCCURRED_AT:DESC', CAST(anon_3.t0_ AS TEXT), CAST(anon_3.t1_ AS TEXT)) AS TEXT), $78::VARCHAR), $79::VARCHAR), E'+/=\n', '-_') AS cursor_, anon_3.company_id AS company_id, anon_3.id AS id, anon_3.client_id AS client_id, anon_3.occurred_at AS occurred_at, anon_3.kind AS kind, anon_3.actor_id AS actor_id, anon_3.as_prospect AS as_prospect, anon_3.deal_id AS deal_id, anon_3.sales_document_id AS sales_document_id, anon_3.origin_document_id AS origin_document_id, anon_3.details AS details, anon_3.t0_ AS t0_, anon_3.t1_ AS t1_
    FROM LATERAL (
      SELECT history_event_1.company_id AS company_id, history_event_1.id AS id, history_event_1.client_id AS client_id, history_event_1.occurred_at AS occurred_at, history_event_1.kind AS kind, history_event_1.actor_id AS actor_id, history_event_1.as_prospect AS as_prospect, history_event_1.deal_id AS deal_id, history_event_1.sales_document_id AS sales_document_id, history_event_1.origin_document_id AS origin_document_id, history_event_1.details AS details, history_event_1.occurred_at AS t0_, history_event_1.id AS t1_
      FROM history_event AS history_event_1
      WHERE history_event_1.company_id = $9::UUID AND true AND history_event_1.kind != ALL ($80::TEXT[]) AND history_event_1.sales_document_id = sales_document_1.id
      ORDER BY history_event_1.occurred_at DESC, history_event_1.id DESC
      LIMIT 51
    ) AS anon_3
  ) AS anon_2
  LEFT OUTER JOIN collaborator AS collaborator_2 ON collaborator_2.company_id = $9::UUID AND collaborator_2.id = anon_2.actor_id
),
  ',"availableActions":␁2:', json_build_array(sales_document_1.type, sales_document_1.state), '␂,"version":', sales_document_1.version) WHEN (sales_document_1.type = $83) THEN concat(
  ',"dueOn":', coalesce('"' || CAST(sales_document_1.due_on AS TEXT) || '"', 'null'),
  ',"paid":"', sales_document_1.paid, '","credited":"', sales_document_1.credited, '","balance":"', CASE WHEN (sales_document_1.type IN ($101, $102) AND sales_document_1.state IN ($103, $104, $105, $106)) THEN (sales_document_1.total - sales_document_1.paid) - sales_document_1.credited ELSE CAST($84 AS NUMERIC(18, 2)) END, '","isOverdue":', CASE WHEN (sales_document_1.type IN ($107, $108) AND sales_document_1.state IN ($109, $110, $111, $112) AND coalesce(sales_document_1.due_on < $30::DATE, false)) THEN 'true' ELSE 'false' END,
  ',"payments":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"', 'pay_' || CAST(payment_2.id AS TEXT), '","amount":"', payment_2.amount, '","paidAt":"', to_char(payment_2.paid_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","paymentForm":␁4:', CAST(to_json(payment_2.payment_form) AS TEXT), '␂,"reference":', coalesce(CAST(to_json(payment_2.reference) AS TEXT), 'null'),
    ',"reversedAt":', coalesce('"' || CAST(to_char(payment_2.reversed_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '}'), ',' ORDER BY payment_2.paid_at, payment_2.id), ']') AS concat_8
  FROM payment AS payment_2
  WHERE payment_2.company_id = $9::UUID AND payment_2.sales_document_id = sales_document_1.id
),
  ',"history":', (
  SELECT concat(
    '{"nodes":[', string_agg(concat(
    '{"__typename":"', CASE anon_2.kind WHEN $31::VARCHAR THEN $32::VARCHAR WHEN $33::VARCHAR THEN $34::VARCHAR WHEN $35::VARCHAR THEN $36::VARCHAR WHEN $37::VARCHAR THEN $38::VARCHAR WHEN $39::VARCHAR THEN $40::VARCHAR WHEN $41::VARCHAR THEN $42::VARCHAR WHEN $43::VARCHAR THEN $44::VARCHAR WHEN $45::VARCHAR THEN $46::VARCHAR WHEN $47::VARCHAR THEN $48::VARCHAR WHEN $49::VARCHAR THEN $50::VARCHAR WHEN $51::VARCHAR THEN $52::VARCHAR WHEN $53::VARCHAR THEN $54::VARCHAR WHEN $55::VARCHAR THEN $56::VARCHAR WHEN $57::VARCHAR THEN $58::VARCHAR WHEN $59::VARCHAR THEN $60::VARCHAR WHEN $61::VARCHAR THEN $62::VARCHAR WHEN $63::VARCHAR THEN $64::VARCHAR WHEN $65::VARCHAR THEN $66::VARCHAR WHEN $67::VARCHAR THEN $68::VARCHAR WHEN $69::VARCHAR THEN $70::VARCHAR WHEN $71::VARCHAR THEN $72::VARCHAR WHEN $73::VARCHAR THEN $74::VARCHAR WHEN $75::VARCHAR THEN $76::VARCHAR END, '","id":"', 'evt_' || CAST(anon_2.id AS TEXT), '","kind":"', anon_2.kind, '","occurredAt":"', to_char(anon_2.occurred_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","actor":', CASE WHEN (collaborator_2.id IS NOT NULL) THEN concat(
    '{"id":"', 'col_' || CAST(collaborator_2.id AS TEXT), '","name":', to_json(collaborator_2.name), '}') ELSE 'null' END, CASE WHEN (anon_2.kind = $77) THEN concat(
    ',"fromState":', coalesce(CAST(anon_2.details -> 'from_state' AS TEXT), 'null'),
    ',"toState":', coalesce(CAST(anon_2.details -> 'to_state' AS TEXT), 'null'),
    ',"creditExceededBy":', coalesce(CAST(anon_2.details -> 'credit_exceeded_by' AS TEXT), 'null')) END, '}'), ',' ORDER BY anon_2.n_) FILTER (
  WHERE anon_2.n_ <= 50), ']}') AS concat_6
  FROM LATERAL (
    SELECT row_number() OVER () AS n_, count(*) OVER () AS of_, translate(encode(convert_to(CAST(json_build_array('history_event OCCURRED_AT:DESC', CAST(anon_3.t0_ AS TEXT), CAST(anon_3.t1_ AS TEXT)) AS TEXT), $78::VARCHAR), $79::VARCHAR), E'+/=\n', '-_') AS cursor_, anon_3.company_id AS company_id, anon_3.id AS id, anon_3.client_id AS client_id, anon_3.occurred_at AS occurred_at, anon_3.kind AS kind, anon_3.actor_id AS actor_id, anon_3.as_prospect AS as_prospect, anon_3.deal_id AS deal_id, anon_3.sales_document_id AS sales_document_id, anon_3.origin_document_id AS origin_document_id, anon_3.details AS details, anon_3.t0_ AS t0_, anon_3.t1_ AS t1_
    FROM LATERAL (
      SELECT history_event_1.company_id AS company_id, history_event_1.id AS id, history_event_1.client_id AS client_id, history_event_1.occurred_at AS occurred_at, history_event_1.kind AS kind, history_event_1.actor_id AS actor_id, history_event_1.as_prospect AS as_prospect, history_event_1.deal_id AS deal_id, history_event_1.sales_document_id AS sales_document_id, history_event_1.origin_document_id AS origin_document_id, history_event_1.details AS details, history_event_1.occurred_at AS t0_, history_event_1.id AS t1_
      FROM history_event AS history_event_1
      WHERE history_event_1.company_id = $9::UUID AND true AND history_event_1.kind != ALL ($80::TEXT[]) AND history_event_1.sales_document_id = sales_document_1.id
      ORDER BY history_event_1.occurred_at DESC, history_event_1.id DESC
      LIMIT 51
    ) AS anon_3
  ) AS anon_2
  LEFT OUTER JOIN collaborator AS collaborator_2 ON collaborator_2.company_id = $9::UUID AND collaborator_2.id = anon_2.actor_id
),
  ',"availableActions":␁2:', json_build_array(sales_document_1.type, sales_document_1.state), '␂,"version":', sales_document_1.version) WHEN (sales_document_1.type = $85) THEN concat(
  ',"history":', (
  SELECT concat(
    '{"nodes":[', string_agg(concat(
    '{"__typename":"', CASE anon_2.kind WHEN $31::VARCHAR THEN $32::VARCHAR WHEN $33::VARCHAR THEN $34::VARCHAR WHEN $35::VARCHAR THEN $36::VARCHAR WHEN $37::VARCHAR THEN $38::VARCHAR WHEN $39::VARCHAR THEN $40::VARCHAR WHEN $41::VARCHAR THEN $42::VARCHAR WHEN $43::VARCHAR THEN $44::VARCHAR WHEN $45::VARCHAR THEN $46::VARCHAR WHEN $47::VARCHAR THEN $48::VARCHAR WHEN $49::VARCHAR THEN $50::VARCHAR WHEN $51::VARCHAR THEN $52::VARCHAR WHEN $53::VARCHAR THEN $54::VARCHAR WHEN $55::VARCHAR THEN $56::VARCHAR WHEN $57::VARCHAR THEN $58::VARCHAR WHEN $59::VARCHAR THEN $60::VARCHAR WHEN $61::VARCHAR THEN $62::VARCHAR WHEN $63::VARCHAR THEN $64::VARCHAR WHEN $65::VARCHAR THEN $66::VARCHAR WHEN $67::VARCHAR THEN $68::VARCHAR WHEN $69::VARCHAR THEN $70::VARCHAR WHEN $71::VARCHAR THEN $72::VARCHAR WHEN $73::VARCHAR THEN $74::VARCHAR WHEN $75::VARCHAR THEN $76::VARCHAR END, '","id":"', 'evt_' || CAST(anon_2.id AS TEXT), '","kind":"', anon_2.kind, '","occurredAt":"', to_char(anon_2.occurred_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","actor":', CASE WHEN (collaborator_2.id IS NOT NULL) THEN concat(
    '{"id":"', 'col_' || CAST(collaborator_2.id AS TEXT), '","name":', to_json(collaborator_2.name), '}') ELSE 'null' END, CASE WHEN (anon_2.kind = $77) THEN concat(
    ',"fromState":', coalesce(CAST(anon_2.details -> 'from_state' AS TEXT), 'null'),
    ',"toState":', coalesce(CAST(anon_2.details -> 'to_state' AS TEXT), 'null'),
    ',"creditExceededBy":', coalesce(CAST(anon_2.details -> 'credit_exceeded_by' AS TEXT), 'null')) END, '}'), ',' ORDER BY anon_2.n_) FILTER (
  WHERE anon_2.n_ <= 50), ']}') AS concat_6
  FROM LATERAL (
    SELECT row_number() OVER () AS n_, count(*) OVER () AS of_, translate(encode(convert_to(CAST(json_build_array('history_event OCCURRED_AT:DESC', CAST(anon_3.t0_ AS TEXT), CAST(anon_3.t1_ AS TEXT)) AS TEXT), $78::VARCHAR), $79::VARCHAR), E'+/=\n', '-_') AS cursor_, anon_3.company_id AS company_id, anon_3.id AS id, anon_3.client_id AS client_id, anon_3.occurred_at AS occurred_at, anon_3.kind AS kind, anon_3.actor_id AS actor_id, anon_3.as_prospect AS as_prospect, anon_3.deal_id AS deal_id, anon_3.sales_document_id AS sales_document_id, anon_3.origin_document_id AS origin_document_id, anon_3.details AS details, anon_3.t0_ AS t0_, anon_3.t1_ AS t1_
    FROM LATERAL (
      SELECT history_event_1.company_id AS company_id, history_event_1.id AS id, history_event_1.client_id AS client_id, history_event_1.occurred_at AS occurred_at, history_event_1.kind AS kind, history_event_1.actor_id AS actor_id, history_event_1.as_prospect AS as_prospect, history_event_1.deal_id AS deal_id, history_event_1.sales_document_id AS sales_document_id, history_event_1.origin_document_id AS origin_document_id, history_event_1.details AS details, history_event_1.occurred_at AS t0_, history_event_1.id AS t1_
      FROM history_event AS history_event_1
      WHERE history_event_1.company_id = $9::UUID AND true AND history_event_1.kind != ALL ($80::TEXT[]) AND history_event_1.sales_document_id = sales_document_1.id
      ORDER BY history_event_1.occurred_at DESC, history_event_1.id DESC
      LIMIT 51
    ) AS anon_3
  ) AS anon_2
  LEFT OUTER JOIN collaborator AS collaborator_2 ON collaborator_2.company_id = $9::UUID AND collaborator_2.id = anon_2.actor_id
),
  ',"availableActions":␁2:', json_build_array(sales_document_1.type, sales_document_1.state), '␂,"version":', sales_document_1.version) END, '}') ELSE 'null' END, '}') AS concat_1
FROM (
  SELECT 1 AS one
) AS one
LEFT OUTER JOIN sales_document AS sales_document_1 ON sales_document_1.id = $86::UUID AND sales_document_1.company_id = $9::UUID
LEFT OUTER JOIN collaborator AS collaborator_1 ON collaborator_1.company_id = $9::UUID AND collaborator_1.id = sales_document_1.issued_by_id
LEFT OUTER JOIN client AS client_1 ON client_1.company_id = $9::UUID AND client_1.id = sales_document_1.client_id
LEFT OUTER JOIN sales_document AS sales_document_2 ON sales_document_2.company_id = $9::UUID AND sales_document_2.id = sales_document_1.origin_id
