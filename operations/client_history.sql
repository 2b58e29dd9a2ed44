-- $1 company_id, $2 a1_f0, $3 a1_f1, $4 here, $5 a0_key
SELECT concat(
  '{"client":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_1.id, '","history":', (
  SELECT concat(
    '{"totalCount":', (
    SELECT count(*) AS count_1
    FROM history_event AS history_event_1
    WHERE history_event_1.company_id = $1::UUID AND NOT (false) AND (history_event_1.occurred_at >= $2::TIMESTAMP WITH TIME ZONE) AND (history_event_1.occurred_at < $3::TIMESTAMP WITH TIME ZONE) AND history_event_1.client_id = client_1.id
  ),
    ',"unfilteredCount":', (
    SELECT count(*) AS count_2
    FROM history_event AS history_event_2
    WHERE history_event_2.company_id = $1::UUID AND NOT (false) AND true AND history_event_2.client_id = client_1.id
  ),
    ',"hiddenCount":0,"nodes":[', array_to_string((array_agg(CAST(concat(
    '{"__typename":"', coalesce(CAST(
    '{"CLIENT_CREATED":"ClientCreatedEvent","PROSPECT_CONVERTED":"ProspectConvertedEvent","PROSPECT_STATE_CHANGED":"ProspectStateChangedEvent","SALES_DOCUMENT_ISSUED":"SalesDocumentIssuedEvent","SALES_DOCUMENT_CONVERTED":"SalesDocumentConvertedEvent","SALES_DOCUMENT_STATE_CHANGED":"SalesDocumentStateChangedEvent","SALES_DOCUMENT_CHANGED":"SalesDocumentChangedEvent","SALES_DOCUMENT_STAMPED":"SalesDocumentStampedEvent","SALES_DOCUMENT_READINESS_OVERRIDDEN":"SalesDocumentReadinessOverriddenEvent","SALES_DOCUMENT_CANCELLATION_REQUESTED":"SalesDocumentCancellationRequestedEvent","SALES_DOCUMENT_CANCELLATION_REPORTED":"SalesDocumentCancellationReportedEvent","SALES_DOCUMENT_PAYMENT_REGISTERED":"SalesDocumentPaymentRegisteredEvent","SALES_DOCUMENT_PAYMENT_REVERSED":"SalesDocumentPaymentReversedEvent","PAYMENT_RECEIVED":"PaymentReceivedEvent","CREDIT_APPLIED":"CreditAppliedEvent","CREDIT_APPLICATION_UNDONE":"CreditApplicationUndoneEvent","CREDIT_REFUNDED":"CreditRefundedEvent","DEAL_CREATED":"DealCreatedEvent","DEAL_WON":"DealWonEvent","DEAL_LOST":"DealLostEvent","DEAL_CLOSED":"DealClosedEvent","DEAL_REOPENED":"DealReopenedEvent","CLIENT_CHANGED":"ClientChangedEvent","CONTACT_CHANGED":"ContactChangedEvent","ADDRESS_CHANGED":"AddressChangedEvent","CFDI_PROFILE_CHANGED":"CfdiProfileChangedEvent","BANK_ACCOUNT_CHANGED":"BankAccountChangedEvent","RECEIVABLE_TERMS_CHANGED":"ReceivableTermsChangedEvent","PAYMENT_REMINDERS_CHANGED":"PaymentRemindersChangedEvent","DEAL_CHANGED":"DealChangedEvent","FOLLOW_UP_CHANGED":"FollowUpChangedEvent","DOCUMENT_CHANGED":"DocumentChangedEvent","EXTERNAL_CALL":"ExternalCallEvent","EXTERNAL_MESSAGE":"ExternalMessageEvent","EXTERNAL_EMAIL":"ExternalEmailEvent","EXTERNAL_MEETING":"ExternalMeetingEvent","EXTERNAL_VISIT":"ExternalVisitEvent","EXTERNAL_ORDER":"ExternalOrderEvent","EXTERNAL_TICKET":"ExternalTicketEvent","EXTERNAL_OTHER":"ExternalOtherEvent"}' AS JSONB) ->> anon_1.kind, '␁0:␂'), '","id":"evt_', anon_1.id, '","kind":', CASE WHEN (anon_1.kind IN ('ADDRESS_CHANGED', 'BANK_ACCOUNT_CHANGED', 'CFDI_PROFILE_CHANGED', 'CLIENT_CHANGED', 'CLIENT_CREATED', 'CONTACT_CHANGED', 'CREDIT_APPLICATION_UNDONE', 'CREDIT_APPLIED', 'CREDIT_REFUNDED', 'DEAL_CHANGED', 'DEAL_CLOSED', 'DEAL_CREATED', 'DEAL_LOST', 'DEAL_REOPENED', 'DEAL_WON', 'DOCUMENT_CHANGED', 'EXTERNAL_CALL', 'EXTERNAL_EMAIL', 'EXTERNAL_MEETING', 'EXTERNAL_MESSAGE', 'EXTERNAL_ORDER', 'EXTERNAL_OTHER', 'EXTERNAL_TICKET', 'EXTERNAL_VISIT', 'FOLLOW_UP_CHANGED', 'PAYMENT_RECEIVED', 'PAYMENT_REMINDERS_CHANGED', 'PROSPECT_CONVERTED', 'PROSPECT_STATE_CHANGED', 'RECEIVABLE_TERMS_CHANGED', 'SALES_DOCUMENT_CANCELLATION_REPORTED', 'SALES_DOCUMENT_CANCELLATION_REQUESTED', 'SALES_DOCUMENT_CHANGED', 'SALES_DOCUMENT_CONVERTED', 'SALES_DOCUMENT_ISSUED', 'SALES_DOCUMENT_PAYMENT_REGISTERED', 'SALES_DOCUMENT_PAYMENT_REVERSED', 'SALES_DOCUMENT_READINESS_OVERRIDDEN', 'SALES_DOCUMENT_STAMPED', 'SALES_DOCUMENT_STATE_CHANGED')) THEN '"' || anon_1.kind || '"' ELSE '␁0:␂' END,
    ',"kindLabel":␁1:', CAST(ficha_json(anon_1.kind) AS TEXT), '␂,"summary":␁2:', json_build_array(anon_1.kind, anon_1.details - ARRAY['body', 'changes'], anon_1.as_prospect), '␂,"occurredAt":"', to_char(anon_1.occurred_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","occurredAtLabel":␁3:', coalesce('"' || CAST(to_char(anon_1.occurred_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"asProspect":', CASE WHEN anon_1.as_prospect THEN 'true' ELSE 'false' END,
    ',"actor":', CASE WHEN (collaborator_1.id IS NOT NULL) THEN concat(
    '{"id":"col_', collaborator_1.id, '","name":', ficha_json(collaborator_1.name),
    ',"avatarUrl":', coalesce(ficha_json($4::VARCHAR || collaborator_1.avatar_path), 'null'::json), '}') ELSE 'null' END, CASE WHEN (anon_1.kind IN ('EXTERNAL_CALL', 'EXTERNAL_MESSAGE', 'EXTERNAL_EMAIL', 'EXTERNAL_MEETING', 'EXTERNAL_VISIT', 'EXTERNAL_ORDER', 'EXTERNAL_TICKET', 'EXTERNAL_OTHER')) THEN concat(
    ',"subjectDeleted":␁13:', json_build_array(anon_1.details, deal_1.deleted_at, contact_1.deleted_at, follow_up_1.deleted_at, client_2.deleted_at), '␂,"subject":', CASE WHEN ((anon_1.details ->> 'subject') = 'deal') THEN concat(CASE WHEN (deal_1.id IS NOT NULL) THEN concat(
    '{"__typename":"ClientDeal","id":"deal_', deal_1.id, '"}') ELSE 'null' END) WHEN ((anon_1.details ->> 'subject') = 'sales_document') THEN concat(CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', coalesce(CAST(
    '{"QUOTE":"SalesQuote","SALES_NOTE":"SalesNote","INVOICE":"SalesInvoice","CREDIT_NOTE":"SalesCreditNote"}' AS JSONB) ->> sales_document_1.type, '␁0:␂'), '","id":"doc_', sales_document_1.id, '"}') ELSE 'null' END) WHEN ((anon_1.details ->> 'subject') = 'contact') THEN concat(CASE WHEN (contact_1.id IS NOT NULL) THEN concat(
    '{"__typename":"ClientContact","id":"con_', contact_1.id, '"}') ELSE 'null' END) WHEN ((anon_1.details ->> 'subject') = 'follow_up') THEN concat(CASE WHEN (follow_up_1.id IS NOT NULL) THEN concat(
    '{"__typename":"FollowUp","id":"seg_', follow_up_1.id, '"}') ELSE 'null' END) ELSE concat(CASE WHEN (client_2.id IS NOT NULL) THEN concat(
    '{"__typename":"Client","id":"cli_', client_2.id, '"}') ELSE 'null' END) END) ELSE '' END, CASE WHEN (anon_1.kind IN ('DOCUMENT_CHANGED')) THEN concat(
    ',"subjectDeleted":␁12:', json_build_array(document_1.deleted_at), '␂,"subject":', CASE WHEN (document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"ClientDocument","id":"file_', document_1.id, '"}') ELSE 'null' END) ELSE '' END, CASE WHEN (anon_1.kind IN ('FOLLOW_UP_CHANGED')) THEN concat(
    ',"subjectDeleted":␁11:', json_build_array(follow_up_1.deleted_at), '␂,"subject":', CASE WHEN (follow_up_1.id IS NOT NULL) THEN concat(
    '{"__typename":"FollowUp","id":"seg_', follow_up_1.id, '"}') ELSE 'null' END) ELSE '' END, CASE WHEN (anon_1.kind IN ('BANK_ACCOUNT_CHANGED')) THEN concat(
    ',"subjectDeleted":␁10:', json_build_array(bank_account_1.deleted_at), '␂,"subject":', CASE WHEN (bank_account_1.id IS NOT NULL) THEN concat(
    '{"__typename":"ClientBankAccount","id":"bnk_', bank_account_1.id, '"}') ELSE 'null' END) ELSE '' END, CASE WHEN (anon_1.kind IN ('ADDRESS_CHANGED')) THEN concat(
    ',"subjectDeleted":␁9:', json_build_array(address_1.deleted_at), '␂,"subject":', CASE WHEN (address_1.id IS NOT NULL) THEN concat(
    '{"__typename":"ClientAddress","id":"adr_', address_1.id, '"}') ELSE 'null' END) ELSE '' END, CASE WHEN (anon_1.kind IN ('CONTACT_CHANGED')) THEN concat(
    ',"subjectDeleted":␁8:', json_build_array(contact_1.deleted_at), '␂,"subject":', CASE WHEN (contact_1.id IS NOT NULL) THEN concat(
    '{"__typename":"ClientContact","id":"con_', contact_1.id, '"}') ELSE 'null' END) ELSE '' END, CASE WHEN (anon_1.kind IN ('DEAL_CREATED', 'DEAL_WON', 'DEAL_LOST', 'DEAL_CLOSED', 'DEAL_REOPENED', 'DEAL_CHANGED')) THEN concat(
    ',"subjectDeleted":␁7:', json_build_array(deal_1.deleted_at), '␂,"subject":', CASE WHEN (deal_1.id IS NOT NULL) THEN concat(
    '{"__typename":"ClientDeal","id":"deal_', deal_1.id, '"}') ELSE 'null' END) ELSE '' END, CASE WHEN (anon_1.kind IN ('SALES_DOCUMENT_ISSUED', 'SALES_DOCUMENT_CONVERTED', 'SALES_DOCUMENT_STATE_CHANGED', 'SALES_DOCUMENT_CHANGED', 'SALES_DOCUMENT_STAMPED', 'SALES_DOCUMENT_READINESS_OVERRIDDEN', 'SALES_DOCUMENT_CANCELLATION_REQUESTED', 'SALES_DOCUMENT_CANCELLATION_REPORTED', 'SALES_DOCUMENT_PAYMENT_REGISTERED', 'SALES_DOCUMENT_PAYMENT_REVERSED', 'CREDIT_APPLIED', 'CREDIT_APPLICATION_UNDONE')) THEN concat(
    ',"subjectDeleted":false,"subject":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', coalesce(CAST(
    '{"QUOTE":"SalesQuote","SALES_NOTE":"SalesNote","INVOICE":"SalesInvoice","CREDIT_NOTE":"SalesCreditNote"}' AS JSONB) ->> sales_document_1.type, '␁0:␂'), '","id":"doc_', sales_document_1.id, '"}') ELSE 'null' END) ELSE '' END, CASE WHEN (anon_1.kind IN ('CLIENT_CREATED', 'PROSPECT_CONVERTED', 'PROSPECT_STATE_CHANGED', 'PAYMENT_RECEIVED', 'CREDIT_REFUNDED', 'CLIENT_CHANGED', 'CFDI_PROFILE_CHANGED', 'RECEIVABLE_TERMS_CHANGED', 'PAYMENT_REMINDERS_CHANGED')) THEN concat(
    ',"subjectDeleted":␁4:', json_build_array(client_2.deleted_at), '␂,"subject":', CASE WHEN (client_2.id IS NOT NULL) THEN concat(
    '{"__typename":"Client","id":"cli_', client_2.id, '"}') ELSE 'null' END) ELSE '' END, CASE WHEN (anon_1.kind IN ('CLIENT_CREATED', 'DEAL_CREATED', 'DEAL_WON', 'DEAL_LOST', 'DEAL_CLOSED', 'DEAL_REOPENED')) THEN '' ELSE concat('␁15:', anon_1.kind, ' ', anon_1.details, '␂') END, CASE WHEN (anon_1.kind IN ('EXTERNAL_CALL', 'EXTERNAL_MESSAGE', 'EXTERNAL_EMAIL', 'EXTERNAL_MEETING', 'EXTERNAL_VISIT', 'EXTERNAL_ORDER', 'EXTERNAL_TICKET', 'EXTERNAL_OTHER')) THEN concat(
    ',"directionLabel":␁14:', CAST(anon_1.details -> 'direction' AS TEXT), '␂') ELSE '' END, CASE WHEN (anon_1.kind IN ('SALES_DOCUMENT_CHANGED', 'CONTACT_CHANGED', 'ADDRESS_CHANGED', 'BANK_ACCOUNT_CHANGED', 'DEAL_CHANGED', 'FOLLOW_UP_CHANGED', 'DOCUMENT_CHANGED')) THEN concat(
    ',"changeLabel":␁5:', json_build_array(anon_1.kind, anon_1.details - ARRAY['body', 'changes']), '␂') ELSE '' END, CASE WHEN (anon_1.kind IN ('CLIENT_CHANGED', 'CFDI_PROFILE_CHANGED', 'RECEIVABLE_TERMS_CHANGED', 'PAYMENT_REMINDERS_CHANGED')) THEN concat(
    ',"changeLabel":␁5:', json_build_array(anon_1.kind, anon_1.details - ARRAY['body', 'changes']), '␂') ELSE '' END, CASE WHEN (anon_1.kind IN ('CLIENT_CREATED', 'PROSPECT_CONVERTED', 'PROSPECT_STATE_CHANGED', 'SALES_DOCUMENT_CONVERTED', 'SALES_DOCUMENT_STATE_CHANGED', 'SALES_DOCUMENT_STAMPED', 'SALES_DOCUMENT_CANCELLATION_REQUESTED', 'SALES_DOCUMENT_CANCELLATION_REPORTED', 'PAYMENT_RECEIVED', 'CREDIT_REFUNDED')) THEN '' ELSE concat('␁16:', anon_1.kind, ' ', anon_1.details, '␂') END, CASE WHEN (anon_1.kind IN ('SALES_DOCUMENT_CHANGED', 'CONTACT_CHANGED', 'ADDRESS_CHANGED', 'BANK_ACCOUNT_CHANGED', 'DEAL_CHANGED', 'FOLLOW_UP_CHANGED', 'DOCUMENT_CHANGED')) THEN concat(
    ',"changes":␁6:', json_build_array(anon_1.kind, anon_1.details), '␂') ELSE '' END, CASE WHEN (anon_1.kind IN ('DEAL_CREATED', 'DEAL_WON', 'DEAL_LOST', 'DEAL_CLOSED', 'DEAL_REOPENED')) THEN concat(
    ',"deal":', CASE WHEN (deal_1.id IS NOT NULL) THEN concat(
    '{"id":"deal_', deal_1.id, '"}') ELSE 'null' END) ELSE '' END, CASE WHEN (anon_1.kind IN ('SALES_DOCUMENT_ISSUED', 'SALES_DOCUMENT_CONVERTED', 'SALES_DOCUMENT_STATE_CHANGED', 'SALES_DOCUMENT_STAMPED', 'SALES_DOCUMENT_READINESS_OVERRIDDEN', 'SALES_DOCUMENT_CANCELLATION_REQUESTED', 'SALES_DOCUMENT_CANCELLATION_REPORTED', 'SALES_DOCUMENT_PAYMENT_REGISTERED', 'SALES_DOCUMENT_PAYMENT_REVERSED', 'CREDIT_APPLIED', 'CREDIT_APPLICATION_UNDONE')) THEN concat(
    ',"salesDocument":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', coalesce(CAST(
    '{"QUOTE":"SalesQuote","SALES_NOTE":"SalesNote","INVOICE":"SalesInvoice","CREDIT_NOTE":"SalesCreditNote"}' AS JSONB) ->> sales_document_1.type, '␁0:␂'), '","id":"doc_', sales_document_1.id, '"}') ELSE 'null' END) ELSE '' END, CASE WHEN (anon_1.kind IN ('SALES_DOCUMENT_CONVERTED')) THEN concat(
    ',"originDocument":', CASE WHEN (sales_document_2.id IS NOT NULL) THEN concat(
    '{"__typename":"', coalesce(CAST(
    '{"QUOTE":"SalesQuote","SALES_NOTE":"SalesNote","INVOICE":"SalesInvoice","CREDIT_NOTE":"SalesCreditNote"}' AS JSONB) ->> sales_document_2.type, '␁0:␂'), '","id":"doc_', sales_document_2.id, '"}') ELSE 'null' END) ELSE '' END, CASE WHEN (anon_1.kind IN ('CLIENT_CHANGED', 'CFDI_PROFILE_CHANGED', 'RECEIVABLE_TERMS_CHANGED', 'PAYMENT_REMINDERS_CHANGED')) THEN concat(
    ',"changes":␁6:', json_build_array(anon_1.kind, anon_1.details), '␂') ELSE '' END, '}') AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[1:least(CAST(count(*) AS INTEGER), 20)], ','), '],"pageInfo":{"hasNextPage":', CASE WHEN (count(*) > 20) THEN 'true' ELSE 'false' END,
    ',"hasPreviousPage":false,"startCursor":', CASE WHEN (count(*) > 0) THEN '"' || translate(encode(convert_to(CAST(json_build_array('history_event OCCURRED_AT:DESC', (array_agg(CAST(anon_1.t0_ AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[1], (array_agg(CAST(anon_1.t1_ AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[1]) AS TEXT), 'UTF8'), 'base64'), E'+/=\n', '-_') || '"' ELSE 'null' END,
    ',"endCursor":', CASE WHEN (count(*) > 0) THEN '"' || translate(encode(convert_to(CAST(json_build_array('history_event OCCURRED_AT:DESC', (array_agg(CAST(anon_1.t0_ AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[least(CAST(count(*) AS INTEGER), 20)], (array_agg(CAST(anon_1.t1_ AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[least(CAST(count(*) AS INTEGER), 20)]) AS TEXT), 'UTF8'), 'base64'), E'+/=\n', '-_') || '"' ELSE 'null' END, '}}') AS concat_2
  FROM LATERAL (
    SELECT history_event_3.company_id AS company_id, history_event_3.id AS id, history_event_3.client_id AS client_id, history_event_3.occurred_at AS occurred_at, history_event_3.recorded_at AS recorded_at, history_event_3.kind AS kind, history_event_3.actor_id AS actor_id, history_event_3.api_key_id AS api_key_id, history_event_3.as_prospect AS as_prospect, history_event_3.deal_id AS deal_id, history_event_3.sales_document_id AS sales_document_id, history_event_3.origin_document_id AS origin_document_id, history_event_3.subject_id AS subject_id, history_event_3.details AS details, history_event_3.recorded_at AS created_at, history_event_3.recorded_at AS updated_at, history_event_3.details - ARRAY['body', 'changes'] AS said, history_event_3.occurred_at AS t0_, history_event_3.id AS t1_
    FROM history_event AS history_event_3
    WHERE history_event_3.company_id = $1::UUID AND NOT (false) AND (history_event_3.occurred_at >= $2::TIMESTAMP WITH TIME ZONE) AND (history_event_3.occurred_at < $3::TIMESTAMP WITH TIME ZONE) AND history_event_3.client_id = client_1.id
    ORDER BY history_event_3.occurred_at DESC, history_event_3.id DESC
    LIMIT 21
  ) AS anon_1
  LEFT OUTER JOIN collaborator AS collaborator_1 ON collaborator_1.company_id = $1::UUID AND collaborator_1.id = anon_1.actor_id
  LEFT OUTER JOIN client AS client_2 ON client_2.company_id = $1::UUID AND client_2.id = anon_1.client_id
  LEFT OUTER JOIN sales_document AS sales_document_1 ON sales_document_1.company_id = $1::UUID AND sales_document_1.id = anon_1.sales_document_id
  LEFT OUTER JOIN sales_document AS sales_document_2 ON sales_document_2.company_id = $1::UUID AND sales_document_2.id = anon_1.origin_document_id
  LEFT OUTER JOIN deal AS deal_1 ON deal_1.company_id = $1::UUID AND deal_1.id = anon_1.deal_id
  LEFT OUTER JOIN contact AS contact_1 ON contact_1.company_id = $1::UUID AND contact_1.id = anon_1.subject_id
  LEFT OUTER JOIN address AS address_1 ON address_1.company_id = $1::UUID AND address_1.id = anon_1.subject_id
  LEFT OUTER JOIN bank_account AS bank_account_1 ON bank_account_1.company_id = $1::UUID AND bank_account_1.id = anon_1.subject_id
  LEFT OUTER JOIN follow_up AS follow_up_1 ON follow_up_1.company_id = $1::UUID AND follow_up_1.id = anon_1.subject_id
  LEFT OUTER JOIN document AS document_1 ON document_1.company_id = $1::UUID AND document_1.id = anon_1.subject_id
), '}') ELSE 'null' END, '}') AS concat_1
FROM (
  SELECT 1 AS one
) AS one
LEFT OUTER JOIN client AS client_1 ON client_1.id = $5::UUID AND client_1.company_id = $1::UUID
