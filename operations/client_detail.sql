-- $1 here, $2 company_id, $3 hidden_kinds, $4 month_starts, $5 now, $6 a0_key, $7 today
SELECT concat(
  '{"header":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_1.id, '","kind":', CASE WHEN (client_1.kind IN ('CLIENT', 'PROSPECT')) THEN '"' || client_1.kind || '"' ELSE '␁0:␂' END,
  ',"legalName":', ficha_json(client_1.legal_name),
  ',"tradeName":', coalesce(ficha_json(client_1.trade_name), 'null'::json),
  ',"rfc":', coalesce(ficha_json(client_1.rfc), 'null'::json),
  ',"deletedAt":', coalesce('"' || CAST(to_char(client_1.deleted_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '}') ELSE 'null' END,
  ',"administrativePanel":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_1.id, '","availableActions":␁1:', json_build_array(client_1.kind, client_1.deleted_at, client_1.converted_into_id, anon_1.has_files, anon_1.has_sales_documents, anon_1.has_payments, anon_1.has_balance, anon_1.full_contacts, anon_1.full_addresses, anon_1.full_accounts), '␂,"version":', client_1.version, '}') ELSE 'null' END,
  ',"sidePanel":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_1.id, '","owner":', CASE WHEN (collaborator_1.id IS NOT NULL) THEN concat(
  '{"id":"col_', collaborator_1.id, '","name":', ficha_json(collaborator_1.name),
  ',"avatarUrl":', coalesce(ficha_json($1::VARCHAR || collaborator_1.avatar_path), 'null'::json), '}') ELSE 'null' END,
  ',"priceList":', CASE WHEN (price_list_1.id IS NOT NULL) THEN concat(
  '{"id":"prl_', price_list_1.id, '","name":', ficha_json(price_list_1.name),
  ',"currency":', ficha_json(price_list_1.currency), '}') ELSE 'null' END,
  ',"prospectState":', CASE WHEN (prospect_state_1.id IS NOT NULL) THEN concat(
  '{"id":"pst_', prospect_state_1.id, '","name":', ficha_json(prospect_state_1.name), '}') ELSE 'null' END, '}') ELSE 'null' END,
  ',"detailTab":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_1.id, '","contacts":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"con_', contact_1.id, '","name":', ficha_json(contact_1.name),
    ',"jobTitle":', coalesce(ficha_json(contact_1.job_title), 'null'::json),
    ',"email":', coalesce(ficha_json(contact_1.email), 'null'::json),
    ',"phone":', coalesce(ficha_json(contact_1.phone), 'null'::json),
    ',"phoneExtension":', coalesce(ficha_json(contact_1.phone_extension), 'null'::json),
    ',"isPrimary":', CASE WHEN contact_1.is_primary THEN 'true' ELSE 'false' END, '}'), ',' ORDER BY contact_1.position, contact_1.id), ']') AS concat_2
  FROM contact AS contact_1
  WHERE contact_1.company_id = $2::UUID AND contact_1.client_id = client_1.id AND contact_1.deleted_at IS NULL
),
  ',"fiscalAddress":', CASE WHEN (address_1.client_id IS NOT NULL) THEN concat(
  '{"id":"adr_', address_1.id, '","label":', coalesce(ficha_json(address_1.label), 'null'::json),
  ',"street":', ficha_json(address_1.street),
  ',"exteriorNumber":', coalesce(ficha_json(address_1.exterior_number), 'null'::json),
  ',"interiorNumber":', coalesce(ficha_json(address_1.interior_number), 'null'::json),
  ',"neighborhood":', coalesce(ficha_json(address_1.neighborhood), 'null'::json),
  ',"locality":', coalesce(ficha_json(address_1.locality), 'null'::json),
  ',"municipality":', coalesce(ficha_json(address_1.municipality), 'null'::json),
  ',"state":␁2:', CAST(ficha_json(address_1.state) AS TEXT), '␂,"postalCode":', coalesce(ficha_json(address_1.postal_code), 'null'::json),
  ',"country":␁3:', CAST(ficha_json(address_1.country) AS TEXT), '␂,"reference":', coalesce(ficha_json(address_1.reference), 'null'::json), '}') ELSE 'null' END,
  ',"branchAddresses":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"adr_', address_2.id, '","label":', coalesce(ficha_json(address_2.label), 'null'::json),
    ',"street":', ficha_json(address_2.street),
    ',"exteriorNumber":', coalesce(ficha_json(address_2.exterior_number), 'null'::json),
    ',"interiorNumber":', coalesce(ficha_json(address_2.interior_number), 'null'::json),
    ',"neighborhood":', coalesce(ficha_json(address_2.neighborhood), 'null'::json),
    ',"locality":', coalesce(ficha_json(address_2.locality), 'null'::json),
    ',"municipality":', coalesce(ficha_json(address_2.municipality), 'null'::json),
    ',"state":␁4:', CAST(ficha_json(address_2.state) AS TEXT), '␂,"postalCode":', coalesce(ficha_json(address_2.postal_code), 'null'::json),
    ',"country":␁5:', CAST(ficha_json(address_2.country) AS TEXT), '␂,"reference":', coalesce(ficha_json(address_2.reference), 'null'::json), '}'), ',' ORDER BY address_2.position, address_2.id), ']') AS concat_3
  FROM address AS address_2
  WHERE address_2.company_id = $2::UUID AND address_2.client_id = client_1.id AND address_2.kind = 'BRANCH' AND address_2.deleted_at IS NULL
), '}') ELSE 'null' END,
  ',"commercialNote":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_1.id, '","internalNote":', coalesce(ficha_json(client_1.internal_note), 'null'::json), '}') ELSE 'null' END,
  ',"commercialHistory":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_1.id, '","historyMonths":', (
  SELECT concat('[', string_agg(concat(
    '{"month":"', anon_2.month, '","eventCount":', anon_2.event_count, '}'), ','), ']') AS concat_4
  FROM LATERAL (
    SELECT to_char(make_date(2000 + (month.number - 1) / 12, (month.number - 1) % 12 + 1, 1), 'YYYY-MM') AS month, coalesce(anon_3.events, 0) AS event_count
    FROM client AS client_2
    JOIN generate_series(greatest(width_bucket(least(client_2.created_at, (
      SELECT history_event_1.occurred_at
      FROM history_event AS history_event_1
      WHERE history_event_1.company_id = $2::UUID AND history_event_1.client_id = client_1.id AND history_event_1.kind != ALL ($3::TEXT[])
      ORDER BY history_event_1.occurred_at
      LIMIT 1
    )), $4::TIMESTAMP WITH TIME ZONE[]), 1), width_bucket($5::TIMESTAMP WITH TIME ZONE, $4::TIMESTAMP WITH TIME ZONE[])) AS month(number) ON true
    LEFT OUTER JOIN LATERAL (
      SELECT width_bucket(history_event_1.occurred_at, $4::TIMESTAMP WITH TIME ZONE[]) AS month, count(*) AS events
      FROM history_event AS history_event_1
      WHERE history_event_1.company_id = $2::UUID AND history_event_1.client_id = client_1.id AND history_event_1.kind != ALL ($3::TEXT[])
      GROUP BY month
    ) AS anon_3 ON anon_3.month = month.number
    WHERE client_2.company_id = $2::UUID AND client_2.id = client_1.id
    ORDER BY month.number DESC
  ) AS anon_2
),
  ',"history":', (
  SELECT concat(
    '{"nodes":[', string_agg(concat(
    '{"__typename":"', CASE anon_4.kind WHEN 'CLIENT_CREATED' THEN 'ClientCreatedEvent' WHEN 'PROSPECT_CONVERTED' THEN 'ProspectConvertedEvent' WHEN 'PROSPECT_STATE_CHANGED' THEN 'ProspectStateChangedEvent' WHEN 'SALES_DOCUMENT_ISSUED' THEN 'SalesDocumentIssuedEvent' WHEN 'SALES_DOCUMENT_CONVERTED' THEN 'SalesDocumentConvertedEvent' WHEN 'SALES_DOCUMENT_STATE_CHANGED' THEN 'SalesDocumentStateChangedEvent' WHEN 'SALES_DOCUMENT_CHANGED' THEN 'SalesDocumentChangedEvent' WHEN 'SALES_DOCUMENT_STAMPED' THEN 'SalesDocumentStampedEvent' WHEN 'SALES_DOCUMENT_READINESS_OVERRIDDEN' THEN 'SalesDocumentReadinessOverriddenEvent' WHEN 'SALES_DOCUMENT_CANCELLATION_REQUESTED' THEN 'SalesDocumentCancellationRequestedEvent' WHEN 'SALES_DOCUMENT_CANCELLATION_REPORTED' THEN 'SalesDocumentCancellationReportedEvent' WHEN 'SALES_DOCUMENT_PAYMENT_REGISTERED' THEN 'SalesDocumentPaymentRegisteredEvent' WHEN 'SALES_DOCUMENT_PAYMENT_REVERSED' THEN 'SalesDocumentPaymentReversedEvent' WHEN 'PAYMENT_RECEIVED' THEN 'PaymentReceivedEvent' WHEN 'CREDIT_APPLIED' THEN 'CreditAppliedEvent' WHEN 'CREDIT_APPLICATION_UNDONE' THEN 'CreditApplicationUndoneEvent' WHEN 'CREDIT_REFUNDED' THEN 'CreditRefundedEvent' WHEN 'DEAL_CREATED' THEN 'DealCreatedEvent' WHEN 'DEAL_WON' THEN 'DealWonEvent' WHEN 'DEAL_LOST' THEN 'DealLostEvent' WHEN 'DEAL_CLOSED' THEN 'DealClosedEvent' WHEN 'DEAL_REOPENED' THEN 'DealReopenedEvent' WHEN 'CLIENT_CHANGED' THEN 'ClientChangedEvent' WHEN 'CONTACT_CHANGED' THEN 'ContactChangedEvent' WHEN 'ADDRESS_CHANGED' THEN 'AddressChangedEvent' WHEN 'CFDI_PROFILE_CHANGED' THEN 'CfdiProfileChangedEvent' WHEN 'BANK_ACCOUNT_CHANGED' THEN 'BankAccountChangedEvent' WHEN 'RECEIVABLE_TERMS_CHANGED' THEN 'ReceivableTermsChangedEvent' WHEN 'PAYMENT_REMINDERS_CHANGED' THEN 'PaymentRemindersChangedEvent' WHEN 'DEAL_CHANGED' THEN 'DealChangedEvent' WHEN 'FOLLOW_UP_CHANGED' THEN 'FollowUpChangedEvent' WHEN 'DOCUMENT_CHANGED' THEN 'DocumentChangedEvent' ELSE '␁0:␂' END, '","id":"evt_', anon_4.id, '","kind":', CASE WHEN (anon_4.kind IN ('ADDRESS_CHANGED', 'BANK_ACCOUNT_CHANGED', 'CFDI_PROFILE_CHANGED', 'CLIENT_CHANGED', 'CLIENT_CREATED', 'CONTACT_CHANGED', 'CREDIT_APPLICATION_UNDONE', 'CREDIT_APPLIED', 'CREDIT_REFUNDED', 'DEAL_CHANGED', 'DEAL_CLOSED', 'DEAL_CREATED', 'DEAL_LOST', 'DEAL_REOPENED', 'DEAL_WON', 'DOCUMENT_CHANGED', 'FOLLOW_UP_CHANGED', 'PAYMENT_RECEIVED', 'PAYMENT_REMINDERS_CHANGED', 'PROSPECT_CONVERTED', 'PROSPECT_STATE_CHANGED', 'RECEIVABLE_TERMS_CHANGED', 'SALES_DOCUMENT_CANCELLATION_REPORTED', 'SALES_DOCUMENT_CANCELLATION_REQUESTED', 'SALES_DOCUMENT_CHANGED', 'SALES_DOCUMENT_CONVERTED', 'SALES_DOCUMENT_ISSUED', 'SALES_DOCUMENT_PAYMENT_REGISTERED', 'SALES_DOCUMENT_PAYMENT_REVERSED', 'SALES_DOCUMENT_READINESS_OVERRIDDEN', 'SALES_DOCUMENT_STAMPED', 'SALES_DOCUMENT_STATE_CHANGED')) THEN '"' || anon_4.kind || '"' ELSE '␁0:␂' END,
    ',"occurredAt":"', to_char(anon_4.occurred_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","asProspect":', CASE WHEN anon_4.as_prospect THEN 'true' ELSE 'false' END,
    ',"actor":', CASE WHEN (collaborator_2.id IS NOT NULL) THEN concat(
    '{"id":"col_', collaborator_2.id, '","name":', ficha_json(collaborator_2.name),
    ',"avatarUrl":', coalesce(ficha_json($1::VARCHAR || collaborator_2.avatar_path), 'null'::json), '}') ELSE 'null' END, CASE WHEN (anon_4.kind IN ('PROSPECT_CONVERTED')) THEN concat(
    ',"prospectState":', CASE WHEN starts_with(CAST(anon_4.details -> 'prospect_state' AS TEXT), '"') THEN CAST(anon_4.details -> 'prospect_state' AS TEXT) WHEN (coalesce(CAST(anon_4.details -> 'prospect_state' AS TEXT), 'null') = 'null') THEN 'null' ELSE '␁0:␂' END,
    ',"prospect":', CASE WHEN starts_with(CAST(anon_4.details -> 'prospect' AS TEXT), '"') THEN CAST(anon_4.details -> 'prospect' AS TEXT) WHEN (coalesce(CAST(anon_4.details -> 'prospect' AS TEXT), 'null') = 'null') THEN 'null' ELSE '␁0:␂' END) WHEN (anon_4.kind IN ('PROSPECT_STATE_CHANGED')) THEN concat(
    ',"fromProspectState":', CASE WHEN starts_with(CAST(anon_4.details -> 'from_prospect_state' AS TEXT), '"') THEN CAST(anon_4.details -> 'from_prospect_state' AS TEXT) WHEN (coalesce(CAST(anon_4.details -> 'from_prospect_state' AS TEXT), 'null') = 'null') THEN 'null' ELSE '␁0:␂' END,
    ',"toProspectState":', CASE WHEN starts_with(CAST(anon_4.details -> 'to_prospect_state' AS TEXT), '"') THEN CAST(anon_4.details -> 'to_prospect_state' AS TEXT) ELSE '␁0:␂' END) WHEN (anon_4.kind IN ('SALES_DOCUMENT_ISSUED')) THEN concat(
    ',"documentType":', CASE WHEN (CAST(anon_4.details -> 'type' AS TEXT) IN ('"CREDIT_NOTE"', '"INVOICE"', '"QUOTE"', '"SALES_NOTE"')) THEN CAST(anon_4.details -> 'type' AS TEXT) ELSE '␁0:␂' END,
    ',"folio":', CASE WHEN starts_with(CAST(anon_4.details -> 'folio' AS TEXT), '"') THEN CAST(anon_4.details -> 'folio' AS TEXT) ELSE '␁0:␂' END,
    ',"total":', CASE WHEN starts_with(CAST(anon_4.details -> 'total' AS TEXT), '"') THEN CAST(anon_4.details -> 'total' AS TEXT) ELSE '␁0:␂' END,
    ',"currency":', CASE WHEN starts_with(CAST(anon_4.details -> 'currency' AS TEXT), '"') THEN CAST(anon_4.details -> 'currency' AS TEXT) ELSE '␁0:␂' END,
    ',"salesDocument":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN 'QUOTE' THEN 'SalesQuote' WHEN 'SALES_NOTE' THEN 'SalesNote' WHEN 'INVOICE' THEN 'SalesInvoice' WHEN 'CREDIT_NOTE' THEN 'SalesCreditNote' ELSE '␁0:␂' END, '","id":"doc_', sales_document_1.id, '"', CASE WHEN (sales_document_1.type IN ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')) THEN '' ELSE '␁0:␂' END, '}') ELSE 'null' END) WHEN (anon_4.kind IN ('SALES_DOCUMENT_CONVERTED')) THEN concat(
    ',"fromType":', CASE WHEN (CAST(anon_4.details -> 'from_type' AS TEXT) IN ('"CREDIT_NOTE"', '"INVOICE"', '"QUOTE"', '"SALES_NOTE"')) THEN CAST(anon_4.details -> 'from_type' AS TEXT) ELSE '␁0:␂' END,
    ',"fromFolio":', CASE WHEN starts_with(CAST(anon_4.details -> 'from_folio' AS TEXT), '"') THEN CAST(anon_4.details -> 'from_folio' AS TEXT) ELSE '␁0:␂' END,
    ',"toType":', CASE WHEN (CAST(anon_4.details -> 'to_type' AS TEXT) IN ('"CREDIT_NOTE"', '"INVOICE"', '"QUOTE"', '"SALES_NOTE"')) THEN CAST(anon_4.details -> 'to_type' AS TEXT) ELSE '␁0:␂' END,
    ',"toFolio":', CASE WHEN starts_with(CAST(anon_4.details -> 'to_folio' AS TEXT), '"') THEN CAST(anon_4.details -> 'to_folio' AS TEXT) ELSE '␁0:␂' END,
    ',"salesDocument":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN 'QUOTE' THEN 'SalesQuote' WHEN 'SALES_NOTE' THEN 'SalesNote' WHEN 'INVOICE' THEN 'SalesInvoice' WHEN 'CREDIT_NOTE' THEN 'SalesCreditNote' ELSE '␁0:␂' END, '","id":"doc_', sales_document_1.id, '"', CASE WHEN (sales_document_1.type IN ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')) THEN '' ELSE '␁0:␂' END, '}') ELSE 'null' END,
    ',"originDocument":', CASE WHEN (sales_document_2.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_2.type WHEN 'QUOTE' THEN 'SalesQuote' WHEN 'SALES_NOTE' THEN 'SalesNote' WHEN 'INVOICE' THEN 'SalesInvoice' WHEN 'CREDIT_NOTE' THEN 'SalesCreditNote' ELSE '␁0:␂' END, '","id":"doc_', sales_document_2.id, '"', CASE WHEN (sales_document_2.type IN ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')) THEN '' ELSE '␁0:␂' END, '}') ELSE 'null' END) WHEN (anon_4.kind IN ('SALES_DOCUMENT_STATE_CHANGED')) THEN concat(
    ',"documentType":', CASE WHEN (CAST(anon_4.details -> 'type' AS TEXT) IN ('"CREDIT_NOTE"', '"INVOICE"', '"QUOTE"', '"SALES_NOTE"')) THEN CAST(anon_4.details -> 'type' AS TEXT) ELSE '␁0:␂' END,
    ',"folio":', CASE WHEN starts_with(CAST(anon_4.details -> 'folio' AS TEXT), '"') THEN CAST(anon_4.details -> 'folio' AS TEXT) ELSE '␁0:␂' END,
    ',"fromState":', CASE WHEN (CAST(anon_4.details -> 'from_state' AS TEXT) IN ('"ACCEPTED"', '"CANCELLED"', '"CONVERTED"', '"DRAFT"', '"PAID"', '"PARTIALLY_PAID"', '"REJECTED"', '"SENT"', '"STAMPED"', '"VIEWED"')) THEN CAST(anon_4.details -> 'from_state' AS TEXT) ELSE '␁0:␂' END,
    ',"toState":', CASE WHEN (CAST(anon_4.details -> 'to_state' AS TEXT) IN ('"ACCEPTED"', '"CANCELLED"', '"CONVERTED"', '"DRAFT"', '"PAID"', '"PARTIALLY_PAID"', '"REJECTED"', '"SENT"', '"STAMPED"', '"VIEWED"')) THEN CAST(anon_4.details -> 'to_state' AS TEXT) ELSE '␁0:␂' END,
    ',"salesDocument":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN 'QUOTE' THEN 'SalesQuote' WHEN 'SALES_NOTE' THEN 'SalesNote' WHEN 'INVOICE' THEN 'SalesInvoice' WHEN 'CREDIT_NOTE' THEN 'SalesCreditNote' ELSE '␁0:␂' END, '","id":"doc_', sales_document_1.id, '"', CASE WHEN (sales_document_1.type IN ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')) THEN '' ELSE '␁0:␂' END, '}') ELSE 'null' END) WHEN (anon_4.kind IN ('SALES_DOCUMENT_CHANGED', 'CLIENT_CHANGED', 'CONTACT_CHANGED', 'ADDRESS_CHANGED', 'CFDI_PROFILE_CHANGED', 'BANK_ACCOUNT_CHANGED', 'RECEIVABLE_TERMS_CHANGED', 'PAYMENT_REMINDERS_CHANGED', 'DEAL_CHANGED', 'FOLLOW_UP_CHANGED', 'DOCUMENT_CHANGED')) THEN concat(
    ',"change":', CASE WHEN (CAST(anon_4.details -> 'change' AS TEXT) IN ('"CREATED"', '"DELETED"', '"REORDERED"', '"RESTORED"', '"UPDATED"')) THEN CAST(anon_4.details -> 'change' AS TEXT) ELSE '␁0:␂' END,
    ',"label":', CASE WHEN starts_with(CAST(anon_4.details -> 'label' AS TEXT), '"') THEN CAST(anon_4.details -> 'label' AS TEXT) ELSE '␁0:␂' END,
    ',"changes":␁6:', json_build_array(anon_4.details), '␂') WHEN (anon_4.kind IN ('SALES_DOCUMENT_STAMPED')) THEN concat(
    ',"documentType":', CASE WHEN (CAST(anon_4.details -> 'type' AS TEXT) IN ('"CREDIT_NOTE"', '"INVOICE"', '"QUOTE"', '"SALES_NOTE"')) THEN CAST(anon_4.details -> 'type' AS TEXT) ELSE '␁0:␂' END,
    ',"folio":', CASE WHEN starts_with(CAST(anon_4.details -> 'folio' AS TEXT), '"') THEN CAST(anon_4.details -> 'folio' AS TEXT) ELSE '␁0:␂' END,
    ',"uuid":', CASE WHEN starts_with(CAST(anon_4.details -> 'uuid' AS TEXT), '"') THEN CAST(anon_4.details -> 'uuid' AS TEXT) ELSE '␁0:␂' END,
    ',"salesDocument":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN 'QUOTE' THEN 'SalesQuote' WHEN 'SALES_NOTE' THEN 'SalesNote' WHEN 'INVOICE' THEN 'SalesInvoice' WHEN 'CREDIT_NOTE' THEN 'SalesCreditNote' ELSE '␁0:␂' END, '","id":"doc_', sales_document_1.id, '"', CASE WHEN (sales_document_1.type IN ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')) THEN '' ELSE '␁0:␂' END, '}') ELSE 'null' END) WHEN (anon_4.kind IN ('SALES_DOCUMENT_READINESS_OVERRIDDEN')) THEN concat(
    ',"documentType":', CASE WHEN (CAST(anon_4.details -> 'type' AS TEXT) IN ('"CREDIT_NOTE"', '"INVOICE"', '"QUOTE"', '"SALES_NOTE"')) THEN CAST(anon_4.details -> 'type' AS TEXT) ELSE '␁0:␂' END,
    ',"folio":', CASE WHEN starts_with(CAST(anon_4.details -> 'folio' AS TEXT), '"') THEN CAST(anon_4.details -> 'folio' AS TEXT) ELSE '␁0:␂' END,
    ',"problems":', CASE WHEN starts_with(CAST(anon_4.details -> 'problems' AS TEXT), '"') THEN CAST(anon_4.details -> 'problems' AS TEXT) ELSE '␁0:␂' END,
    ',"reason":', CASE WHEN starts_with(CAST(anon_4.details -> 'reason' AS TEXT), '"') THEN CAST(anon_4.details -> 'reason' AS TEXT) ELSE '␁0:␂' END,
    ',"salesDocument":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN 'QUOTE' THEN 'SalesQuote' WHEN 'SALES_NOTE' THEN 'SalesNote' WHEN 'INVOICE' THEN 'SalesInvoice' WHEN 'CREDIT_NOTE' THEN 'SalesCreditNote' ELSE '␁0:␂' END, '","id":"doc_', sales_document_1.id, '"', CASE WHEN (sales_document_1.type IN ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')) THEN '' ELSE '␁0:␂' END, '}') ELSE 'null' END) WHEN (anon_4.kind IN ('SALES_DOCUMENT_CANCELLATION_REQUESTED')) THEN concat(
    ',"documentType":', CASE WHEN (CAST(anon_4.details -> 'type' AS TEXT) IN ('"CREDIT_NOTE"', '"INVOICE"', '"QUOTE"', '"SALES_NOTE"')) THEN CAST(anon_4.details -> 'type' AS TEXT) ELSE '␁0:␂' END,
    ',"folio":', CASE WHEN starts_with(CAST(anon_4.details -> 'folio' AS TEXT), '"') THEN CAST(anon_4.details -> 'folio' AS TEXT) ELSE '␁0:␂' END,
    ',"cancellationReason":', CASE WHEN (CAST(anon_4.details -> 'reason' AS TEXT) IN ('"ERRORS_WITHOUT_RELATION"', '"ERRORS_WITH_RELATION"', '"NOMINATIVE_IN_GLOBAL_INVOICE"', '"OPERATION_NOT_CARRIED_OUT"')) THEN CAST(anon_4.details -> 'reason' AS TEXT) ELSE '␁0:␂' END,
    ',"substituteUuid":', CASE WHEN starts_with(CAST(anon_4.details -> 'substitute_uuid' AS TEXT), '"') THEN CAST(anon_4.details -> 'substitute_uuid' AS TEXT) WHEN (coalesce(CAST(anon_4.details -> 'substitute_uuid' AS TEXT), 'null') = 'null') THEN 'null' ELSE '␁0:␂' END,
    ',"salesDocument":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN 'QUOTE' THEN 'SalesQuote' WHEN 'SALES_NOTE' THEN 'SalesNote' WHEN 'INVOICE' THEN 'SalesInvoice' WHEN 'CREDIT_NOTE' THEN 'SalesCreditNote' ELSE '␁0:␂' END, '","id":"doc_', sales_document_1.id, '"', CASE WHEN (sales_document_1.type IN ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')) THEN '' ELSE '␁0:␂' END, '}') ELSE 'null' END) WHEN (anon_4.kind IN ('SALES_DOCUMENT_CANCELLATION_REPORTED')) THEN concat(
    ',"documentType":', CASE WHEN (CAST(anon_4.details -> 'type' AS TEXT) IN ('"CREDIT_NOTE"', '"INVOICE"', '"QUOTE"', '"SALES_NOTE"')) THEN CAST(anon_4.details -> 'type' AS TEXT) ELSE '␁0:␂' END,
    ',"folio":', CASE WHEN starts_with(CAST(anon_4.details -> 'folio' AS TEXT), '"') THEN CAST(anon_4.details -> 'folio' AS TEXT) ELSE '␁0:␂' END,
    ',"fromSatState":', CASE WHEN (CAST(anon_4.details -> 'from_sat_state' AS TEXT) IN ('"ACCEPTED"', '"ACCEPTED_BY_SILENCE"', '"CANCELLABLE_WITHOUT_ACCEPTANCE"', '"CANCELLED_WITHOUT_ACCEPTANCE"', '"IN_PROCESS"', '"NOT_CANCELLABLE"', '"REFUSED"', '"REQUESTED"')) THEN CAST(anon_4.details -> 'from_sat_state' AS TEXT) WHEN (coalesce(CAST(anon_4.details -> 'from_sat_state' AS TEXT), 'null') = 'null') THEN 'null' ELSE '␁0:␂' END,
    ',"toSatState":', CASE WHEN (CAST(anon_4.details -> 'to_sat_state' AS TEXT) IN ('"ACCEPTED"', '"ACCEPTED_BY_SILENCE"', '"CANCELLABLE_WITHOUT_ACCEPTANCE"', '"CANCELLED_WITHOUT_ACCEPTANCE"', '"IN_PROCESS"', '"NOT_CANCELLABLE"', '"REFUSED"', '"REQUESTED"')) THEN CAST(anon_4.details -> 'to_sat_state' AS TEXT) ELSE '␁0:␂' END,
    ',"salesDocument":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN 'QUOTE' THEN 'SalesQuote' WHEN 'SALES_NOTE' THEN 'SalesNote' WHEN 'INVOICE' THEN 'SalesInvoice' WHEN 'CREDIT_NOTE' THEN 'SalesCreditNote' ELSE '␁0:␂' END, '","id":"doc_', sales_document_1.id, '"', CASE WHEN (sales_document_1.type IN ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')) THEN '' ELSE '␁0:␂' END, '}') ELSE 'null' END) WHEN (anon_4.kind IN ('SALES_DOCUMENT_PAYMENT_REGISTERED')) THEN concat(
    ',"documentType":', CASE WHEN (CAST(anon_4.details -> 'type' AS TEXT) IN ('"CREDIT_NOTE"', '"INVOICE"', '"QUOTE"', '"SALES_NOTE"')) THEN CAST(anon_4.details -> 'type' AS TEXT) ELSE '␁0:␂' END,
    ',"folio":', CASE WHEN starts_with(CAST(anon_4.details -> 'folio' AS TEXT), '"') THEN CAST(anon_4.details -> 'folio' AS TEXT) ELSE '␁0:␂' END,
    ',"amount":', CASE WHEN starts_with(CAST(anon_4.details -> 'amount' AS TEXT), '"') THEN CAST(anon_4.details -> 'amount' AS TEXT) ELSE '␁0:␂' END,
    ',"currency":', CASE WHEN starts_with(CAST(anon_4.details -> 'currency' AS TEXT), '"') THEN CAST(anon_4.details -> 'currency' AS TEXT) ELSE '␁0:␂' END,
    ',"salesDocument":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN 'QUOTE' THEN 'SalesQuote' WHEN 'SALES_NOTE' THEN 'SalesNote' WHEN 'INVOICE' THEN 'SalesInvoice' WHEN 'CREDIT_NOTE' THEN 'SalesCreditNote' ELSE '␁0:␂' END, '","id":"doc_', sales_document_1.id, '"', CASE WHEN (sales_document_1.type IN ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')) THEN '' ELSE '␁0:␂' END, '}') ELSE 'null' END) WHEN (anon_4.kind IN ('SALES_DOCUMENT_PAYMENT_REVERSED')) THEN concat(
    ',"documentType":', CASE WHEN (CAST(anon_4.details -> 'type' AS TEXT) IN ('"CREDIT_NOTE"', '"INVOICE"', '"QUOTE"', '"SALES_NOTE"')) THEN CAST(anon_4.details -> 'type' AS TEXT) ELSE '␁0:␂' END,
    ',"folio":', CASE WHEN starts_with(CAST(anon_4.details -> 'folio' AS TEXT), '"') THEN CAST(anon_4.details -> 'folio' AS TEXT) ELSE '␁0:␂' END,
    ',"amount":', CASE WHEN starts_with(CAST(anon_4.details -> 'amount' AS TEXT), '"') THEN CAST(anon_4.details -> 'amount' AS TEXT) ELSE '␁0:␂' END,
    ',"currency":', CASE WHEN starts_with(CAST(anon_4.details -> 'currency' AS TEXT), '"') THEN CAST(anon_4.details -> 'currency' AS TEXT) ELSE '␁0:␂' END,
    ',"salesDocument":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN 'QUOTE' THEN 'SalesQuote' WHEN 'SALES_NOTE' THEN 'SalesNote' WHEN 'INVOICE' THEN 'SalesInvoice' WHEN 'CREDIT_NOTE' THEN 'SalesCreditNote' ELSE '␁0:␂' END, '","id":"doc_', sales_document_1.id, '"', CASE WHEN (sales_document_1.type IN ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')) THEN '' ELSE '␁0:␂' END, '}') ELSE 'null' END) WHEN (anon_4.kind IN ('PAYMENT_RECEIVED')) THEN concat(
    ',"amount":', CASE WHEN starts_with(CAST(anon_4.details -> 'amount' AS TEXT), '"') THEN CAST(anon_4.details -> 'amount' AS TEXT) ELSE '␁0:␂' END,
    ',"currency":', CASE WHEN starts_with(CAST(anon_4.details -> 'currency' AS TEXT), '"') THEN CAST(anon_4.details -> 'currency' AS TEXT) ELSE '␁0:␂' END) WHEN (anon_4.kind IN ('CREDIT_APPLIED')) THEN concat(
    ',"documentType":', CASE WHEN (CAST(anon_4.details -> 'type' AS TEXT) IN ('"CREDIT_NOTE"', '"INVOICE"', '"QUOTE"', '"SALES_NOTE"')) THEN CAST(anon_4.details -> 'type' AS TEXT) ELSE '␁0:␂' END,
    ',"folio":', CASE WHEN starts_with(CAST(anon_4.details -> 'folio' AS TEXT), '"') THEN CAST(anon_4.details -> 'folio' AS TEXT) ELSE '␁0:␂' END,
    ',"amount":', CASE WHEN starts_with(CAST(anon_4.details -> 'amount' AS TEXT), '"') THEN CAST(anon_4.details -> 'amount' AS TEXT) ELSE '␁0:␂' END,
    ',"currency":', CASE WHEN starts_with(CAST(anon_4.details -> 'currency' AS TEXT), '"') THEN CAST(anon_4.details -> 'currency' AS TEXT) ELSE '␁0:␂' END,
    ',"salesDocument":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN 'QUOTE' THEN 'SalesQuote' WHEN 'SALES_NOTE' THEN 'SalesNote' WHEN 'INVOICE' THEN 'SalesInvoice' WHEN 'CREDIT_NOTE' THEN 'SalesCreditNote' ELSE '␁0:␂' END, '","id":"doc_', sales_document_1.id, '"', CASE WHEN (sales_document_1.type IN ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')) THEN '' ELSE '␁0:␂' END, '}') ELSE 'null' END) WHEN (anon_4.kind IN ('CREDIT_APPLICATION_UNDONE')) THEN concat(
    ',"documentType":', CASE WHEN (CAST(anon_4.details -> 'type' AS TEXT) IN ('"CREDIT_NOTE"', '"INVOICE"', '"QUOTE"', '"SALES_NOTE"')) THEN CAST(anon_4.details -> 'type' AS TEXT) ELSE '␁0:␂' END,
    ',"folio":', CASE WHEN starts_with(CAST(anon_4.details -> 'folio' AS TEXT), '"') THEN CAST(anon_4.details -> 'folio' AS TEXT) ELSE '␁0:␂' END,
    ',"amount":', CASE WHEN starts_with(CAST(anon_4.details -> 'amount' AS TEXT), '"') THEN CAST(anon_4.details -> 'amount' AS TEXT) ELSE '␁0:␂' END,
    ',"currency":', CASE WHEN starts_with(CAST(anon_4.details -> 'currency' AS TEXT), '"') THEN CAST(anon_4.details -> 'currency' AS TEXT) ELSE '␁0:␂' END,
    ',"salesDocument":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', CASE sales_document_1.type WHEN 'QUOTE' THEN 'SalesQuote' WHEN 'SALES_NOTE' THEN 'SalesNote' WHEN 'INVOICE' THEN 'SalesInvoice' WHEN 'CREDIT_NOTE' THEN 'SalesCreditNote' ELSE '␁0:␂' END, '","id":"doc_', sales_document_1.id, '"', CASE WHEN (sales_document_1.type IN ('QUOTE', 'SALES_NOTE', 'INVOICE', 'CREDIT_NOTE')) THEN '' ELSE '␁0:␂' END, '}') ELSE 'null' END) WHEN (anon_4.kind IN ('CREDIT_REFUNDED')) THEN concat(
    ',"amount":', CASE WHEN starts_with(CAST(anon_4.details -> 'amount' AS TEXT), '"') THEN CAST(anon_4.details -> 'amount' AS TEXT) ELSE '␁0:␂' END,
    ',"currency":', CASE WHEN starts_with(CAST(anon_4.details -> 'currency' AS TEXT), '"') THEN CAST(anon_4.details -> 'currency' AS TEXT) ELSE '␁0:␂' END) WHEN (anon_4.kind IN ('DEAL_CREATED')) THEN concat(
    ',"title":', CASE WHEN starts_with(CAST(anon_4.details -> 'title' AS TEXT), '"') THEN CAST(anon_4.details -> 'title' AS TEXT) ELSE '␁0:␂' END,
    ',"estimatedValue":', CASE WHEN starts_with(CAST(anon_4.details -> 'estimated_value' AS TEXT), '"') THEN CAST(anon_4.details -> 'estimated_value' AS TEXT) ELSE '␁0:␂' END,
    ',"currency":', CASE WHEN starts_with(CAST(anon_4.details -> 'currency' AS TEXT), '"') THEN CAST(anon_4.details -> 'currency' AS TEXT) ELSE '␁0:␂' END,
    ',"deal":', CASE WHEN (deal_1.id IS NOT NULL) THEN concat(
    '{"id":"deal_', deal_1.id, '"}') ELSE 'null' END) WHEN (anon_4.kind IN ('DEAL_WON')) THEN concat(
    ',"title":', CASE WHEN starts_with(CAST(anon_4.details -> 'title' AS TEXT), '"') THEN CAST(anon_4.details -> 'title' AS TEXT) ELSE '␁0:␂' END,
    ',"finalValue":', CASE WHEN starts_with(CAST(anon_4.details -> 'final_value' AS TEXT), '"') THEN CAST(anon_4.details -> 'final_value' AS TEXT) ELSE '␁0:␂' END,
    ',"currency":', CASE WHEN starts_with(CAST(anon_4.details -> 'currency' AS TEXT), '"') THEN CAST(anon_4.details -> 'currency' AS TEXT) ELSE '␁0:␂' END,
    ',"closedOn":', CASE WHEN starts_with(CAST(anon_4.details -> 'closed_on' AS TEXT), '"') THEN CAST(anon_4.details -> 'closed_on' AS TEXT) ELSE '␁0:␂' END,
    ',"deal":', CASE WHEN (deal_1.id IS NOT NULL) THEN concat(
    '{"id":"deal_', deal_1.id, '"}') ELSE 'null' END) WHEN (anon_4.kind IN ('DEAL_LOST')) THEN concat(
    ',"title":', CASE WHEN starts_with(CAST(anon_4.details -> 'title' AS TEXT), '"') THEN CAST(anon_4.details -> 'title' AS TEXT) ELSE '␁0:␂' END,
    ',"reason":', CASE WHEN starts_with(CAST(anon_4.details -> 'reason' AS TEXT), '"') THEN CAST(anon_4.details -> 'reason' AS TEXT) ELSE '␁0:␂' END,
    ',"closedOn":', CASE WHEN starts_with(CAST(anon_4.details -> 'closed_on' AS TEXT), '"') THEN CAST(anon_4.details -> 'closed_on' AS TEXT) ELSE '␁0:␂' END,
    ',"deal":', CASE WHEN (deal_1.id IS NOT NULL) THEN concat(
    '{"id":"deal_', deal_1.id, '"}') ELSE 'null' END) WHEN (anon_4.kind IN ('DEAL_CLOSED')) THEN concat(
    ',"title":', CASE WHEN starts_with(CAST(anon_4.details -> 'title' AS TEXT), '"') THEN CAST(anon_4.details -> 'title' AS TEXT) ELSE '␁0:␂' END,
    ',"closedOn":', CASE WHEN starts_with(CAST(anon_4.details -> 'closed_on' AS TEXT), '"') THEN CAST(anon_4.details -> 'closed_on' AS TEXT) ELSE '␁0:␂' END,
    ',"deal":', CASE WHEN (deal_1.id IS NOT NULL) THEN concat(
    '{"id":"deal_', deal_1.id, '"}') ELSE 'null' END) WHEN (anon_4.kind IN ('DEAL_REOPENED')) THEN concat(
    ',"title":', CASE WHEN starts_with(CAST(anon_4.details -> 'title' AS TEXT), '"') THEN CAST(anon_4.details -> 'title' AS TEXT) ELSE '␁0:␂' END,
    ',"deal":', CASE WHEN (deal_1.id IS NOT NULL) THEN concat(
    '{"id":"deal_', deal_1.id, '"}') ELSE 'null' END) WHEN (anon_4.kind IN ('CLIENT_CREATED')) THEN '' ELSE '␁0:␂' END, '}'), ',' ORDER BY anon_4.n_) FILTER (
  WHERE anon_4.n_ <= 20), '],"pageInfo":{"hasNextPage":', CASE WHEN (count(*) > 20) THEN 'true' ELSE 'false' END,
    ',"endCursor":', coalesce('"' || max(translate(encode(convert_to(CAST(json_build_array('history_event OCCURRED_AT:DESC', CAST(anon_4.t0_ AS TEXT), CAST(anon_4.t1_ AS TEXT)) AS TEXT), 'UTF8'), 'base64'), E'+/=\n', '-_')) FILTER (
  WHERE anon_4.n_ = least(anon_4.of_, 20) AND anon_4.n_ <= 20) || '"', 'null'), '}}') AS concat_5
  FROM LATERAL (
    SELECT row_number() OVER () AS n_, count(*) OVER () AS of_, translate(encode(convert_to(CAST(json_build_array('history_event OCCURRED_AT:DESC', CAST(anon_5.t0_ AS TEXT), CAST(anon_5.t1_ AS TEXT)) AS TEXT), 'UTF8'), 'base64'), E'+/=\n', '-_') AS cursor_, anon_5.company_id AS company_id, anon_5.id AS id, anon_5.client_id AS client_id, anon_5.occurred_at AS occurred_at, anon_5.recorded_at AS recorded_at, anon_5.kind AS kind, anon_5.actor_id AS actor_id, anon_5.api_key_id AS api_key_id, anon_5.as_prospect AS as_prospect, anon_5.deal_id AS deal_id, anon_5.sales_document_id AS sales_document_id, anon_5.origin_document_id AS origin_document_id, anon_5.details AS details, anon_5.t0_ AS t0_, anon_5.t1_ AS t1_
    FROM LATERAL (
      SELECT history_event_2.company_id AS company_id, history_event_2.id AS id, history_event_2.client_id AS client_id, history_event_2.occurred_at AS occurred_at, history_event_2.recorded_at AS recorded_at, history_event_2.kind AS kind, history_event_2.actor_id AS actor_id, history_event_2.api_key_id AS api_key_id, history_event_2.as_prospect AS as_prospect, history_event_2.deal_id AS deal_id, history_event_2.sales_document_id AS sales_document_id, history_event_2.origin_document_id AS origin_document_id, history_event_2.details AS details, history_event_2.occurred_at AS t0_, history_event_2.id AS t1_
      FROM history_event AS history_event_2
      WHERE history_event_2.company_id = $2::UUID AND true AND history_event_2.kind != ALL ($3::TEXT[]) AND history_event_2.client_id = client_1.id
      ORDER BY history_event_2.occurred_at DESC, history_event_2.id DESC
      LIMIT 21
    ) AS anon_5
  ) AS anon_4
  LEFT OUTER JOIN collaborator AS collaborator_2 ON collaborator_2.company_id = $2::UUID AND collaborator_2.id = anon_4.actor_id
  LEFT OUTER JOIN sales_document AS sales_document_1 ON sales_document_1.company_id = $2::UUID AND sales_document_1.id = anon_4.sales_document_id
  LEFT OUTER JOIN sales_document AS sales_document_2 ON sales_document_2.company_id = $2::UUID AND sales_document_2.id = anon_4.origin_document_id
  LEFT OUTER JOIN deal AS deal_1 ON deal_1.company_id = $2::UUID AND deal_1.id = anon_4.deal_id
), '}') ELSE 'null' END,
  ',"followUpsTab":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_1.id, '","followUps":', (
  SELECT concat(
    '{"nodes":[', string_agg(concat(
    '{"id":"seg_', anon_6.id, '","key":', ficha_json(anon_6.key),
    ',"name":', ficha_json(anon_6.name),
    ',"type":', CASE WHEN (anon_6.type IN ('CALL', 'EMAIL', 'MEETING', 'OTHER', 'VISIT', 'WHATSAPP')) THEN '"' || anon_6.type || '"' ELSE '␁0:␂' END,
    ',"startsAt":"', to_char(anon_6.starts_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","endsAt":"', to_char(anon_6.ends_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","priority":', CASE WHEN (anon_6.priority IN ('HIGH', 'LOW', 'MEDIUM', 'URGENT')) THEN '"' || anon_6.priority || '"' ELSE '␁0:␂' END,
    ',"state":', CASE WHEN (anon_6.state IN ('CANCELLED', 'DONE', 'IN_PROGRESS', 'PENDING')) THEN '"' || anon_6.state || '"' ELSE '␁0:␂' END,
    ',"isOverdue":', CASE WHEN (anon_6.ends_at < $5::TIMESTAMP WITH TIME ZONE AND anon_6.state IN ('PENDING', 'IN_PROGRESS')) THEN 'true' WHEN ((anon_6.ends_at < $5::TIMESTAMP WITH TIME ZONE AND anon_6.state IN ('PENDING', 'IN_PROGRESS')) IS NULL) THEN '␁0:␂' ELSE 'false' END,
    ',"deal":', CASE WHEN (deal_2.id IS NOT NULL) THEN concat(
    '{"id":"deal_', deal_2.id, '","title":', ficha_json(deal_2.title), '}') ELSE 'null' END,
    ',"assignee":', CASE WHEN (collaborator_3.id IS NOT NULL) THEN concat(
    '{"id":"col_', collaborator_3.id, '","name":', ficha_json(collaborator_3.name),
    ',"avatarUrl":', coalesce(ficha_json($1::VARCHAR || collaborator_3.avatar_path), 'null'::json), '}') ELSE 'null' END, '}'), ',' ORDER BY anon_6.n_) FILTER (
  WHERE anon_6.n_ <= 20), '],"pageInfo":{"hasNextPage":', CASE WHEN (count(*) > 20) THEN 'true' ELSE 'false' END,
    ',"endCursor":', coalesce('"' || max(translate(encode(convert_to(CAST(json_build_array('follow_up STARTS_AT:DESC', CAST(anon_6.t0_ AS TEXT), CAST(anon_6.t1_ AS TEXT)) AS TEXT), 'UTF8'), 'base64'), E'+/=\n', '-_')) FILTER (
  WHERE anon_6.n_ = least(anon_6.of_, 20) AND anon_6.n_ <= 20) || '"', 'null'), '}}') AS concat_6
  FROM LATERAL (
    SELECT row_number() OVER () AS n_, count(*) OVER () AS of_, translate(encode(convert_to(CAST(json_build_array('follow_up STARTS_AT:DESC', CAST(anon_7.t0_ AS TEXT), CAST(anon_7.t1_ AS TEXT)) AS TEXT), 'UTF8'), 'base64'), E'+/=\n', '-_') AS cursor_, anon_7.company_id AS company_id, anon_7.id AS id, anon_7.client_id AS client_id, anon_7.deal_id AS deal_id, anon_7.number AS number, anon_7.key AS key, anon_7.name AS name, anon_7.description AS description, anon_7.type AS type, anon_7.starts_at AS starts_at, anon_7.ends_at AS ends_at, anon_7.priority AS priority, anon_7.assignee_id AS assignee_id, anon_7.state AS state, anon_7.completed_at AS completed_at, anon_7.created_by_id AS created_by_id, anon_7.version AS version, anon_7.created_at AS created_at, anon_7.updated_at AS updated_at, anon_7.deleted_at AS deleted_at, anon_7.is_overdue AS is_overdue, anon_7.t0_ AS t0_, anon_7.t1_ AS t1_
    FROM LATERAL (
      SELECT follow_up_1.company_id AS company_id, follow_up_1.id AS id, follow_up_1.client_id AS client_id, follow_up_1.deal_id AS deal_id, follow_up_1.number AS number, follow_up_1.key AS key, follow_up_1.name AS name, follow_up_1.description AS description, follow_up_1.type AS type, follow_up_1.starts_at AS starts_at, follow_up_1.ends_at AS ends_at, follow_up_1.priority AS priority, follow_up_1.assignee_id AS assignee_id, follow_up_1.state AS state, follow_up_1.completed_at AS completed_at, follow_up_1.created_by_id AS created_by_id, follow_up_1.version AS version, follow_up_1.created_at AS created_at, follow_up_1.updated_at AS updated_at, follow_up_1.deleted_at AS deleted_at, follow_up_1.ends_at < $5::TIMESTAMP WITH TIME ZONE AND follow_up_1.state IN ('PENDING', 'IN_PROGRESS') AS is_overdue, follow_up_1.starts_at AS t0_, follow_up_1.id AS t1_
      FROM follow_up AS follow_up_1
      WHERE follow_up_1.company_id = $2::UUID AND true AND follow_up_1.deleted_at IS NULL AND follow_up_1.client_id = client_1.id
      ORDER BY follow_up_1.starts_at DESC, follow_up_1.id DESC
      LIMIT 21
    ) AS anon_7
  ) AS anon_6
  LEFT OUTER JOIN deal AS deal_2 ON deal_2.company_id = $2::UUID AND deal_2.id = anon_6.deal_id
  LEFT OUTER JOIN collaborator AS collaborator_3 ON collaborator_3.company_id = $2::UUID AND collaborator_3.id = anon_6.assignee_id
), '}') ELSE 'null' END,
  ',"billingReceivables":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_1.id, '","receivables":{"terms":', CASE WHEN (anon_8.terms IN ('CASH', 'CREDIT')) THEN '"' || anon_8.terms || '"' WHEN (anon_8.terms IS NULL) THEN 'null' ELSE '␁0:␂' END,
  ',"creditDays":', coalesce(CAST(anon_8.credit_days AS TEXT), 'null'),
  ',"creditLimit":', coalesce('"' || CAST(anon_8.credit_limit AS TEXT) || '"', 'null'),
  ',"balance":"', anon_8.balance, '","overdueBalance":"', anon_8.overdue_balance, '","creditUsed":"', anon_8.credit_used, '","creditAvailable":', coalesce('"' || CAST(anon_8.credit_available AS TEXT) || '"', 'null'), '}}') ELSE 'null' END,
  ',"billingReminders":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_1.id, '","paymentReminders":', CASE WHEN (payment_reminders_1.client_id IS NOT NULL) THEN concat(
  '{"enabled":', CASE WHEN payment_reminders_1.enabled THEN 'true' ELSE 'false' END,
  ',"rules":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"rul_', reminder_rule_1.id, '","moment":', CASE WHEN (reminder_rule_1.moment IN ('AFTER', 'BEFORE', 'ON')) THEN '"' || reminder_rule_1.moment || '"' ELSE '␁0:␂' END,
    ',"days":', reminder_rule_1.days,
    ',"hour":', reminder_rule_1.hour,
    ',"repeatEveryDays":', coalesce(CAST(reminder_rule_1.repeat_every_days AS TEXT), 'null'),
    ',"repeatAtMost":', coalesce(CAST(reminder_rule_1.repeat_at_most AS TEXT), 'null'), '}'), ',' ORDER BY reminder_rule_1.position, reminder_rule_1.id), ']') AS concat_7
  FROM reminder_rule AS reminder_rule_1
  WHERE reminder_rule_1.company_id = $2::UUID AND reminder_rule_1.client_id = payment_reminders_1.client_id
),
  ',"recipients":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"con_', contact_2.id, '","name":', ficha_json(contact_2.name),
    ',"email":', coalesce(ficha_json(contact_2.email), 'null'::json), '}'), ',' ORDER BY contact_2.position, contact_2.id), ']') AS concat_8
  FROM contact AS contact_2
  WHERE contact_2.company_id = $2::UUID AND contact_2.client_id = payment_reminders_1.client_id AND contact_2.receives_reminders AND contact_2.deleted_at IS NULL
),
  ',"cc":', array_to_json(payment_reminders_1.cc),
  ',"attachPdf":', CASE WHEN payment_reminders_1.attach_pdf THEN 'true' ELSE 'false' END,
  ',"attachXml":', CASE WHEN payment_reminders_1.attach_xml THEN 'true' ELSE 'false' END,
  ',"workingDaysOnly":', CASE WHEN payment_reminders_1.working_days_only THEN 'true' ELSE 'false' END, '}') ELSE 'null' END, '}') ELSE 'null' END,
  ',"billingCfdi":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_1.id, '","cfdiProfile":', CASE WHEN (cfdi_profile_1.client_id IS NOT NULL) THEN concat(
  '{"id":"cfp_', cfdi_profile_1.id, '","rfc":', coalesce(ficha_json(cfdi_profile_1.rfc), 'null'::json),
  ',"name":', coalesce(ficha_json(cfdi_profile_1.name), 'null'::json),
  ',"taxRegime":␁7:', CAST(ficha_json(cfdi_profile_1.tax_regime) AS TEXT), '␂,"cfdiUse":␁8:', CAST(ficha_json(cfdi_profile_1.cfdi_use) AS TEXT), '␂,"postalCode":', coalesce(ficha_json(cfdi_profile_1.postal_code), 'null'::json),
  ',"paymentForm":␁9:', CAST(ficha_json(cfdi_profile_1.payment_form) AS TEXT), '␂,"paymentMethod":␁10:', CAST(ficha_json(cfdi_profile_1.payment_method) AS TEXT), '␂,"currency":␁11:', CAST(ficha_json(cfdi_profile_1.currency) AS TEXT), '␂}') ELSE 'null' END,
  ',"cfdiReadiness":␁12:', json_build_array(cfdi_profile_1.rfc, cfdi_profile_1.name, cfdi_profile_1.tax_regime, cfdi_profile_1.cfdi_use, cfdi_profile_1.postal_code, cfdi_profile_1.payment_form, cfdi_profile_1.payment_method, cfdi_profile_1.currency, cfdi_profile_1.tax_residence, cfdi_profile_1.tax_id, cfdi_profile_1.taxpayer_status), '␂}') ELSE 'null' END,
  ',"billingBank":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_1.id, '","bankAccounts":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"bnk_', bank_account_1.id, '","role":', CASE WHEN (bank_account_1.role IN ('DEPOSIT', 'PAYER')) THEN '"' || bank_account_1.role || '"' ELSE '␁0:␂' END,
    ',"bank":␁13:', CAST(ficha_json(bank_account_1.bank_code) AS TEXT), '␂,"bankName":', coalesce(ficha_json(bank_account_1.bank_name), 'null'::json),
    ',"bankRfc":', coalesce(ficha_json(bank_account_1.bank_rfc), 'null'::json),
    ',"paymentForm":␁14:', CAST(ficha_json(bank_account_1.payment_form) AS TEXT), '␂,"accountNumber":␁15:', json_build_array(bank_account_1.account_number), '␂,"description":', coalesce(ficha_json(bank_account_1.description), 'null'::json),
    ',"isDefault":', CASE WHEN bank_account_1.is_default THEN 'true' ELSE 'false' END, '}'), ',' ORDER BY bank_account_1.position, bank_account_1.id), ']') AS concat_9
  FROM bank_account AS bank_account_1
  WHERE bank_account_1.company_id = $2::UUID AND bank_account_1.client_id = client_1.id AND bank_account_1.deleted_at IS NULL
), '}') ELSE 'null' END,
  ',"documentsTab":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_1.id, '","documents":', (
  SELECT concat(
    '{"nodes":[', string_agg(concat(
    '{"id":"file_', anon_9.id, '","kind":', CASE WHEN (anon_9.kind IN ('CANCELLATION_ACUSE', 'CFDI_XML', 'CONTRACT', 'OTHER', 'PAYMENT_RECEIPT', 'TAX_STATUS_CERTIFICATE', 'TECHNICAL')) THEN '"' || anon_9.kind || '"' ELSE '␁0:␂' END,
    ',"name":', ficha_json(anon_9.name),
    ',"description":', coalesce(ficha_json(anon_9.description), 'null'::json),
    ',"contentType":', ficha_json(anon_9.content_type),
    ',"size":', anon_9.size,
    ',"expiresOn":', coalesce('"' || CAST(anon_9.expires_on AS TEXT) || '"', 'null'),
    ',"createdAt":"', to_char(anon_9.created_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","viewUrl":␁16:', json_build_array(anon_9.id, anon_9.object_key, anon_9.name, anon_9.content_type), '␂,"downloadUrl":␁17:', json_build_array(anon_9.id, anon_9.object_key, anon_9.name, anon_9.content_type), '␂,"uploadedBy":', CASE WHEN (collaborator_4.id IS NOT NULL) THEN concat(
    '{"id":"col_', collaborator_4.id, '","name":', ficha_json(collaborator_4.name),
    ',"avatarUrl":', coalesce(ficha_json($1::VARCHAR || collaborator_4.avatar_path), 'null'::json), '}') ELSE 'null' END, '}'), ',' ORDER BY anon_9.n_) FILTER (
  WHERE anon_9.n_ <= 20), '],"pageInfo":{"hasNextPage":', CASE WHEN (count(*) > 20) THEN 'true' ELSE 'false' END,
    ',"endCursor":', coalesce('"' || max(translate(encode(convert_to(CAST(json_build_array('document CREATED_AT:DESC', CAST(anon_9.t0_ AS TEXT), CAST(anon_9.t1_ AS TEXT)) AS TEXT), 'UTF8'), 'base64'), E'+/=\n', '-_')) FILTER (
  WHERE anon_9.n_ = least(anon_9.of_, 20) AND anon_9.n_ <= 20) || '"', 'null'), '}}') AS concat_10
  FROM LATERAL (
    SELECT row_number() OVER () AS n_, count(*) OVER () AS of_, translate(encode(convert_to(CAST(json_build_array('document CREATED_AT:DESC', CAST(anon_10.t0_ AS TEXT), CAST(anon_10.t1_ AS TEXT)) AS TEXT), 'UTF8'), 'base64'), E'+/=\n', '-_') AS cursor_, anon_10.company_id AS company_id, anon_10.id AS id, anon_10.client_id AS client_id, anon_10.kind AS kind, anon_10.name AS name, anon_10.description AS description, anon_10.tags AS tags, anon_10.content_type AS content_type, anon_10.size AS size, anon_10.sha256 AS sha256, anon_10.object_key AS object_key, anon_10.expires_on AS expires_on, anon_10.uploaded_by_id AS uploaded_by_id, anon_10.original_id AS original_id, anon_10.series_id AS series_id, anon_10.revision AS revision, anon_10.replaced_at AS replaced_at, anon_10.reading AS reading, anon_10.version AS version, anon_10.created_at AS created_at, anon_10.updated_at AS updated_at, anon_10.deleted_at AS deleted_at, anon_10.t0_ AS t0_, anon_10.t1_ AS t1_
    FROM LATERAL (
      SELECT document_1.company_id AS company_id, document_1.id AS id, document_1.client_id AS client_id, document_1.kind AS kind, document_1.name AS name, document_1.description AS description, document_1.tags AS tags, document_1.content_type AS content_type, document_1.size AS size, document_1.sha256 AS sha256, document_1.object_key AS object_key, document_1.expires_on AS expires_on, document_1.uploaded_by_id AS uploaded_by_id, document_1.original_id AS original_id, document_1.series_id AS series_id, document_1.revision AS revision, document_1.replaced_at AS replaced_at, document_1.reading AS reading, document_1.version AS version, document_1.created_at AS created_at, document_1.updated_at AS updated_at, document_1.deleted_at AS deleted_at, document_1.created_at AS t0_, document_1.id AS t1_
      FROM document AS document_1
      WHERE document_1.company_id = $2::UUID AND true AND document_1.deleted_at IS NULL AND document_1.replaced_at IS NULL AND document_1.client_id = client_1.id
      ORDER BY document_1.created_at DESC, document_1.id DESC
      LIMIT 21
    ) AS anon_10
  ) AS anon_9
  LEFT OUTER JOIN collaborator AS collaborator_4 ON collaborator_4.company_id = $2::UUID AND collaborator_4.id = anon_9.uploaded_by_id
), '}') ELSE 'null' END, '}') AS concat_1
FROM (
  SELECT 1 AS one
) AS one
LEFT OUTER JOIN client AS client_1 ON client_1.id = $6::UUID AND client_1.company_id = $2::UUID
LEFT OUTER JOIN LATERAL (
  SELECT EXISTS (
    SELECT document_2.id
    FROM document AS document_2
    WHERE document_2.company_id = client_3.company_id AND document_2.client_id = client_3.id
  ) AS has_files, EXISTS (
    SELECT sales_document_3.id
    FROM sales_document AS sales_document_3
    WHERE sales_document_3.company_id = client_3.company_id AND sales_document_3.client_id = client_3.id
  ) AS has_sales_documents, EXISTS (
    SELECT payment_1.id
    FROM payment AS payment_1
    WHERE payment_1.company_id = client_3.company_id AND payment_1.client_id = client_3.id
  ) AS has_payments, EXISTS (
    SELECT sales_document_3.id
    FROM sales_document AS sales_document_3
    WHERE sales_document_3.company_id = client_3.company_id AND sales_document_3.client_id = client_3.id AND sales_document_3.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_3.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID') AND round(((sales_document_3.total - sales_document_3.paid) - sales_document_3.credited) * sales_document_3.exchange_rate, 2) != 0
  ) AS has_balance, EXISTS (
    SELECT contact_3.id
    FROM contact AS contact_3
    WHERE contact_3.company_id = client_3.company_id AND contact_3.client_id = client_3.id AND contact_3.deleted_at IS NULL
    LIMIT 1 OFFSET 499
  ) AS full_contacts, EXISTS (
    SELECT address_3.id
    FROM address AS address_3
    WHERE address_3.company_id = client_3.company_id AND address_3.client_id = client_3.id AND address_3.deleted_at IS NULL
    LIMIT 1 OFFSET 499
  ) AS full_addresses, EXISTS (
    SELECT bank_account_2.id
    FROM bank_account AS bank_account_2
    WHERE bank_account_2.company_id = client_3.company_id AND bank_account_2.client_id = client_3.id AND bank_account_2.deleted_at IS NULL
    LIMIT 1 OFFSET 499
  ) AS full_accounts
  FROM client AS client_3
  WHERE client_3.company_id = $2::UUID AND client_3.id = client_1.id
) AS anon_1 ON client_1.id IS NOT NULL
LEFT OUTER JOIN collaborator AS collaborator_1 ON collaborator_1.company_id = $2::UUID AND collaborator_1.id = client_1.owner_id
LEFT OUTER JOIN price_list AS price_list_1 ON price_list_1.company_id = $2::UUID AND price_list_1.id = client_1.price_list_id
LEFT OUTER JOIN prospect_state AS prospect_state_1 ON prospect_state_1.company_id = $2::UUID AND prospect_state_1.id = client_1.prospect_state_id
LEFT OUTER JOIN address AS address_1 ON address_1.company_id = $2::UUID AND address_1.client_id = client_1.id AND address_1.kind = 'FISCAL' AND address_1.deleted_at IS NULL
LEFT OUTER JOIN LATERAL (
  SELECT client_1.id AS client_id, receivable_terms_1.terms AS terms, receivable_terms_1.credit_days AS credit_days, receivable_terms_1.credit_limit AS credit_limit, receivable_terms_1.overdue_days AS overdue_days, receivable_terms_1.assumes_paid AS assumes_paid, CAST(anon_11.owed - (
    SELECT client_4.credit_balance
    FROM client AS client_4
    WHERE client_4.company_id = $2::UUID AND client_4.id = client_1.id
  ) AS NUMERIC(18, 2)) AS balance, anon_11.owed AS owed, (
    SELECT client_4.credit_balance
    FROM client AS client_4
    WHERE client_4.company_id = $2::UUID AND client_4.id = client_1.id
  ) AS credit_balance, anon_11.overdue_balance AS overdue_balance, anon_11.current AS current, anon_11.up_to_30 AS up_to_30, anon_11.up_to_60 AS up_to_60, anon_11.up_to_90 AS up_to_90, anon_11.over_90 AS over_90, anon_11.credit_used AS credit_used, receivable_terms_1.credit_limit - anon_11.credit_used AS credit_available, receivable_terms_1.version AS version
  FROM LATERAL (
    SELECT CAST(coalesce(sum(round(((sales_document_4.total - sales_document_4.paid) - sales_document_4.credited) * sales_document_4.exchange_rate, 2)), 0) AS NUMERIC(18, 2)) AS owed, CAST(coalesce(sum(CASE WHEN (sales_document_4.due_on < $7::DATE) THEN round(((sales_document_4.total - sales_document_4.paid) - sales_document_4.credited) * sales_document_4.exchange_rate, 2) ELSE 0 END), 0) AS NUMERIC(18, 2)) AS overdue_balance, CAST(coalesce(sum(CASE WHEN (sales_document_4.due_on IS NULL OR $7::DATE - sales_document_4.due_on <= 0) THEN round(((sales_document_4.total - sales_document_4.paid) - sales_document_4.credited) * sales_document_4.exchange_rate, 2) ELSE 0 END), 0) AS NUMERIC(18, 2)) AS current, CAST(coalesce(sum(CASE WHEN ($7::DATE - sales_document_4.due_on BETWEEN 1 AND 30) THEN round(((sales_document_4.total - sales_document_4.paid) - sales_document_4.credited) * sales_document_4.exchange_rate, 2) ELSE 0 END), 0) AS NUMERIC(18, 2)) AS up_to_30, CAST(coalesce(sum(CASE WHEN ($7::DATE - sales_document_4.due_on BETWEEN 31 AND 60) THEN round(((sales_document_4.total - sales_document_4.paid) - sales_document_4.credited) * sales_document_4.exchange_rate, 2) ELSE 0 END), 0) AS NUMERIC(18, 2)) AS up_to_60, CAST(coalesce(sum(CASE WHEN ($7::DATE - sales_document_4.due_on BETWEEN 61 AND 90) THEN round(((sales_document_4.total - sales_document_4.paid) - sales_document_4.credited) * sales_document_4.exchange_rate, 2) ELSE 0 END), 0) AS NUMERIC(18, 2)) AS up_to_90, CAST(coalesce(sum(CASE WHEN ($7::DATE - sales_document_4.due_on > 90) THEN round(((sales_document_4.total - sales_document_4.paid) - sales_document_4.credited) * sales_document_4.exchange_rate, 2) ELSE 0 END), 0) AS NUMERIC(18, 2)) AS over_90, CAST(coalesce(sum(CASE WHEN (sales_document_4.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_4.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID') AND (sales_document_4.type = 'INVOICE' OR sales_document_4.on_credit)) THEN round(((sales_document_4.total - sales_document_4.paid) - sales_document_4.credited) * sales_document_4.exchange_rate, 2) ELSE 0 END), 0) AS NUMERIC(18, 2)) AS credit_used
    FROM sales_document AS sales_document_4
    WHERE sales_document_4.company_id = $2::UUID AND sales_document_4.client_id = client_1.id AND sales_document_4.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_4.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID')
  ) AS anon_11
  LEFT OUTER JOIN receivable_terms AS receivable_terms_1 ON receivable_terms_1.company_id = $2::UUID AND receivable_terms_1.client_id = client_1.id
) AS anon_8 ON client_1.id IS NOT NULL
LEFT OUTER JOIN payment_reminders AS payment_reminders_1 ON payment_reminders_1.company_id = $2::UUID AND payment_reminders_1.client_id = client_1.id
LEFT OUTER JOIN cfdi_profile AS cfdi_profile_1 ON cfdi_profile_1.company_id = $2::UUID AND cfdi_profile_1.client_id = client_1.id AND cfdi_profile_1.valid_to IS NULL
