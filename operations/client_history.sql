-- $1 company_id, $2 a1_f0, $3 a1_f1, $4 hidden_kinds, $5 param_2, $6 param_3, $7 param_4, $8 param_5, $9 param_6, $10 param_7, $11 param_8, $12 param_9, $13 param_10, $14 param_11, $15 param_12, $16 param_13, $17 param_14, $18 param_15, $19 param_16, $20 param_17, $21 param_18, $22 param_19, $23 param_20, $24 param_21, $25 param_22, $26 param_23, $27 param_24, $28 param_25, $29 param_26, $30 param_27, $31 param_28, $32 param_29, $33 param_30, $34 param_31, $35 param_32, $36 param_33, $37 param_34, $38 param_35, $39 param_36, $40 param_37, $41 param_38, $42 param_39, $43 param_40, $44 param_41, $45 param_42, $46 param_43, $47 param_44, $48 param_45, $49 param_46, $50 param_47, $51 kind_1, $52 param_50, $53 param_51, $54 param_52, $55 param_53, $56 param_54, $57 param_55, $58 param_56, $59 param_57, $60 kind_2, $61 param_59, $62 param_60, $63 param_61, $64 param_62, $65 param_63, $66 param_64, $67 param_65, $68 param_66, $69 param_68, $70 param_69, $71 param_70, $72 param_71, $73 param_72, $74 param_73, $75 param_74, $76 param_75, $77 kind_3, $78 param_77, $79 param_78, $80 param_79, $81 param_80, $82 param_81, $83 param_82, $84 param_83, $85 param_84, $86 kind_4, $87 kind_5, $88 param_86, $89 param_87, $90 param_88, $91 param_89, $92 param_90, $93 param_91, $94 param_92, $95 param_93, $96 kind_6, $97 param_95, $98 param_96, $99 param_97, $100 param_98, $101 param_99, $102 param_100, $103 param_101, $104 param_102, $105 kind_7, $106 kind_8, $107 kind_9, $108 kind_10, $109 kind_11, $110 kind_12, $111 kind_13, $112 kind_14, $113 kind_15, $114 kind_16, $115 kind_17, $116 kind_18, $117 kind_19, $118 kind_20, $119 kind_21, $120 convert_to_1, $121 encode_1, $122 convert_to_2, $123 encode_2, $124 convert_to_3, $125 encode_3, $126 a0_key
SELECT concat(
  '{"client":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"', 'cli_' || CAST(client_1.id AS TEXT), '","history":', (
  SELECT concat(
    '{"filteredCount":', (
    SELECT count(*) AS count_1
    FROM history_event AS history_event_1
    WHERE history_event_1.company_id = $1::UUID AND (history_event_1.occurred_at >= $2::TIMESTAMP WITH TIME ZONE) AND (history_event_1.occurred_at < $3::TIMESTAMP WITH TIME ZONE) AND history_event_1.kind != ALL ($4::TEXT[]) AND history_event_1.client_id = client_1.id
  ),
    ',"hiddenCount":', (
    SELECT count(*) AS count_2
    FROM history_event AS history_event_2
    WHERE history_event_2.company_id = $1::UUID AND (history_event_2.occurred_at >= $2::TIMESTAMP WITH TIME ZONE) AND (history_event_2.occurred_at < $3::TIMESTAMP WITH TIME ZONE) AND history_event_2.kind = ANY ($4::TEXT[]) AND history_event_2.client_id = client_1.id
  ),
    ',"nodes":[', string_agg(concat(
    '{"__typename":"', CASE anon_1.kind WHEN $5::VARCHAR THEN $6::VARCHAR WHEN $7::VARCHAR THEN $8::VARCHAR WHEN $9::VARCHAR THEN $10::VARCHAR WHEN $11::VARCHAR THEN $12::VARCHAR WHEN $13::VARCHAR THEN $14::VARCHAR WHEN $15::VARCHAR THEN $16::VARCHAR WHEN $17::VARCHAR THEN $18::VARCHAR WHEN $19::VARCHAR THEN $20::VARCHAR WHEN $21::VARCHAR THEN $22::VARCHAR WHEN $23::VARCHAR THEN $24::VARCHAR WHEN $25::VARCHAR THEN $26::VARCHAR WHEN $27::VARCHAR THEN $28::VARCHAR WHEN $29::VARCHAR THEN $30::VARCHAR WHEN $31::VARCHAR THEN $32::VARCHAR WHEN $33::VARCHAR THEN $34::VARCHAR WHEN $35::VARCHAR THEN $36::VARCHAR WHEN $37::VARCHAR THEN $38::VARCHAR WHEN $39::VARCHAR THEN $40::VARCHAR WHEN $41::VARCHAR THEN $42::VARCHAR WHEN $43::VARCHAR THEN $44::VARCHAR WHEN $45::VARCHAR THEN $46::VARCHAR WHEN $47::VARCHAR THEN $48::VARCHAR WHEN $49::VARCHAR THEN $50::VARCHAR END, '","id":"', 'evt_' || CAST(anon_1.id AS TEXT), '","kind":"', anon_1.kind, '","occurredAt":"', to_char(anon_1.occurred_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","asProspect":', CASE WHEN anon_1.as_prospect THEN 'true' ELSE 'false' END,
    ',"actor":', CASE WHEN (collaborator_1.id IS NOT NULL) THEN concat(
    '{"id":"', 'col_' || CAST(collaborator_1.id AS TEXT), '","name":', to_json(collaborator_1.name),
    ',"avatarUrl":', coalesce(CAST(to_json(collaborator_1.avatar_url) AS TEXT), 'null'), '}') ELSE 'null' END, CASE WHEN (anon_1.kind = $51) THEN concat(
    ',"documentType":', coalesce(CAST(anon_1.details -> 'type' AS TEXT), 'null'),
    ',"folio":', coalesce(CAST(anon_1.details -> 'folio' AS TEXT), 'null'),
    ',"total":', coalesce(CAST(anon_1.details -> 'total' AS TEXT), 'null'),
    ',"currency":', coalesce(CAST(anon_1.details -> 'currency' AS TEXT), 'null'),
    ',"salesDocument":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN $52::VARCHAR THEN $53::VARCHAR WHEN $54::VARCHAR THEN $55::VARCHAR WHEN $56::VARCHAR THEN $57::VARCHAR WHEN $58::VARCHAR THEN $59::VARCHAR END, '","id":"', 'doc_' || CAST(sales_document_1.id AS TEXT), '"}') ELSE 'null' END) WHEN (anon_1.kind = $60) THEN concat(
    ',"fromType":', coalesce(CAST(anon_1.details -> 'from_type' AS TEXT), 'null'),
    ',"fromFolio":', coalesce(CAST(anon_1.details -> 'from_folio' AS TEXT), 'null'),
    ',"toType":', coalesce(CAST(anon_1.details -> 'to_type' AS TEXT), 'null'),
    ',"toFolio":', coalesce(CAST(anon_1.details -> 'to_folio' AS TEXT), 'null'),
    ',"salesDocument":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN $61::VARCHAR THEN $62::VARCHAR WHEN $63::VARCHAR THEN $64::VARCHAR WHEN $65::VARCHAR THEN $66::VARCHAR WHEN $67::VARCHAR THEN $68::VARCHAR END, '","id":"', 'doc_' || CAST(sales_document_1.id AS TEXT), '"}') ELSE 'null' END,
    ',"originDocument":', CASE WHEN (sales_document_2.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_2.type WHEN $69::VARCHAR THEN $70::VARCHAR WHEN $71::VARCHAR THEN $72::VARCHAR WHEN $73::VARCHAR THEN $74::VARCHAR WHEN $75::VARCHAR THEN $76::VARCHAR END, '","id":"', 'doc_' || CAST(sales_document_2.id AS TEXT), '"}') ELSE 'null' END) WHEN (anon_1.kind = $77) THEN concat(
    ',"documentType":', coalesce(CAST(anon_1.details -> 'type' AS TEXT), 'null'),
    ',"folio":', coalesce(CAST(anon_1.details -> 'folio' AS TEXT), 'null'),
    ',"fromState":', coalesce(CAST(anon_1.details -> 'from_state' AS TEXT), 'null'),
    ',"toState":', coalesce(CAST(anon_1.details -> 'to_state' AS TEXT), 'null'),
    ',"salesDocument":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN $78::VARCHAR THEN $79::VARCHAR WHEN $80::VARCHAR THEN $81::VARCHAR WHEN $82::VARCHAR THEN $83::VARCHAR WHEN $84::VARCHAR THEN $85::VARCHAR END, '","id":"', 'doc_' || CAST(sales_document_1.id AS TEXT), '"}') ELSE 'null' END) WHEN (anon_1.kind = $86) THEN concat(
    ',"change":', coalesce(CAST(anon_1.details -> 'change' AS TEXT), 'null'),
    ',"label":', coalesce(CAST(anon_1.details -> 'label' AS TEXT), 'null'),
    ',"changes":␁0:', json_build_array(anon_1.details), '␂') WHEN (anon_1.kind = $87) THEN concat(
    ',"documentType":', coalesce(CAST(anon_1.details -> 'type' AS TEXT), 'null'),
    ',"folio":', coalesce(CAST(anon_1.details -> 'folio' AS TEXT), 'null'),
    ',"amount":', coalesce(CAST(anon_1.details -> 'amount' AS TEXT), 'null'),
    ',"currency":', coalesce(CAST(anon_1.details -> 'currency' AS TEXT), 'null'),
    ',"salesDocument":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN $88::VARCHAR THEN $89::VARCHAR WHEN $90::VARCHAR THEN $91::VARCHAR WHEN $92::VARCHAR THEN $93::VARCHAR WHEN $94::VARCHAR THEN $95::VARCHAR END, '","id":"', 'doc_' || CAST(sales_document_1.id AS TEXT), '"}') ELSE 'null' END) WHEN (anon_1.kind = $96) THEN concat(
    ',"documentType":', coalesce(CAST(anon_1.details -> 'type' AS TEXT), 'null'),
    ',"folio":', coalesce(CAST(anon_1.details -> 'folio' AS TEXT), 'null'),
    ',"amount":', coalesce(CAST(anon_1.details -> 'amount' AS TEXT), 'null'),
    ',"currency":', coalesce(CAST(anon_1.details -> 'currency' AS TEXT), 'null'),
    ',"salesDocument":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN $97::VARCHAR THEN $98::VARCHAR WHEN $99::VARCHAR THEN $100::VARCHAR WHEN $101::VARCHAR THEN $102::VARCHAR WHEN $103::VARCHAR THEN $104::VARCHAR END, '","id":"', 'doc_' || CAST(sales_document_1.id AS TEXT), '"}') ELSE 'null' END) WHEN (anon_1.kind = $105) THEN concat(
    ',"title":', coalesce(CAST(anon_1.details -> 'title' AS TEXT), 'null'),
    ',"estimatedValue":', coalesce(CAST(anon_1.details -> 'estimated_value' AS TEXT), 'null'),
    ',"currency":', coalesce(CAST(anon_1.details -> 'currency' AS TEXT), 'null'),
    ',"deal":', CASE WHEN (deal_1.id IS NOT NULL) THEN concat(
    '{"id":"', 'deal_' || CAST(deal_1.id AS TEXT), '"}') ELSE 'null' END) WHEN (anon_1.kind = $106) THEN concat(
    ',"title":', coalesce(CAST(anon_1.details -> 'title' AS TEXT), 'null'),
    ',"finalValue":', coalesce(CAST(anon_1.details -> 'final_value' AS TEXT), 'null'),
    ',"currency":', coalesce(CAST(anon_1.details -> 'currency' AS TEXT), 'null'),
    ',"closedOn":', coalesce(CAST(anon_1.details -> 'closed_on' AS TEXT), 'null'),
    ',"deal":', CASE WHEN (deal_1.id IS NOT NULL) THEN concat(
    '{"id":"', 'deal_' || CAST(deal_1.id AS TEXT), '"}') ELSE 'null' END) WHEN (anon_1.kind = $107) THEN concat(
    ',"title":', coalesce(CAST(anon_1.details -> 'title' AS TEXT), 'null'),
    ',"reason":', coalesce(CAST(anon_1.details -> 'reason' AS TEXT), 'null'),
    ',"closedOn":', coalesce(CAST(anon_1.details -> 'closed_on' AS TEXT), 'null'),
    ',"deal":', CASE WHEN (deal_1.id IS NOT NULL) THEN concat(
    '{"id":"', 'deal_' || CAST(deal_1.id AS TEXT), '"}') ELSE 'null' END) WHEN (anon_1.kind = $108) THEN concat(
    ',"title":', coalesce(CAST(anon_1.details -> 'title' AS TEXT), 'null'),
    ',"closedOn":', coalesce(CAST(anon_1.details -> 'closed_on' AS TEXT), 'null'),
    ',"deal":', CASE WHEN (deal_1.id IS NOT NULL) THEN concat(
    '{"id":"', 'deal_' || CAST(deal_1.id AS TEXT), '"}') ELSE 'null' END) WHEN (anon_1.kind = $109) THEN concat(
    ',"title":', coalesce(CAST(anon_1.details -> 'title' AS TEXT), 'null'),
    ',"deal":', CASE WHEN (deal_1.id IS NOT NULL) THEN concat(
    '{"id":"', 'deal_' || CAST(deal_1.id AS TEXT), '"}') ELSE 'null' END) WHEN (anon_1.kind = $110) THEN concat(
    ',"change":', coalesce(CAST(anon_1.details -> 'change' AS TEXT), 'null'),
    ',"label":', coalesce(CAST(anon_1.details -> 'label' AS TEXT), 'null'),
    ',"changes":␁0:', json_build_array(anon_1.details), '␂') WHEN (anon_1.kind = $111) THEN concat(
    ',"change":', coalesce(CAST(anon_1.details -> 'change' AS TEXT), 'null'),
    ',"label":', coalesce(CAST(anon_1.details -> 'label' AS TEXT), 'null'),
    ',"changes":␁0:', json_build_array(anon_1.details), '␂') WHEN (anon_1.kind = $112) THEN concat(
    ',"change":', coalesce(CAST(anon_1.details -> 'change' AS TEXT), 'null'),
    ',"label":', coalesce(CAST(anon_1.details -> 'label' AS TEXT), 'null'),
    ',"changes":␁0:', json_build_array(anon_1.details), '␂') WHEN (anon_1.kind = $113) THEN concat(
    ',"change":', coalesce(CAST(anon_1.details -> 'change' AS TEXT), 'null'),
    ',"label":', coalesce(CAST(anon_1.details -> 'label' AS TEXT), 'null'),
    ',"changes":␁0:', json_build_array(anon_1.details), '␂') WHEN (anon_1.kind = $114) THEN concat(
    ',"change":', coalesce(CAST(anon_1.details -> 'change' AS TEXT), 'null'),
    ',"label":', coalesce(CAST(anon_1.details -> 'label' AS TEXT), 'null'),
    ',"changes":␁0:', json_build_array(anon_1.details), '␂') WHEN (anon_1.kind = $115) THEN concat(
    ',"change":', coalesce(CAST(anon_1.details -> 'change' AS TEXT), 'null'),
    ',"label":', coalesce(CAST(anon_1.details -> 'label' AS TEXT), 'null'),
    ',"changes":␁0:', json_build_array(anon_1.details), '␂') WHEN (anon_1.kind = $116) THEN concat(
    ',"change":', coalesce(CAST(anon_1.details -> 'change' AS TEXT), 'null'),
    ',"label":', coalesce(CAST(anon_1.details -> 'label' AS TEXT), 'null'),
    ',"changes":␁0:', json_build_array(anon_1.details), '␂') WHEN (anon_1.kind = $117) THEN concat(
    ',"change":', coalesce(CAST(anon_1.details -> 'change' AS TEXT), 'null'),
    ',"label":', coalesce(CAST(anon_1.details -> 'label' AS TEXT), 'null'),
    ',"changes":␁0:', json_build_array(anon_1.details), '␂') WHEN (anon_1.kind = $118) THEN concat(
    ',"change":', coalesce(CAST(anon_1.details -> 'change' AS TEXT), 'null'),
    ',"label":', coalesce(CAST(anon_1.details -> 'label' AS TEXT), 'null'),
    ',"changes":␁0:', json_build_array(anon_1.details), '␂') WHEN (anon_1.kind = $119) THEN concat(
    ',"change":', coalesce(CAST(anon_1.details -> 'change' AS TEXT), 'null'),
    ',"label":', coalesce(CAST(anon_1.details -> 'label' AS TEXT), 'null'),
    ',"changes":␁0:', json_build_array(anon_1.details), '␂') END, '}'), ',' ORDER BY anon_1.n_) FILTER (
  WHERE anon_1.n_ <= 20), '],"pageInfo":{"hasNextPage":', CASE WHEN (count(*) > 20) THEN 'true' ELSE 'false' END,
    ',"hasPreviousPage":false,"startCursor":', coalesce('"' || max(translate(encode(convert_to(CAST(json_build_array('history_event OCCURRED_AT:DESC', CAST(anon_1.t0_ AS TEXT), CAST(anon_1.t1_ AS TEXT)) AS TEXT), $120::VARCHAR), $121::VARCHAR), E'+/=\n', '-_')) FILTER (
  WHERE anon_1.n_ = 1 AND anon_1.n_ <= 20) || '"', 'null'),
    ',"endCursor":', coalesce('"' || max(translate(encode(convert_to(CAST(json_build_array('history_event OCCURRED_AT:DESC', CAST(anon_1.t0_ AS TEXT), CAST(anon_1.t1_ AS TEXT)) AS TEXT), $122::VARCHAR), $123::VARCHAR), E'+/=\n', '-_')) FILTER (
  WHERE anon_1.n_ = least(anon_1.of_, 20) AND anon_1.n_ <= 20) || '"', 'null'), '}}') AS concat_2
  FROM LATERAL (
    SELECT row_number() OVER () AS n_, count(*) OVER () AS of_, translate(encode(convert_to(CAST(json_build_array('history_event OCCURRED_AT:DESC', CAST(anon_2.t0_ AS TEXT), CAST(anon_2.t1_ AS TEXT)) AS TEXT), $124::VARCHAR), $125::VARCHAR), E'+/=\n', '-_') AS cursor_, anon_2.company_id AS company_id, anon_2.id AS id, anon_2.client_id AS client_id, anon_2.occurred_at AS occurred_at, anon_2.kind AS kind, anon_2.actor_id AS actor_id, anon_2.as_prospect AS as_prospect, anon_2.deal_id AS deal_id, anon_2.sales_document_id AS sales_document_id, anon_2.origin_document_id AS origin_document_id, anon_2.details AS details, anon_2.t0_ AS t0_, anon_2.t1_ AS t1_
    FROM LATERAL (
      SELECT history_event_3.company_id AS company_id, history_event_3.id AS id, history_event_3.client_id AS client_id, history_event_3.occurred_at AS occurred_at, history_event_3.kind AS kind, history_event_3.actor_id AS actor_id, history_event_3.as_prospect AS as_prospect, history_event_3.deal_id AS deal_id, history_event_3.sales_document_id AS sales_document_id, history_event_3.origin_document_id AS origin_document_id, history_event_3.details AS details, history_event_3.occurred_at AS t0_, history_event_3.id AS t1_
      FROM history_event AS history_event_3
      WHERE history_event_3.company_id = $1::UUID AND (history_event_3.occurred_at >= $2::TIMESTAMP WITH TIME ZONE) AND (history_event_3.occurred_at < $3::TIMESTAMP WITH TIME ZONE) AND history_event_3.kind != ALL ($4::TEXT[]) AND history_event_3.client_id = client_1.id
      ORDER BY history_event_3.occurred_at DESC, history_event_3.id DESC
      LIMIT 21
    ) AS anon_2
  ) AS anon_1
  LEFT OUTER JOIN collaborator AS collaborator_1 ON collaborator_1.company_id = $1::UUID AND collaborator_1.id = anon_1.actor_id
  LEFT OUTER JOIN sales_document AS sales_document_1 ON sales_document_1.company_id = $1::UUID AND sales_document_1.id = anon_1.sales_document_id
  LEFT OUTER JOIN sales_document AS sales_document_2 ON sales_document_2.company_id = $1::UUID AND sales_document_2.id = anon_1.origin_document_id
  LEFT OUTER JOIN deal AS deal_1 ON deal_1.company_id = $1::UUID AND deal_1.id = anon_1.deal_id
), '}') ELSE 'null' END, '}') AS concat_1
FROM (
  SELECT 1 AS one
) AS one
LEFT OUTER JOIN client AS client_1 ON client_1.id = $126::UUID AND client_1.company_id = $1::UUID
