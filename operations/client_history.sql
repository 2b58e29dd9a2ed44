-- $1 company_id, $2 a1_f0, $3 a1_f1, $4 hidden_kinds, $5 here, $6 a0_key
SELECT concat(
  '{"client":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_1.id, '","history":', (
  SELECT concat(
    '{"totalCount":', (
    SELECT count(*) AS count_1
    FROM history_event AS history_event_1
    WHERE history_event_1.company_id = $1::UUID AND (history_event_1.occurred_at >= $2::TIMESTAMP WITH TIME ZONE) AND (history_event_1.occurred_at < $3::TIMESTAMP WITH TIME ZONE) AND history_event_1.kind != ALL ($4::TEXT[]) AND history_event_1.client_id = client_1.id
  ),
    ',"unfilteredCount":', (
    SELECT count(*) AS count_2
    FROM history_event AS history_event_2
    WHERE history_event_2.company_id = $1::UUID AND true AND history_event_2.kind != ALL ($4::TEXT[]) AND history_event_2.client_id = client_1.id
  ),
    ',"hiddenCount":', (
    SELECT count(*) AS count_3
    FROM history_event AS history_event_3
    WHERE history_event_3.company_id = $1::UUID AND (history_event_3.occurred_at >= $2::TIMESTAMP WITH TIME ZONE) AND (history_event_3.occurred_at < $3::TIMESTAMP WITH TIME ZONE) AND history_event_3.kind = ANY ($4::TEXT[]) AND history_event_3.client_id = client_1.id
  ),
    ',"nodes":[', string_agg(concat(
    '{"__typename":"', CASE anon_1.kind WHEN 'CLIENT_CREATED' THEN 'ClientCreatedEvent' WHEN 'PROSPECT_CONVERTED' THEN 'ProspectConvertedEvent' WHEN 'PROSPECT_STATE_CHANGED' THEN 'ProspectStateChangedEvent' WHEN 'SALES_DOCUMENT_ISSUED' THEN 'SalesDocumentIssuedEvent' WHEN 'SALES_DOCUMENT_CONVERTED' THEN 'SalesDocumentConvertedEvent' WHEN 'SALES_DOCUMENT_STATE_CHANGED' THEN 'SalesDocumentStateChangedEvent' WHEN 'SALES_DOCUMENT_CHANGED' THEN 'SalesDocumentChangedEvent' WHEN 'SALES_DOCUMENT_STAMPED' THEN 'SalesDocumentStampedEvent' WHEN 'SALES_DOCUMENT_READINESS_OVERRIDDEN' THEN 'SalesDocumentReadinessOverriddenEvent' WHEN 'SALES_DOCUMENT_CANCELLATION_REQUESTED' THEN 'SalesDocumentCancellationRequestedEvent' WHEN 'SALES_DOCUMENT_CANCELLATION_REPORTED' THEN 'SalesDocumentCancellationReportedEvent' WHEN 'SALES_DOCUMENT_PAYMENT_REGISTERED' THEN 'SalesDocumentPaymentRegisteredEvent' WHEN 'SALES_DOCUMENT_PAYMENT_REVERSED' THEN 'SalesDocumentPaymentReversedEvent' WHEN 'PAYMENT_RECEIVED' THEN 'PaymentReceivedEvent' WHEN 'CREDIT_APPLIED' THEN 'CreditAppliedEvent' WHEN 'CREDIT_APPLICATION_UNDONE' THEN 'CreditApplicationUndoneEvent' WHEN 'CREDIT_REFUNDED' THEN 'CreditRefundedEvent' WHEN 'DEAL_CREATED' THEN 'DealCreatedEvent' WHEN 'DEAL_WON' THEN 'DealWonEvent' WHEN 'DEAL_LOST' THEN 'DealLostEvent' WHEN 'DEAL_CLOSED' THEN 'DealClosedEvent' WHEN 'DEAL_REOPENED' THEN 'DealReopenedEvent' WHEN 'CLIENT_CHANGED' THEN 'ClientChangedEvent' WHEN 'CONTACT_CHANGED' THEN 'ContactChangedEvent' WHEN 'ADDRESS_CHANGED' THEN 'AddressChangedEvent' WHEN 'CFDI_PROFILE_CHANGED' THEN 'CfdiProfileChangedEvent' WHEN 'BANK_ACCOUNT_CHANGED' THEN 'BankAccountChangedEvent' WHEN 'RECEIVABLE_TERMS_CHANGED' THEN 'ReceivableTermsChangedEvent' WHEN 'PAYMENT_REMINDERS_CHANGED' THEN 'PaymentRemindersChangedEvent' WHEN 'DEAL_CHANGED' THEN 'DealChangedEvent' WHEN 'FOLLOW_UP_CHANGED' THEN 'FollowUpChangedEvent' WHEN 'DOCUMENT_CHANGED' THEN 'DocumentChangedEvent' WHEN 'EXTERNAL_CALL' THEN 'ExternalCallEvent' WHEN 'EXTERNAL_MESSAGE' THEN 'ExternalMessageEvent' WHEN 'EXTERNAL_EMAIL' THEN 'ExternalEmailEvent' WHEN 'EXTERNAL_MEETING' THEN 'ExternalMeetingEvent' WHEN 'EXTERNAL_VISIT' THEN 'ExternalVisitEvent' WHEN 'EXTERNAL_ORDER' THEN 'ExternalOrderEvent' WHEN 'EXTERNAL_TICKET' THEN 'ExternalTicketEvent' WHEN 'EXTERNAL_OTHER' THEN 'ExternalOtherEvent' ELSE '␁0:␂' END, '","id":"evt_', anon_1.id, '","kind":', CASE WHEN (anon_1.kind IN ('ADDRESS_CHANGED', 'BANK_ACCOUNT_CHANGED', 'CFDI_PROFILE_CHANGED', 'CLIENT_CHANGED', 'CLIENT_CREATED', 'CONTACT_CHANGED', 'CREDIT_APPLICATION_UNDONE', 'CREDIT_APPLIED', 'CREDIT_REFUNDED', 'DEAL_CHANGED', 'DEAL_CLOSED', 'DEAL_CREATED', 'DEAL_LOST', 'DEAL_REOPENED', 'DEAL_WON', 'DOCUMENT_CHANGED', 'EXTERNAL_CALL', 'EXTERNAL_EMAIL', 'EXTERNAL_MEETING', 'EXTERNAL_MESSAGE', 'EXTERNAL_ORDER', 'EXTERNAL_OTHER', 'EXTERNAL_TICKET', 'EXTERNAL_VISIT', 'FOLLOW_UP_CHANGED', 'PAYMENT_RECEIVED', 'PAYMENT_REMINDERS_CHANGED', 'PROSPECT_CONVERTED', 'PROSPECT_STATE_CHANGED', 'RECEIVABLE_TERMS_CHANGED', 'SALES_DOCUMENT_CANCELLATION_REPORTED', 'SALES_DOCUMENT_CANCELLATION_REQUESTED', 'SALES_DOCUMENT_CHANGED', 'SALES_DOCUMENT_CONVERTED', 'SALES_DOCUMENT_ISSUED', 'SALES_DOCUMENT_PAYMENT_REGISTERED', 'SALES_DOCUMENT_PAYMENT_REVERSED', 'SALES_DOCUMENT_READINESS_OVERRIDDEN', 'SALES_DOCUMENT_STAMPED', 'SALES_DOCUMENT_STATE_CHANGED')) THEN '"' || anon_1.kind || '"' ELSE '␁0:␂' END,
    ',"kindLabel":␁1:', CAST(ficha_json(anon_1.kind) AS TEXT), '␂,"summary":␁2:', json_build_array(anon_1.kind, anon_1.details - ARRAY['body', 'changes'], anon_1.as_prospect), '␂,"occurredAt":"', to_char(anon_1.occurred_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","occurredAtLabel":␁3:', coalesce('"' || CAST(to_char(anon_1.occurred_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"asProspect":', CASE WHEN anon_1.as_prospect THEN 'true' ELSE 'false' END,
    ',"actor":', CASE WHEN (collaborator_1.id IS NOT NULL) THEN concat(
    '{"id":"col_', collaborator_1.id, '","name":', ficha_json(collaborator_1.name),
    ',"avatarUrl":', coalesce(ficha_json($5::VARCHAR || collaborator_1.avatar_path), 'null'::json), '}') ELSE 'null' END, CASE WHEN (anon_1.kind IN ('CLIENT_CREATED')) THEN concat(
    ',"subjectDeleted":␁4:', json_build_array(client_2.deleted_at), '␂,"subject":', CASE WHEN (client_2.id IS NOT NULL) THEN concat(
    '{"__typename":"Client","id":"cli_', client_2.id, '"}') ELSE 'null' END) WHEN (anon_1.kind IN ('PROSPECT_CONVERTED')) THEN concat(
    ',"subjectDeleted":␁4:', json_build_array(client_2.deleted_at), '␂,"subject":', CASE WHEN (client_2.id IS NOT NULL) THEN concat(
    '{"__typename":"Client","id":"cli_', client_2.id, '"}') ELSE 'null' END,
    ',"prospectState":', CASE WHEN starts_with(CAST(anon_1.details -> 'prospect_state' AS TEXT), '"') THEN CAST(anon_1.details -> 'prospect_state' AS TEXT) WHEN (coalesce(CAST(anon_1.details -> 'prospect_state' AS TEXT), 'null') = 'null') THEN 'null' ELSE '␁0:␂' END,
    ',"prospect":', CASE WHEN starts_with(CAST(anon_1.details -> 'prospect' AS TEXT), '"') THEN CAST(anon_1.details -> 'prospect' AS TEXT) WHEN (coalesce(CAST(anon_1.details -> 'prospect' AS TEXT), 'null') = 'null') THEN 'null' ELSE '␁0:␂' END) WHEN (anon_1.kind IN ('PROSPECT_STATE_CHANGED')) THEN concat(
    ',"subjectDeleted":␁4:', json_build_array(client_2.deleted_at), '␂,"subject":', CASE WHEN (client_2.id IS NOT NULL) THEN concat(
    '{"__typename":"Client","id":"cli_', client_2.id, '"}') ELSE 'null' END,
    ',"fromProspectState":', CASE WHEN starts_with(CAST(anon_1.details -> 'from_prospect_state' AS TEXT), '"') THEN CAST(anon_1.details -> 'from_prospect_state' AS TEXT) WHEN (coalesce(CAST(anon_1.details -> 'from_prospect_state' AS TEXT), 'null') = 'null') THEN 'null' ELSE '␁0:␂' END,
    ',"toProspectState":', CASE WHEN starts_with(CAST(anon_1.details -> 'to_prospect_state' AS TEXT), '"') THEN CAST(anon_1.details -> 'to_prospect_state' AS TEXT) ELSE '␁0:␂' END) WHEN (anon_1.kind IN ('SALES_DOCUMENT_ISSUED')) THEN concat(
    ',"subjectDeleted":false,"subject":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN 'QUOTE' THEN 'SalesQuote' WHEN 'SALES_NOTE' THEN 'SalesNote' WHEN 'INVOICE' THEN 'SalesInvoice' WHEN 'CREDIT_NOTE' THEN 'SalesCreditNote' ELSE '␁0:␂' END, '","id":"doc_', sales_document_1.id, '"', CASE WHEN (sales_document_1.type IN ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')) THEN '' ELSE '␁0:␂' END, '}') ELSE 'null' END,
    ',"documentType":', CASE WHEN (CAST(anon_1.details -> 'type' AS TEXT) IN ('"CREDIT_NOTE"', '"INVOICE"', '"QUOTE"', '"SALES_NOTE"')) THEN CAST(anon_1.details -> 'type' AS TEXT) ELSE '␁0:␂' END,
    ',"folio":', CASE WHEN starts_with(CAST(anon_1.details -> 'folio' AS TEXT), '"') THEN CAST(anon_1.details -> 'folio' AS TEXT) ELSE '␁0:␂' END,
    ',"total":', CASE WHEN starts_with(CAST(anon_1.details -> 'total' AS TEXT), '"') THEN CAST(anon_1.details -> 'total' AS TEXT) ELSE '␁0:␂' END,
    ',"currency":', CASE WHEN starts_with(CAST(anon_1.details -> 'currency' AS TEXT), '"') THEN CAST(anon_1.details -> 'currency' AS TEXT) ELSE '␁0:␂' END,
    ',"salesDocument":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN 'QUOTE' THEN 'SalesQuote' WHEN 'SALES_NOTE' THEN 'SalesNote' WHEN 'INVOICE' THEN 'SalesInvoice' WHEN 'CREDIT_NOTE' THEN 'SalesCreditNote' ELSE '␁0:␂' END, '","id":"doc_', sales_document_1.id, '"', CASE WHEN (sales_document_1.type IN ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')) THEN '' ELSE '␁0:␂' END, '}') ELSE 'null' END) WHEN (anon_1.kind IN ('SALES_DOCUMENT_CONVERTED')) THEN concat(
    ',"subjectDeleted":false,"subject":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN 'QUOTE' THEN 'SalesQuote' WHEN 'SALES_NOTE' THEN 'SalesNote' WHEN 'INVOICE' THEN 'SalesInvoice' WHEN 'CREDIT_NOTE' THEN 'SalesCreditNote' ELSE '␁0:␂' END, '","id":"doc_', sales_document_1.id, '"', CASE WHEN (sales_document_1.type IN ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')) THEN '' ELSE '␁0:␂' END, '}') ELSE 'null' END,
    ',"fromType":', CASE WHEN (CAST(anon_1.details -> 'from_type' AS TEXT) IN ('"CREDIT_NOTE"', '"INVOICE"', '"QUOTE"', '"SALES_NOTE"')) THEN CAST(anon_1.details -> 'from_type' AS TEXT) ELSE '␁0:␂' END,
    ',"fromFolio":', CASE WHEN starts_with(CAST(anon_1.details -> 'from_folio' AS TEXT), '"') THEN CAST(anon_1.details -> 'from_folio' AS TEXT) ELSE '␁0:␂' END,
    ',"toType":', CASE WHEN (CAST(anon_1.details -> 'to_type' AS TEXT) IN ('"CREDIT_NOTE"', '"INVOICE"', '"QUOTE"', '"SALES_NOTE"')) THEN CAST(anon_1.details -> 'to_type' AS TEXT) ELSE '␁0:␂' END,
    ',"toFolio":', CASE WHEN starts_with(CAST(anon_1.details -> 'to_folio' AS TEXT), '"') THEN CAST(anon_1.details -> 'to_folio' AS TEXT) ELSE '␁0:␂' END,
    ',"salesDocument":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN 'QUOTE' THEN 'SalesQuote' WHEN 'SALES_NOTE' THEN 'SalesNote' WHEN 'INVOICE' THEN 'SalesInvoice' WHEN 'CREDIT_NOTE' THEN 'SalesCreditNote' ELSE '␁0:␂' END, '","id":"doc_', sales_document_1.id, '"', CASE WHEN (sales_document_1.type IN ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')) THEN '' ELSE '␁0:␂' END, '}') ELSE 'null' END,
    ',"originDocument":', CASE WHEN (sales_document_2.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_2.type WHEN 'QUOTE' THEN 'SalesQuote' WHEN 'SALES_NOTE' THEN 'SalesNote' WHEN 'INVOICE' THEN 'SalesInvoice' WHEN 'CREDIT_NOTE' THEN 'SalesCreditNote' ELSE '␁0:␂' END, '","id":"doc_', sales_document_2.id, '"', CASE WHEN (sales_document_2.type IN ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')) THEN '' ELSE '␁0:␂' END, '}') ELSE 'null' END) WHEN (anon_1.kind IN ('SALES_DOCUMENT_STATE_CHANGED')) THEN concat(
    ',"subjectDeleted":false,"subject":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN 'QUOTE' THEN 'SalesQuote' WHEN 'SALES_NOTE' THEN 'SalesNote' WHEN 'INVOICE' THEN 'SalesInvoice' WHEN 'CREDIT_NOTE' THEN 'SalesCreditNote' ELSE '␁0:␂' END, '","id":"doc_', sales_document_1.id, '"', CASE WHEN (sales_document_1.type IN ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')) THEN '' ELSE '␁0:␂' END, '}') ELSE 'null' END,
    ',"documentType":', CASE WHEN (CAST(anon_1.details -> 'type' AS TEXT) IN ('"CREDIT_NOTE"', '"INVOICE"', '"QUOTE"', '"SALES_NOTE"')) THEN CAST(anon_1.details -> 'type' AS TEXT) ELSE '␁0:␂' END,
    ',"folio":', CASE WHEN starts_with(CAST(anon_1.details -> 'folio' AS TEXT), '"') THEN CAST(anon_1.details -> 'folio' AS TEXT) ELSE '␁0:␂' END,
    ',"fromState":', CASE WHEN (CAST(anon_1.details -> 'from_state' AS TEXT) IN ('"ACCEPTED"', '"CANCELLED"', '"CONVERTED"', '"DRAFT"', '"PAID"', '"PARTIALLY_PAID"', '"REJECTED"', '"SENT"', '"STAMPED"', '"VIEWED"')) THEN CAST(anon_1.details -> 'from_state' AS TEXT) ELSE '␁0:␂' END,
    ',"toState":', CASE WHEN (CAST(anon_1.details -> 'to_state' AS TEXT) IN ('"ACCEPTED"', '"CANCELLED"', '"CONVERTED"', '"DRAFT"', '"PAID"', '"PARTIALLY_PAID"', '"REJECTED"', '"SENT"', '"STAMPED"', '"VIEWED"')) THEN CAST(anon_1.details -> 'to_state' AS TEXT) ELSE '␁0:␂' END,
    ',"salesDocument":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN 'QUOTE' THEN 'SalesQuote' WHEN 'SALES_NOTE' THEN 'SalesNote' WHEN 'INVOICE' THEN 'SalesInvoice' WHEN 'CREDIT_NOTE' THEN 'SalesCreditNote' ELSE '␁0:␂' END, '","id":"doc_', sales_document_1.id, '"', CASE WHEN (sales_document_1.type IN ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')) THEN '' ELSE '␁0:␂' END, '}') ELSE 'null' END) WHEN (anon_1.kind IN ('SALES_DOCUMENT_CHANGED')) THEN concat(
    ',"subjectDeleted":false,"subject":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN 'QUOTE' THEN 'SalesQuote' WHEN 'SALES_NOTE' THEN 'SalesNote' WHEN 'INVOICE' THEN 'SalesInvoice' WHEN 'CREDIT_NOTE' THEN 'SalesCreditNote' ELSE '␁0:␂' END, '","id":"doc_', sales_document_1.id, '"', CASE WHEN (sales_document_1.type IN ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')) THEN '' ELSE '␁0:␂' END, '}') ELSE 'null' END,
    ',"change":', CASE WHEN (CAST(anon_1.details -> 'change' AS TEXT) IN ('"CREATED"', '"DELETED"', '"REORDERED"', '"RESTORED"', '"UPDATED"')) THEN CAST(anon_1.details -> 'change' AS TEXT) ELSE '␁0:␂' END,
    ',"changeLabel":␁5:', json_build_array(anon_1.kind, anon_1.details - ARRAY['body', 'changes']), '␂,"label":', CASE WHEN starts_with(CAST(anon_1.details -> 'label' AS TEXT), '"') THEN CAST(anon_1.details -> 'label' AS TEXT) ELSE '␁0:␂' END,
    ',"changes":␁6:', json_build_array(anon_1.kind, anon_1.details), '␂') WHEN (anon_1.kind IN ('SALES_DOCUMENT_STAMPED')) THEN concat(
    ',"subjectDeleted":false,"subject":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN 'QUOTE' THEN 'SalesQuote' WHEN 'SALES_NOTE' THEN 'SalesNote' WHEN 'INVOICE' THEN 'SalesInvoice' WHEN 'CREDIT_NOTE' THEN 'SalesCreditNote' ELSE '␁0:␂' END, '","id":"doc_', sales_document_1.id, '"', CASE WHEN (sales_document_1.type IN ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')) THEN '' ELSE '␁0:␂' END, '}') ELSE 'null' END,
    ',"documentType":', CASE WHEN (CAST(anon_1.details -> 'type' AS TEXT) IN ('"CREDIT_NOTE"', '"INVOICE"', '"QUOTE"', '"SALES_NOTE"')) THEN CAST(anon_1.details -> 'type' AS TEXT) ELSE '␁0:␂' END,
    ',"folio":', CASE WHEN starts_with(CAST(anon_1.details -> 'folio' AS TEXT), '"') THEN CAST(anon_1.details -> 'folio' AS TEXT) ELSE '␁0:␂' END,
    ',"uuid":', CASE WHEN starts_with(CAST(anon_1.details -> 'uuid' AS TEXT), '"') THEN CAST(anon_1.details -> 'uuid' AS TEXT) ELSE '␁0:␂' END,
    ',"salesDocument":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN 'QUOTE' THEN 'SalesQuote' WHEN 'SALES_NOTE' THEN 'SalesNote' WHEN 'INVOICE' THEN 'SalesInvoice' WHEN 'CREDIT_NOTE' THEN 'SalesCreditNote' ELSE '␁0:␂' END, '","id":"doc_', sales_document_1.id, '"', CASE WHEN (sales_document_1.type IN ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')) THEN '' ELSE '␁0:␂' END, '}') ELSE 'null' END) WHEN (anon_1.kind IN ('SALES_DOCUMENT_READINESS_OVERRIDDEN')) THEN concat(
    ',"subjectDeleted":false,"subject":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN 'QUOTE' THEN 'SalesQuote' WHEN 'SALES_NOTE' THEN 'SalesNote' WHEN 'INVOICE' THEN 'SalesInvoice' WHEN 'CREDIT_NOTE' THEN 'SalesCreditNote' ELSE '␁0:␂' END, '","id":"doc_', sales_document_1.id, '"', CASE WHEN (sales_document_1.type IN ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')) THEN '' ELSE '␁0:␂' END, '}') ELSE 'null' END,
    ',"documentType":', CASE WHEN (CAST(anon_1.details -> 'type' AS TEXT) IN ('"CREDIT_NOTE"', '"INVOICE"', '"QUOTE"', '"SALES_NOTE"')) THEN CAST(anon_1.details -> 'type' AS TEXT) ELSE '␁0:␂' END,
    ',"folio":', CASE WHEN starts_with(CAST(anon_1.details -> 'folio' AS TEXT), '"') THEN CAST(anon_1.details -> 'folio' AS TEXT) ELSE '␁0:␂' END,
    ',"problems":', CASE WHEN starts_with(CAST(anon_1.details -> 'problems' AS TEXT), '"') THEN CAST(anon_1.details -> 'problems' AS TEXT) ELSE '␁0:␂' END,
    ',"reason":', CASE WHEN starts_with(CAST(anon_1.details -> 'reason' AS TEXT), '"') THEN CAST(anon_1.details -> 'reason' AS TEXT) ELSE '␁0:␂' END,
    ',"salesDocument":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN 'QUOTE' THEN 'SalesQuote' WHEN 'SALES_NOTE' THEN 'SalesNote' WHEN 'INVOICE' THEN 'SalesInvoice' WHEN 'CREDIT_NOTE' THEN 'SalesCreditNote' ELSE '␁0:␂' END, '","id":"doc_', sales_document_1.id, '"', CASE WHEN (sales_document_1.type IN ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')) THEN '' ELSE '␁0:␂' END, '}') ELSE 'null' END) WHEN (anon_1.kind IN ('SALES_DOCUMENT_CANCELLATION_REQUESTED')) THEN concat(
    ',"subjectDeleted":false,"subject":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN 'QUOTE' THEN 'SalesQuote' WHEN 'SALES_NOTE' THEN 'SalesNote' WHEN 'INVOICE' THEN 'SalesInvoice' WHEN 'CREDIT_NOTE' THEN 'SalesCreditNote' ELSE '␁0:␂' END, '","id":"doc_', sales_document_1.id, '"', CASE WHEN (sales_document_1.type IN ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')) THEN '' ELSE '␁0:␂' END, '}') ELSE 'null' END,
    ',"documentType":', CASE WHEN (CAST(anon_1.details -> 'type' AS TEXT) IN ('"CREDIT_NOTE"', '"INVOICE"', '"QUOTE"', '"SALES_NOTE"')) THEN CAST(anon_1.details -> 'type' AS TEXT) ELSE '␁0:␂' END,
    ',"folio":', CASE WHEN starts_with(CAST(anon_1.details -> 'folio' AS TEXT), '"') THEN CAST(anon_1.details -> 'folio' AS TEXT) ELSE '␁0:␂' END,
    ',"cancellationReason":', CASE WHEN (CAST(anon_1.details -> 'reason' AS TEXT) IN ('"ERRORS_WITHOUT_RELATION"', '"ERRORS_WITH_RELATION"', '"NOMINATIVE_IN_GLOBAL_INVOICE"', '"OPERATION_NOT_CARRIED_OUT"')) THEN CAST(anon_1.details -> 'reason' AS TEXT) ELSE '␁0:␂' END,
    ',"substituteUuid":', CASE WHEN starts_with(CAST(anon_1.details -> 'substitute_uuid' AS TEXT), '"') THEN CAST(anon_1.details -> 'substitute_uuid' AS TEXT) WHEN (coalesce(CAST(anon_1.details -> 'substitute_uuid' AS TEXT), 'null') = 'null') THEN 'null' ELSE '␁0:␂' END,
    ',"salesDocument":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN 'QUOTE' THEN 'SalesQuote' WHEN 'SALES_NOTE' THEN 'SalesNote' WHEN 'INVOICE' THEN 'SalesInvoice' WHEN 'CREDIT_NOTE' THEN 'SalesCreditNote' ELSE '␁0:␂' END, '","id":"doc_', sales_document_1.id, '"', CASE WHEN (sales_document_1.type IN ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')) THEN '' ELSE '␁0:␂' END, '}') ELSE 'null' END) WHEN (anon_1.kind IN ('SALES_DOCUMENT_CANCELLATION_REPORTED')) THEN concat(
    ',"subjectDeleted":false,"subject":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN 'QUOTE' THEN 'SalesQuote' WHEN 'SALES_NOTE' THEN 'SalesNote' WHEN 'INVOICE' THEN 'SalesInvoice' WHEN 'CREDIT_NOTE' THEN 'SalesCreditNote' ELSE '␁0:␂' END, '","id":"doc_', sales_document_1.id, '"', CASE WHEN (sales_document_1.type IN ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')) THEN '' ELSE '␁0:␂' END, '}') ELSE 'null' END,
    ',"documentType":', CASE WHEN (CAST(anon_1.details -> 'type' AS TEXT) IN ('"CREDIT_NOTE"', '"INVOICE"', '"QUOTE"', '"SALES_NOTE"')) THEN CAST(anon_1.details -> 'type' AS TEXT) ELSE '␁0:␂' END,
    ',"folio":', CASE WHEN starts_with(CAST(anon_1.details -> 'folio' AS TEXT), '"') THEN CAST(anon_1.details -> 'folio' AS TEXT) ELSE '␁0:␂' END,
    ',"fromSatState":', CASE WHEN (CAST(anon_1.details -> 'from_sat_state' AS TEXT) IN ('"ACCEPTED"', '"ACCEPTED_BY_SILENCE"', '"CANCELLABLE_WITHOUT_ACCEPTANCE"', '"CANCELLED_WITHOUT_ACCEPTANCE"', '"IN_PROCESS"', '"NOT_CANCELLABLE"', '"REFUSED"', '"REQUESTED"')) THEN CAST(anon_1.details -> 'from_sat_state' AS TEXT) WHEN (coalesce(CAST(anon_1.details -> 'from_sat_state' AS TEXT), 'null') = 'null') THEN 'null' ELSE '␁0:␂' END,
    ',"toSatState":', CASE WHEN (CAST(anon_1.details -> 'to_sat_state' AS TEXT) IN ('"ACCEPTED"', '"ACCEPTED_BY_SILENCE"', '"CANCELLABLE_WITHOUT_ACCEPTANCE"', '"CANCELLED_WITHOUT_ACCEPTANCE"', '"IN_PROCESS"', '"NOT_CANCELLABLE"', '"REFUSED"', '"REQUESTED"')) THEN CAST(anon_1.details -> 'to_sat_state' AS TEXT) ELSE '␁0:␂' END,
    ',"salesDocument":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN 'QUOTE' THEN 'SalesQuote' WHEN 'SALES_NOTE' THEN 'SalesNote' WHEN 'INVOICE' THEN 'SalesInvoice' WHEN 'CREDIT_NOTE' THEN 'SalesCreditNote' ELSE '␁0:␂' END, '","id":"doc_', sales_document_1.id, '"', CASE WHEN (sales_document_1.type IN ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')) THEN '' ELSE '␁0:␂' END, '}') ELSE 'null' END) WHEN (anon_1.kind IN ('SALES_DOCUMENT_PAYMENT_REGISTERED')) THEN concat(
    ',"subjectDeleted":false,"subject":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN 'QUOTE' THEN 'SalesQuote' WHEN 'SALES_NOTE' THEN 'SalesNote' WHEN 'INVOICE' THEN 'SalesInvoice' WHEN 'CREDIT_NOTE' THEN 'SalesCreditNote' ELSE '␁0:␂' END, '","id":"doc_', sales_document_1.id, '"', CASE WHEN (sales_document_1.type IN ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')) THEN '' ELSE '␁0:␂' END, '}') ELSE 'null' END,
    ',"documentType":', CASE WHEN (CAST(anon_1.details -> 'type' AS TEXT) IN ('"CREDIT_NOTE"', '"INVOICE"', '"QUOTE"', '"SALES_NOTE"')) THEN CAST(anon_1.details -> 'type' AS TEXT) ELSE '␁0:␂' END,
    ',"folio":', CASE WHEN starts_with(CAST(anon_1.details -> 'folio' AS TEXT), '"') THEN CAST(anon_1.details -> 'folio' AS TEXT) ELSE '␁0:␂' END,
    ',"amount":', CASE WHEN starts_with(CAST(anon_1.details -> 'amount' AS TEXT), '"') THEN CAST(anon_1.details -> 'amount' AS TEXT) ELSE '␁0:␂' END,
    ',"currency":', CASE WHEN starts_with(CAST(anon_1.details -> 'currency' AS TEXT), '"') THEN CAST(anon_1.details -> 'currency' AS TEXT) ELSE '␁0:␂' END,
    ',"salesDocument":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN 'QUOTE' THEN 'SalesQuote' WHEN 'SALES_NOTE' THEN 'SalesNote' WHEN 'INVOICE' THEN 'SalesInvoice' WHEN 'CREDIT_NOTE' THEN 'SalesCreditNote' ELSE '␁0:␂' END, '","id":"doc_', sales_document_1.id, '"', CASE WHEN (sales_document_1.type IN ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')) THEN '' ELSE '␁0:␂' END, '}') ELSE 'null' END) WHEN (anon_1.kind IN ('SALES_DOCUMENT_PAYMENT_REVERSED')) THEN concat(
    ',"subjectDeleted":false,"subject":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN 'QUOTE' THEN 'SalesQuote' WHEN 'SALES_NOTE' THEN 'SalesNote' WHEN 'INVOICE' THEN 'SalesInvoice' WHEN 'CREDIT_NOTE' THEN 'SalesCreditNote' ELSE '␁0:␂' END, '","id":"doc_', sales_document_1.id, '"', CASE WHEN (sales_document_1.type IN ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')) THEN '' ELSE '␁0:␂' END, '}') ELSE 'null' END,
    ',"documentType":', CASE WHEN (CAST(anon_1.details -> 'type' AS TEXT) IN ('"CREDIT_NOTE"', '"INVOICE"', '"QUOTE"', '"SALES_NOTE"')) THEN CAST(anon_1.details -> 'type' AS TEXT) ELSE '␁0:␂' END,
    ',"folio":', CASE WHEN starts_with(CAST(anon_1.details -> 'folio' AS TEXT), '"') THEN CAST(anon_1.details -> 'folio' AS TEXT) ELSE '␁0:␂' END,
    ',"amount":', CASE WHEN starts_with(CAST(anon_1.details -> 'amount' AS TEXT), '"') THEN CAST(anon_1.details -> 'amount' AS TEXT) ELSE '␁0:␂' END,
    ',"currency":', CASE WHEN starts_with(CAST(anon_1.details -> 'currency' AS TEXT), '"') THEN CAST(anon_1.details -> 'currency' AS TEXT) ELSE '␁0:␂' END,
    ',"salesDocument":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN 'QUOTE' THEN 'SalesQuote' WHEN 'SALES_NOTE' THEN 'SalesNote' WHEN 'INVOICE' THEN 'SalesInvoice' WHEN 'CREDIT_NOTE' THEN 'SalesCreditNote' ELSE '␁0:␂' END, '","id":"doc_', sales_document_1.id, '"', CASE WHEN (sales_document_1.type IN ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')) THEN '' ELSE '␁0:␂' END, '}') ELSE 'null' END) WHEN (anon_1.kind IN ('PAYMENT_RECEIVED')) THEN concat(
    ',"subjectDeleted":␁4:', json_build_array(client_2.deleted_at), '␂,"subject":', CASE WHEN (client_2.id IS NOT NULL) THEN concat(
    '{"__typename":"Client","id":"cli_', client_2.id, '"}') ELSE 'null' END,
    ',"amount":', CASE WHEN starts_with(CAST(anon_1.details -> 'amount' AS TEXT), '"') THEN CAST(anon_1.details -> 'amount' AS TEXT) ELSE '␁0:␂' END,
    ',"currency":', CASE WHEN starts_with(CAST(anon_1.details -> 'currency' AS TEXT), '"') THEN CAST(anon_1.details -> 'currency' AS TEXT) ELSE '␁0:␂' END) WHEN (anon_1.kind IN ('CREDIT_APPLIED')) THEN concat(
    ',"subjectDeleted":false,"subject":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN 'QUOTE' THEN 'SalesQuote' WHEN 'SALES_NOTE' THEN 'SalesNote' WHEN 'INVOICE' THEN 'SalesInvoice' WHEN 'CREDIT_NOTE' THEN 'SalesCreditNote' ELSE '␁0:␂' END, '","id":"doc_', sales_document_1.id, '"', CASE WHEN (sales_document_1.type IN ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')) THEN '' ELSE '␁0:␂' END, '}') ELSE 'null' END,
    ',"documentType":', CASE WHEN (CAST(anon_1.details -> 'type' AS TEXT) IN ('"CREDIT_NOTE"', '"INVOICE"', '"QUOTE"', '"SALES_NOTE"')) THEN CAST(anon_1.details -> 'type' AS TEXT) ELSE '␁0:␂' END,
    ',"folio":', CASE WHEN starts_with(CAST(anon_1.details -> 'folio' AS TEXT), '"') THEN CAST(anon_1.details -> 'folio' AS TEXT) ELSE '␁0:␂' END,
    ',"amount":', CASE WHEN starts_with(CAST(anon_1.details -> 'amount' AS TEXT), '"') THEN CAST(anon_1.details -> 'amount' AS TEXT) ELSE '␁0:␂' END,
    ',"currency":', CASE WHEN starts_with(CAST(anon_1.details -> 'currency' AS TEXT), '"') THEN CAST(anon_1.details -> 'currency' AS TEXT) ELSE '␁0:␂' END,
    ',"salesDocument":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN 'QUOTE' THEN 'SalesQuote' WHEN 'SALES_NOTE' THEN 'SalesNote' WHEN 'INVOICE' THEN 'SalesInvoice' WHEN 'CREDIT_NOTE' THEN 'SalesCreditNote' ELSE '␁0:␂' END, '","id":"doc_', sales_document_1.id, '"', CASE WHEN (sales_document_1.type IN ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')) THEN '' ELSE '␁0:␂' END, '}') ELSE 'null' END) WHEN (anon_1.kind IN ('CREDIT_APPLICATION_UNDONE')) THEN concat(
    ',"subjectDeleted":false,"subject":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN 'QUOTE' THEN 'SalesQuote' WHEN 'SALES_NOTE' THEN 'SalesNote' WHEN 'INVOICE' THEN 'SalesInvoice' WHEN 'CREDIT_NOTE' THEN 'SalesCreditNote' ELSE '␁0:␂' END, '","id":"doc_', sales_document_1.id, '"', CASE WHEN (sales_document_1.type IN ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')) THEN '' ELSE '␁0:␂' END, '}') ELSE 'null' END,
    ',"documentType":', CASE WHEN (CAST(anon_1.details -> 'type' AS TEXT) IN ('"CREDIT_NOTE"', '"INVOICE"', '"QUOTE"', '"SALES_NOTE"')) THEN CAST(anon_1.details -> 'type' AS TEXT) ELSE '␁0:␂' END,
    ',"folio":', CASE WHEN starts_with(CAST(anon_1.details -> 'folio' AS TEXT), '"') THEN CAST(anon_1.details -> 'folio' AS TEXT) ELSE '␁0:␂' END,
    ',"amount":', CASE WHEN starts_with(CAST(anon_1.details -> 'amount' AS TEXT), '"') THEN CAST(anon_1.details -> 'amount' AS TEXT) ELSE '␁0:␂' END,
    ',"currency":', CASE WHEN starts_with(CAST(anon_1.details -> 'currency' AS TEXT), '"') THEN CAST(anon_1.details -> 'currency' AS TEXT) ELSE '␁0:␂' END,
    ',"salesDocument":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN 'QUOTE' THEN 'SalesQuote' WHEN 'SALES_NOTE' THEN 'SalesNote' WHEN 'INVOICE' THEN 'SalesInvoice' WHEN 'CREDIT_NOTE' THEN 'SalesCreditNote' ELSE '␁0:␂' END, '","id":"doc_', sales_document_1.id, '"', CASE WHEN (sales_document_1.type IN ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')) THEN '' ELSE '␁0:␂' END, '}') ELSE 'null' END) WHEN (anon_1.kind IN ('CREDIT_REFUNDED')) THEN concat(
    ',"subjectDeleted":␁4:', json_build_array(client_2.deleted_at), '␂,"subject":', CASE WHEN (client_2.id IS NOT NULL) THEN concat(
    '{"__typename":"Client","id":"cli_', client_2.id, '"}') ELSE 'null' END,
    ',"amount":', CASE WHEN starts_with(CAST(anon_1.details -> 'amount' AS TEXT), '"') THEN CAST(anon_1.details -> 'amount' AS TEXT) ELSE '␁0:␂' END,
    ',"currency":', CASE WHEN starts_with(CAST(anon_1.details -> 'currency' AS TEXT), '"') THEN CAST(anon_1.details -> 'currency' AS TEXT) ELSE '␁0:␂' END) WHEN (anon_1.kind IN ('DEAL_CREATED')) THEN concat(
    ',"subjectDeleted":␁7:', json_build_array(deal_1.deleted_at), '␂,"subject":', CASE WHEN (deal_1.id IS NOT NULL) THEN concat(
    '{"__typename":"ClientDeal","id":"deal_', deal_1.id, '"}') ELSE 'null' END,
    ',"title":', CASE WHEN starts_with(CAST(anon_1.details -> 'title' AS TEXT), '"') THEN CAST(anon_1.details -> 'title' AS TEXT) ELSE '␁0:␂' END,
    ',"estimatedValue":', CASE WHEN starts_with(CAST(anon_1.details -> 'estimated_value' AS TEXT), '"') THEN CAST(anon_1.details -> 'estimated_value' AS TEXT) ELSE '␁0:␂' END,
    ',"currency":', CASE WHEN starts_with(CAST(anon_1.details -> 'currency' AS TEXT), '"') THEN CAST(anon_1.details -> 'currency' AS TEXT) ELSE '␁0:␂' END,
    ',"deal":', CASE WHEN (deal_1.id IS NOT NULL) THEN concat(
    '{"id":"deal_', deal_1.id, '"}') ELSE 'null' END) WHEN (anon_1.kind IN ('DEAL_WON')) THEN concat(
    ',"subjectDeleted":␁7:', json_build_array(deal_1.deleted_at), '␂,"subject":', CASE WHEN (deal_1.id IS NOT NULL) THEN concat(
    '{"__typename":"ClientDeal","id":"deal_', deal_1.id, '"}') ELSE 'null' END,
    ',"title":', CASE WHEN starts_with(CAST(anon_1.details -> 'title' AS TEXT), '"') THEN CAST(anon_1.details -> 'title' AS TEXT) ELSE '␁0:␂' END,
    ',"finalValue":', CASE WHEN starts_with(CAST(anon_1.details -> 'final_value' AS TEXT), '"') THEN CAST(anon_1.details -> 'final_value' AS TEXT) ELSE '␁0:␂' END,
    ',"currency":', CASE WHEN starts_with(CAST(anon_1.details -> 'currency' AS TEXT), '"') THEN CAST(anon_1.details -> 'currency' AS TEXT) ELSE '␁0:␂' END,
    ',"closedOn":', CASE WHEN starts_with(CAST(anon_1.details -> 'closed_on' AS TEXT), '"') THEN CAST(anon_1.details -> 'closed_on' AS TEXT) ELSE '␁0:␂' END,
    ',"deal":', CASE WHEN (deal_1.id IS NOT NULL) THEN concat(
    '{"id":"deal_', deal_1.id, '"}') ELSE 'null' END) WHEN (anon_1.kind IN ('DEAL_LOST')) THEN concat(
    ',"subjectDeleted":␁7:', json_build_array(deal_1.deleted_at), '␂,"subject":', CASE WHEN (deal_1.id IS NOT NULL) THEN concat(
    '{"__typename":"ClientDeal","id":"deal_', deal_1.id, '"}') ELSE 'null' END,
    ',"title":', CASE WHEN starts_with(CAST(anon_1.details -> 'title' AS TEXT), '"') THEN CAST(anon_1.details -> 'title' AS TEXT) ELSE '␁0:␂' END,
    ',"reason":', CASE WHEN starts_with(CAST(anon_1.details -> 'reason' AS TEXT), '"') THEN CAST(anon_1.details -> 'reason' AS TEXT) ELSE '␁0:␂' END,
    ',"closedOn":', CASE WHEN starts_with(CAST(anon_1.details -> 'closed_on' AS TEXT), '"') THEN CAST(anon_1.details -> 'closed_on' AS TEXT) ELSE '␁0:␂' END,
    ',"deal":', CASE WHEN (deal_1.id IS NOT NULL) THEN concat(
    '{"id":"deal_', deal_1.id, '"}') ELSE 'null' END) WHEN (anon_1.kind IN ('DEAL_CLOSED')) THEN concat(
    ',"subjectDeleted":␁7:', json_build_array(deal_1.deleted_at), '␂,"subject":', CASE WHEN (deal_1.id IS NOT NULL) THEN concat(
    '{"__typename":"ClientDeal","id":"deal_', deal_1.id, '"}') ELSE 'null' END,
    ',"title":', CASE WHEN starts_with(CAST(anon_1.details -> 'title' AS TEXT), '"') THEN CAST(anon_1.details -> 'title' AS TEXT) ELSE '␁0:␂' END,
    ',"closedOn":', CASE WHEN starts_with(CAST(anon_1.details -> 'closed_on' AS TEXT), '"') THEN CAST(anon_1.details -> 'closed_on' AS TEXT) ELSE '␁0:␂' END,
    ',"deal":', CASE WHEN (deal_1.id IS NOT NULL) THEN concat(
    '{"id":"deal_', deal_1.id, '"}') ELSE 'null' END) WHEN (anon_1.kind IN ('DEAL_REOPENED')) THEN concat(
    ',"subjectDeleted":␁7:', json_build_array(deal_1.deleted_at), '␂,"subject":', CASE WHEN (deal_1.id IS NOT NULL) THEN concat(
    '{"__typename":"ClientDeal","id":"deal_', deal_1.id, '"}') ELSE 'null' END,
    ',"title":', CASE WHEN starts_with(CAST(anon_1.details -> 'title' AS TEXT), '"') THEN CAST(anon_1.details -> 'title' AS TEXT) ELSE '␁0:␂' END,
    ',"deal":', CASE WHEN (deal_1.id IS NOT NULL) THEN concat(
    '{"id":"deal_', deal_1.id, '"}') ELSE 'null' END) WHEN (anon_1.kind IN ('CLIENT_CHANGED', 'CFDI_PROFILE_CHANGED', 'RECEIVABLE_TERMS_CHANGED', 'PAYMENT_REMINDERS_CHANGED')) THEN concat(
    ',"subjectDeleted":␁4:', json_build_array(client_2.deleted_at), '␂,"subject":', CASE WHEN (client_2.id IS NOT NULL) THEN concat(
    '{"__typename":"Client","id":"cli_', client_2.id, '"}') ELSE 'null' END,
    ',"change":', CASE WHEN (CAST(anon_1.details -> 'change' AS TEXT) IN ('"CREATED"', '"DELETED"', '"REORDERED"', '"RESTORED"', '"UPDATED"')) THEN CAST(anon_1.details -> 'change' AS TEXT) ELSE '␁0:␂' END,
    ',"changeLabel":␁5:', json_build_array(anon_1.kind, anon_1.details - ARRAY['body', 'changes']), '␂,"label":', CASE WHEN starts_with(CAST(anon_1.details -> 'label' AS TEXT), '"') THEN CAST(anon_1.details -> 'label' AS TEXT) ELSE '␁0:␂' END,
    ',"changes":␁6:', json_build_array(anon_1.kind, anon_1.details), '␂') WHEN (anon_1.kind IN ('CONTACT_CHANGED')) THEN concat(
    ',"subjectDeleted":␁8:', json_build_array(contact_1.deleted_at), '␂,"subject":', CASE WHEN (contact_1.id IS NOT NULL) THEN concat(
    '{"__typename":"ClientContact","id":"con_', contact_1.id, '"}') ELSE 'null' END,
    ',"change":', CASE WHEN (CAST(anon_1.details -> 'change' AS TEXT) IN ('"CREATED"', '"DELETED"', '"REORDERED"', '"RESTORED"', '"UPDATED"')) THEN CAST(anon_1.details -> 'change' AS TEXT) ELSE '␁0:␂' END,
    ',"changeLabel":␁5:', json_build_array(anon_1.kind, anon_1.details - ARRAY['body', 'changes']), '␂,"label":', CASE WHEN starts_with(CAST(anon_1.details -> 'label' AS TEXT), '"') THEN CAST(anon_1.details -> 'label' AS TEXT) ELSE '␁0:␂' END,
    ',"changes":␁6:', json_build_array(anon_1.kind, anon_1.details), '␂') WHEN (anon_1.kind IN ('ADDRESS_CHANGED')) THEN concat(
    ',"subjectDeleted":␁9:', json_build_array(address_1.deleted_at), '␂,"subject":', CASE WHEN (address_1.id IS NOT NULL) THEN concat(
    '{"__typename":"ClientAddress","id":"adr_', address_1.id, '"}') ELSE 'null' END,
    ',"change":', CASE WHEN (CAST(anon_1.details -> 'change' AS TEXT) IN ('"CREATED"', '"DELETED"', '"REORDERED"', '"RESTORED"', '"UPDATED"')) THEN CAST(anon_1.details -> 'change' AS TEXT) ELSE '␁0:␂' END,
    ',"changeLabel":␁5:', json_build_array(anon_1.kind, anon_1.details - ARRAY['body', 'changes']), '␂,"label":', CASE WHEN starts_with(CAST(anon_1.details -> 'label' AS TEXT), '"') THEN CAST(anon_1.details -> 'label' AS TEXT) ELSE '␁0:␂' END,
    ',"changes":␁6:', json_build_array(anon_1.kind, anon_1.details), '␂') WHEN (anon_1.kind IN ('BANK_ACCOUNT_CHANGED')) THEN concat(
    ',"subjectDeleted":␁10:', json_build_array(bank_account_1.deleted_at), '␂,"subject":', CASE WHEN (bank_account_1.id IS NOT NULL) THEN concat(
    '{"__typename":"ClientBankAccount","id":"bnk_', bank_account_1.id, '"}') ELSE 'null' END,
    ',"change":', CASE WHEN (CAST(anon_1.details -> 'change' AS TEXT) IN ('"CREATED"', '"DELETED"', '"REORDERED"', '"RESTORED"', '"UPDATED"')) THEN CAST(anon_1.details -> 'change' AS TEXT) ELSE '␁0:␂' END,
    ',"changeLabel":␁5:', json_build_array(anon_1.kind, anon_1.details - ARRAY['body', 'changes']), '␂,"label":', CASE WHEN starts_with(CAST(anon_1.details -> 'label' AS TEXT), '"') THEN CAST(anon_1.details -> 'label' AS TEXT) ELSE '␁0:␂' END,
    ',"changes":␁6:', json_build_array(anon_1.kind, anon_1.details), '␂') WHEN (anon_1.kind IN ('DEAL_CHANGED')) THEN concat(
    ',"subjectDeleted":␁7:', json_build_array(deal_1.deleted_at), '␂,"subject":', CASE WHEN (deal_1.id IS NOT NULL) THEN concat(
    '{"__typename":"ClientDeal","id":"deal_', deal_1.id, '"}') ELSE 'null' END,
    ',"change":', CASE WHEN (CAST(anon_1.details -> 'change' AS TEXT) IN ('"CREATED"', '"DELETED"', '"REORDERED"', '"RESTORED"', '"UPDATED"')) THEN CAST(anon_1.details -> 'change' AS TEXT) ELSE '␁0:␂' END,
    ',"changeLabel":␁5:', json_build_array(anon_1.kind, anon_1.details - ARRAY['body', 'changes']), '␂,"label":', CASE WHEN starts_with(CAST(anon_1.details -> 'label' AS TEXT), '"') THEN CAST(anon_1.details -> 'label' AS TEXT) ELSE '␁0:␂' END,
    ',"changes":␁6:', json_build_array(anon_1.kind, anon_1.details), '␂') WHEN (anon_1.kind IN ('FOLLOW_UP_CHANGED')) THEN concat(
    ',"subjectDeleted":␁11:', json_build_array(follow_up_1.deleted_at), '␂,"subject":', CASE WHEN (follow_up_1.id IS NOT NULL) THEN concat(
    '{"__typename":"FollowUp","id":"seg_', follow_up_1.id, '"}') ELSE 'null' END,
    ',"change":', CASE WHEN (CAST(anon_1.details -> 'change' AS TEXT) IN ('"CREATED"', '"DELETED"', '"REORDERED"', '"RESTORED"', '"UPDATED"')) THEN CAST(anon_1.details -> 'change' AS TEXT) ELSE '␁0:␂' END,
    ',"changeLabel":␁5:', json_build_array(anon_1.kind, anon_1.details - ARRAY['body', 'changes']), '␂,"label":', CASE WHEN starts_with(CAST(anon_1.details -> 'label' AS TEXT), '"') THEN CAST(anon_1.details -> 'label' AS TEXT) ELSE '␁0:␂' END,
    ',"changes":␁6:', json_build_array(anon_1.kind, anon_1.details), '␂') WHEN (anon_1.kind IN ('DOCUMENT_CHANGED')) THEN concat(
    ',"subjectDeleted":␁12:', json_build_array(document_1.deleted_at), '␂,"subject":', CASE WHEN (document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"ClientDocument","id":"file_', document_1.id, '"}') ELSE 'null' END,
    ',"change":', CASE WHEN (CAST(anon_1.details -> 'change' AS TEXT) IN ('"CREATED"', '"DELETED"', '"REORDERED"', '"RESTORED"', '"UPDATED"')) THEN CAST(anon_1.details -> 'change' AS TEXT) ELSE '␁0:␂' END,
    ',"changeLabel":␁5:', json_build_array(anon_1.kind, anon_1.details - ARRAY['body', 'changes']), '␂,"label":', CASE WHEN starts_with(CAST(anon_1.details -> 'label' AS TEXT), '"') THEN CAST(anon_1.details -> 'label' AS TEXT) ELSE '␁0:␂' END,
    ',"changes":␁6:', json_build_array(anon_1.kind, anon_1.details), '␂') WHEN (anon_1.kind IN ('EXTERNAL_CALL', 'EXTERNAL_MESSAGE', 'EXTERNAL_EMAIL', 'EXTERNAL_MEETING', 'EXTERNAL_VISIT', 'EXTERNAL_ORDER', 'EXTERNAL_TICKET', 'EXTERNAL_OTHER')) THEN concat(
    ',"subjectDeleted":␁13:', json_build_array(anon_1.details, deal_1.deleted_at, contact_1.deleted_at, follow_up_1.deleted_at, client_2.deleted_at), '␂,"subject":', CASE WHEN ((anon_1.details ->> 'subject') = 'deal') THEN concat(CASE WHEN (deal_1.id IS NOT NULL) THEN concat(
    '{"__typename":"ClientDeal","id":"deal_', deal_1.id, '"}') ELSE 'null' END) WHEN ((anon_1.details ->> 'subject') = 'sales_document') THEN concat(CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN 'QUOTE' THEN 'SalesQuote' WHEN 'SALES_NOTE' THEN 'SalesNote' WHEN 'INVOICE' THEN 'SalesInvoice' WHEN 'CREDIT_NOTE' THEN 'SalesCreditNote' ELSE '␁0:␂' END, '","id":"doc_', sales_document_1.id, '"', CASE WHEN (sales_document_1.type IN ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')) THEN '' ELSE '␁0:␂' END, '}') ELSE 'null' END) WHEN ((anon_1.details ->> 'subject') = 'contact') THEN concat(CASE WHEN (contact_1.id IS NOT NULL) THEN concat(
    '{"__typename":"ClientContact","id":"con_', contact_1.id, '"}') ELSE 'null' END) WHEN ((anon_1.details ->> 'subject') = 'follow_up') THEN concat(CASE WHEN (follow_up_1.id IS NOT NULL) THEN concat(
    '{"__typename":"FollowUp","id":"seg_', follow_up_1.id, '"}') ELSE 'null' END) ELSE concat(CASE WHEN (client_2.id IS NOT NULL) THEN concat(
    '{"__typename":"Client","id":"cli_', client_2.id, '"}') ELSE 'null' END) END,
    ',"direction":', CASE WHEN (CAST(anon_1.details -> 'direction' AS TEXT) IN ('"INBOUND"', '"OUTBOUND"')) THEN CAST(anon_1.details -> 'direction' AS TEXT) WHEN (coalesce(CAST(anon_1.details -> 'direction' AS TEXT), 'null') = 'null') THEN 'null' ELSE '␁0:␂' END,
    ',"directionLabel":␁14:', CAST(anon_1.details -> 'direction' AS TEXT), '␂,"source":', CASE WHEN starts_with(CAST(anon_1.details -> 'source' AS TEXT), '"') THEN CAST(anon_1.details -> 'source' AS TEXT) ELSE '␁0:␂' END,
    ',"title":', CASE WHEN starts_with(CAST(anon_1.details -> 'title' AS TEXT), '"') THEN CAST(anon_1.details -> 'title' AS TEXT) ELSE '␁0:␂' END,
    ',"body":', CASE WHEN starts_with(CAST(anon_1.details -> 'body' AS TEXT), '"') THEN CAST(anon_1.details -> 'body' AS TEXT) WHEN (coalesce(CAST(anon_1.details -> 'body' AS TEXT), 'null') = 'null') THEN 'null' ELSE '␁0:␂' END,
    ',"url":', CASE WHEN starts_with(CAST(anon_1.details -> 'url' AS TEXT), '"') THEN CAST(anon_1.details -> 'url' AS TEXT) WHEN (coalesce(CAST(anon_1.details -> 'url' AS TEXT), 'null') = 'null') THEN 'null' ELSE '␁0:␂' END) WHEN (anon_1.kind IN (NULL) AND (1 != 1)) THEN '' ELSE '␁0:␂' END, '}'), ',' ORDER BY anon_1.n_) FILTER (
  WHERE anon_1.n_ <= 20), '],"pageInfo":{"hasNextPage":', CASE WHEN (count(*) > 20) THEN 'true' ELSE 'false' END,
    ',"hasPreviousPage":false,"startCursor":', coalesce('"' || max(translate(encode(convert_to(CAST(json_build_array('history_event OCCURRED_AT:DESC', CAST(anon_1.t0_ AS TEXT), CAST(anon_1.t1_ AS TEXT)) AS TEXT), 'UTF8'), 'base64'), E'+/=\n', '-_')) FILTER (
  WHERE anon_1.n_ = 1 AND anon_1.n_ <= 20) || '"', 'null'),
    ',"endCursor":', coalesce('"' || max(translate(encode(convert_to(CAST(json_build_array('history_event OCCURRED_AT:DESC', CAST(anon_1.t0_ AS TEXT), CAST(anon_1.t1_ AS TEXT)) AS TEXT), 'UTF8'), 'base64'), E'+/=\n', '-_')) FILTER (
  WHERE anon_1.n_ = least(anon_1.of_, 20) AND anon_1.n_ <= 20) || '"', 'null'), '}}') AS concat_2
  FROM LATERAL (
    SELECT row_number() OVER () AS n_, count(*) OVER () AS of_, translate(encode(convert_to(CAST(json_build_array('history_event OCCURRED_AT:DESC', CAST(anon_2.t0_ AS TEXT), CAST(anon_2.t1_ AS TEXT)) AS TEXT), 'UTF8'), 'base64'), E'+/=\n', '-_') AS cursor_, anon_2.company_id AS company_id, anon_2.id AS id, anon_2.client_id AS client_id, anon_2.occurred_at AS occurred_at, anon_2.recorded_at AS recorded_at, anon_2.kind AS kind, anon_2.actor_id AS actor_id, anon_2.api_key_id AS api_key_id, anon_2.as_prospect AS as_prospect, anon_2.deal_id AS deal_id, anon_2.sales_document_id AS sales_document_id, anon_2.origin_document_id AS origin_document_id, anon_2.subject_id AS subject_id, anon_2.details AS details, anon_2.created_at AS created_at, anon_2.updated_at AS updated_at, anon_2.said AS said, anon_2.t0_ AS t0_, anon_2.t1_ AS t1_
    FROM LATERAL (
      SELECT history_event_4.company_id AS company_id, history_event_4.id AS id, history_event_4.client_id AS client_id, history_event_4.occurred_at AS occurred_at, history_event_4.recorded_at AS recorded_at, history_event_4.kind AS kind, history_event_4.actor_id AS actor_id, history_event_4.api_key_id AS api_key_id, history_event_4.as_prospect AS as_prospect, history_event_4.deal_id AS deal_id, history_event_4.sales_document_id AS sales_document_id, history_event_4.origin_document_id AS origin_document_id, history_event_4.subject_id AS subject_id, history_event_4.details AS details, history_event_4.recorded_at AS created_at, history_event_4.recorded_at AS updated_at, history_event_4.details - ARRAY['body', 'changes'] AS said, history_event_4.occurred_at AS t0_, history_event_4.id AS t1_
      FROM history_event AS history_event_4
      WHERE history_event_4.company_id = $1::UUID AND (history_event_4.occurred_at >= $2::TIMESTAMP WITH TIME ZONE) AND (history_event_4.occurred_at < $3::TIMESTAMP WITH TIME ZONE) AND history_event_4.kind != ALL ($4::TEXT[]) AND history_event_4.client_id = client_1.id
      ORDER BY history_event_4.occurred_at DESC, history_event_4.id DESC
      LIMIT 21
    ) AS anon_2
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
LEFT OUTER JOIN client AS client_1 ON client_1.id = $6::UUID AND client_1.company_id = $1::UUID
