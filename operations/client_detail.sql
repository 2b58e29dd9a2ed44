-- $1 here, $2 company_id, $3 month_starts, $4 now, $5 a0_key, $6 today
SELECT concat(
  '{"header":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_1.id, '","kind":', CASE WHEN (client_1.kind IN ('CLIENT', 'PROSPECT')) THEN '"' || client_1.kind || '"' ELSE '␁0:␂' END,
  ',"kindLabel":␁1:', CAST(ficha_json(client_1.kind) AS TEXT), '␂,"legalName":', ficha_json(client_1.legal_name),
  ',"tradeName":', coalesce(ficha_json(client_1.trade_name), 'null'::json),
  ',"rfc":', coalesce(ficha_json(client_1.rfc), 'null'::json),
  ',"deletedAt":', coalesce('"' || CAST(to_char(client_1.deleted_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'),
  ',"deletedAtLabel":␁2:', coalesce('"' || CAST(to_char(client_1.deleted_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂}') ELSE 'null' END,
  ',"administrativePanel":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_1.id, '","availableActions":␁3:', json_build_array(client_1.kind, client_1.deleted_at, client_1.converted_into_id, anon_1.has_files, anon_1.has_sales_documents, anon_1.has_payments, anon_1.has_balance, anon_1.full_contacts, anon_1.full_addresses, anon_1.full_accounts), '␂,"availableActionLabels":␁4:', json_build_array(client_1.kind, client_1.deleted_at, client_1.converted_into_id, anon_1.has_files, anon_1.has_sales_documents, anon_1.has_payments, anon_1.has_balance, anon_1.full_contacts, anon_1.full_addresses, anon_1.full_accounts), '␂,"actions":␁5:', json_build_array(client_1.kind, client_1.deleted_at, client_1.converted_into_id, anon_1.has_files, anon_1.has_sales_documents, anon_1.has_payments, anon_1.has_balance, anon_1.full_contacts, anon_1.full_addresses, anon_1.full_accounts), '␂,"version":', client_1.version, '}') ELSE 'null' END,
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
    ',"formattedPhone":␁6:', json_build_array(contact_1.phone, contact_1.phone_extension), '␂,"isPrimary":', CASE WHEN contact_1.is_primary THEN 'true' ELSE 'false' END, '}'), ',' ORDER BY contact_1.position, contact_1.id), ']') AS concat_2
  FROM contact AS contact_1
  WHERE contact_1.company_id = $2::UUID AND contact_1.client_id = client_1.id AND contact_1.deleted_at IS NULL
),
  ',"fiscalAddress":', CASE WHEN (address_1.client_id IS NOT NULL) THEN concat(
  '{"id":"adr_', address_1.id, '","label":', coalesce(ficha_json(address_1.label), 'null'::json),
  ',"formatted":␁7:', json_build_array(address_1.street, address_1.exterior_number, address_1.interior_number, address_1.neighborhood, address_1.locality, address_1.municipality, address_1.state, address_1.postal_code, address_1.country), '␂,"street":', ficha_json(address_1.street),
  ',"exteriorNumber":', coalesce(ficha_json(address_1.exterior_number), 'null'::json),
  ',"interiorNumber":', coalesce(ficha_json(address_1.interior_number), 'null'::json),
  ',"neighborhood":', coalesce(ficha_json(address_1.neighborhood), 'null'::json),
  ',"locality":', coalesce(ficha_json(address_1.locality), 'null'::json),
  ',"municipality":', coalesce(ficha_json(address_1.municipality), 'null'::json),
  ',"state":␁8:', CAST(ficha_json(address_1.state) AS TEXT), '␂,"postalCode":', coalesce(ficha_json(address_1.postal_code), 'null'::json),
  ',"country":␁9:', CAST(ficha_json(address_1.country) AS TEXT), '␂,"reference":', coalesce(ficha_json(address_1.reference), 'null'::json), '}') ELSE 'null' END,
  ',"branchAddresses":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"adr_', address_2.id, '","label":', coalesce(ficha_json(address_2.label), 'null'::json),
    ',"formatted":␁10:', json_build_array(address_2.street, address_2.exterior_number, address_2.interior_number, address_2.neighborhood, address_2.locality, address_2.municipality, address_2.state, address_2.postal_code, address_2.country), '␂,"street":', ficha_json(address_2.street),
    ',"exteriorNumber":', coalesce(ficha_json(address_2.exterior_number), 'null'::json),
    ',"interiorNumber":', coalesce(ficha_json(address_2.interior_number), 'null'::json),
    ',"neighborhood":', coalesce(ficha_json(address_2.neighborhood), 'null'::json),
    ',"locality":', coalesce(ficha_json(address_2.locality), 'null'::json),
    ',"municipality":', coalesce(ficha_json(address_2.municipality), 'null'::json),
    ',"state":␁11:', CAST(ficha_json(address_2.state) AS TEXT), '␂,"postalCode":', coalesce(ficha_json(address_2.postal_code), 'null'::json),
    ',"country":␁12:', CAST(ficha_json(address_2.country) AS TEXT), '␂,"reference":', coalesce(ficha_json(address_2.reference), 'null'::json), '}'), ',' ORDER BY address_2.position, address_2.id), ']') AS concat_3
  FROM address AS address_2
  WHERE address_2.company_id = $2::UUID AND address_2.client_id = client_1.id AND address_2.kind = 'BRANCH' AND address_2.deleted_at IS NULL
), '}') ELSE 'null' END,
  ',"commercialNote":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_1.id, '","internalNote":', coalesce(ficha_json(client_1.internal_note), 'null'::json), '}') ELSE 'null' END,
  ',"commercialHistory":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_1.id, '","historyMonths":', (
  SELECT concat('[', string_agg(concat(
    '{"month":"', anon_2.month, '","monthLabel":␁13:', coalesce('"' || CAST(anon_2.month AS TEXT) || '"', 'null'), '␂,"eventCount":', anon_2.event_count, '}'), ','), ']') AS concat_4
  FROM LATERAL (
    SELECT to_char(make_date(2000 + (month.number - 1) / 12, (month.number - 1) % 12 + 1, 1), 'YYYY-MM') AS month, coalesce(anon_3.events, 0) AS event_count, coalesce(anon_3.by_kind, '{}'::jsonb) AS by_kind
    FROM client AS client_2
    JOIN generate_series(greatest(width_bucket(least(client_2.created_at, (
      SELECT history_event_1.occurred_at
      FROM history_event AS history_event_1
      WHERE history_event_1.company_id = $2::UUID AND history_event_1.client_id = client_1.id AND NOT (false)
      ORDER BY history_event_1.occurred_at
      LIMIT 1
    )), $3::TIMESTAMP WITH TIME ZONE[]), 1), width_bucket($4::TIMESTAMP WITH TIME ZONE, $3::TIMESTAMP WITH TIME ZONE[])) AS month(number) ON true
    LEFT OUTER JOIN LATERAL (
      SELECT anon_4.month AS month, CAST(sum(anon_4.events) AS INTEGER) AS events, jsonb_object_agg(anon_4.kind, anon_4.events) AS by_kind
      FROM LATERAL (
        SELECT width_bucket(history_event_1.occurred_at, $3::TIMESTAMP WITH TIME ZONE[]) AS month, history_event_1.kind AS kind, count(*) AS events
        FROM history_event AS history_event_1
        WHERE history_event_1.company_id = $2::UUID AND history_event_1.client_id = client_1.id AND NOT (false)
        GROUP BY month, history_event_1.kind
      ) AS anon_4
      GROUP BY anon_4.month
    ) AS anon_3 ON anon_3.month = month.number
    WHERE client_2.company_id = $2::UUID AND client_2.id = client_1.id
    ORDER BY month.number DESC
  ) AS anon_2
),
  ',"history":', (
  SELECT concat(
    '{"nodes":[', array_to_string((array_agg(CAST(concat(
    '{"__typename":"', coalesce(CAST(
    '{"CLIENT_CREATED":"ClientCreatedEvent","PROSPECT_CONVERTED":"ProspectConvertedEvent","PROSPECT_STATE_CHANGED":"ProspectStateChangedEvent","SALES_DOCUMENT_ISSUED":"SalesDocumentIssuedEvent","SALES_DOCUMENT_CONVERTED":"SalesDocumentConvertedEvent","SALES_DOCUMENT_STATE_CHANGED":"SalesDocumentStateChangedEvent","SALES_DOCUMENT_CHANGED":"SalesDocumentChangedEvent","SALES_DOCUMENT_STAMPED":"SalesDocumentStampedEvent","SALES_DOCUMENT_READINESS_OVERRIDDEN":"SalesDocumentReadinessOverriddenEvent","SALES_DOCUMENT_CANCELLATION_REQUESTED":"SalesDocumentCancellationRequestedEvent","SALES_DOCUMENT_CANCELLATION_REPORTED":"SalesDocumentCancellationReportedEvent","SALES_DOCUMENT_PAYMENT_REGISTERED":"SalesDocumentPaymentRegisteredEvent","SALES_DOCUMENT_PAYMENT_REVERSED":"SalesDocumentPaymentReversedEvent","PAYMENT_RECEIVED":"PaymentReceivedEvent","CREDIT_APPLIED":"CreditAppliedEvent","CREDIT_APPLICATION_UNDONE":"CreditApplicationUndoneEvent","CREDIT_REFUNDED":"CreditRefundedEvent","DEAL_CREATED":"DealCreatedEvent","DEAL_WON":"DealWonEvent","DEAL_LOST":"DealLostEvent","DEAL_CLOSED":"DealClosedEvent","DEAL_REOPENED":"DealReopenedEvent","CLIENT_CHANGED":"ClientChangedEvent","CONTACT_CHANGED":"ContactChangedEvent","ADDRESS_CHANGED":"AddressChangedEvent","CFDI_PROFILE_CHANGED":"CfdiProfileChangedEvent","BANK_ACCOUNT_CHANGED":"BankAccountChangedEvent","RECEIVABLE_TERMS_CHANGED":"ReceivableTermsChangedEvent","PAYMENT_REMINDERS_CHANGED":"PaymentRemindersChangedEvent","DEAL_CHANGED":"DealChangedEvent","FOLLOW_UP_CHANGED":"FollowUpChangedEvent","DOCUMENT_CHANGED":"DocumentChangedEvent","EXTERNAL_CALL":"ExternalCallEvent","EXTERNAL_MESSAGE":"ExternalMessageEvent","EXTERNAL_EMAIL":"ExternalEmailEvent","EXTERNAL_MEETING":"ExternalMeetingEvent","EXTERNAL_VISIT":"ExternalVisitEvent","EXTERNAL_ORDER":"ExternalOrderEvent","EXTERNAL_TICKET":"ExternalTicketEvent","EXTERNAL_OTHER":"ExternalOtherEvent"}' AS JSONB) ->> anon_5.kind, '␁0:␂'), '","id":"evt_', anon_5.id, '","kind":', CASE WHEN (anon_5.kind IN ('ADDRESS_CHANGED', 'BANK_ACCOUNT_CHANGED', 'CFDI_PROFILE_CHANGED', 'CLIENT_CHANGED', 'CLIENT_CREATED', 'CONTACT_CHANGED', 'CREDIT_APPLICATION_UNDONE', 'CREDIT_APPLIED', 'CREDIT_REFUNDED', 'DEAL_CHANGED', 'DEAL_CLOSED', 'DEAL_CREATED', 'DEAL_LOST', 'DEAL_REOPENED', 'DEAL_WON', 'DOCUMENT_CHANGED', 'EXTERNAL_CALL', 'EXTERNAL_EMAIL', 'EXTERNAL_MEETING', 'EXTERNAL_MESSAGE', 'EXTERNAL_ORDER', 'EXTERNAL_OTHER', 'EXTERNAL_TICKET', 'EXTERNAL_VISIT', 'FOLLOW_UP_CHANGED', 'PAYMENT_RECEIVED', 'PAYMENT_REMINDERS_CHANGED', 'PROSPECT_CONVERTED', 'PROSPECT_STATE_CHANGED', 'RECEIVABLE_TERMS_CHANGED', 'SALES_DOCUMENT_CANCELLATION_REPORTED', 'SALES_DOCUMENT_CANCELLATION_REQUESTED', 'SALES_DOCUMENT_CHANGED', 'SALES_DOCUMENT_CONVERTED', 'SALES_DOCUMENT_ISSUED', 'SALES_DOCUMENT_PAYMENT_REGISTERED', 'SALES_DOCUMENT_PAYMENT_REVERSED', 'SALES_DOCUMENT_READINESS_OVERRIDDEN', 'SALES_DOCUMENT_STAMPED', 'SALES_DOCUMENT_STATE_CHANGED')) THEN '"' || anon_5.kind || '"' ELSE '␁0:␂' END,
    ',"kindLabel":␁14:', CAST(ficha_json(anon_5.kind) AS TEXT), '␂,"summary":␁15:', json_build_array(anon_5.kind, anon_5.details - ARRAY['body', 'changes'], anon_5.as_prospect), '␂,"occurredAt":"', to_char(anon_5.occurred_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","occurredAtLabel":␁16:', coalesce('"' || CAST(to_char(anon_5.occurred_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"asProspect":', CASE WHEN anon_5.as_prospect THEN 'true' ELSE 'false' END,
    ',"actor":', CASE WHEN (collaborator_2.id IS NOT NULL) THEN concat(
    '{"id":"col_', collaborator_2.id, '","name":', ficha_json(collaborator_2.name),
    ',"avatarUrl":', coalesce(ficha_json($1::VARCHAR || collaborator_2.avatar_path), 'null'::json), '}') ELSE 'null' END, CASE WHEN (anon_5.kind IN ('EXTERNAL_CALL', 'EXTERNAL_MESSAGE', 'EXTERNAL_EMAIL', 'EXTERNAL_MEETING', 'EXTERNAL_VISIT', 'EXTERNAL_ORDER', 'EXTERNAL_TICKET', 'EXTERNAL_OTHER')) THEN concat(
    ',"subjectDeleted":␁26:', json_build_array(anon_5.details, deal_1.deleted_at, contact_2.deleted_at, follow_up_1.deleted_at, client_3.deleted_at), '␂,"subject":', CASE WHEN ((anon_5.details ->> 'subject') = 'deal') THEN concat(CASE WHEN (deal_1.id IS NOT NULL) THEN concat(
    '{"__typename":"ClientDeal","id":"deal_', deal_1.id, '"}') ELSE 'null' END) WHEN ((anon_5.details ->> 'subject') = 'sales_document') THEN concat(CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', coalesce(CAST(
    '{"QUOTE":"SalesQuote","SALES_NOTE":"SalesNote","INVOICE":"SalesInvoice","CREDIT_NOTE":"SalesCreditNote"}' AS JSONB) ->> sales_document_1.type, '␁0:␂'), '","id":"doc_', sales_document_1.id, '"}') ELSE 'null' END) WHEN ((anon_5.details ->> 'subject') = 'contact') THEN concat(CASE WHEN (contact_2.id IS NOT NULL) THEN concat(
    '{"__typename":"ClientContact","id":"con_', contact_2.id, '"}') ELSE 'null' END) WHEN ((anon_5.details ->> 'subject') = 'follow_up') THEN concat(CASE WHEN (follow_up_1.id IS NOT NULL) THEN concat(
    '{"__typename":"FollowUp","id":"seg_', follow_up_1.id, '"}') ELSE 'null' END) ELSE concat(CASE WHEN (client_3.id IS NOT NULL) THEN concat(
    '{"__typename":"Client","id":"cli_', client_3.id, '"}') ELSE 'null' END) END) ELSE '' END, CASE WHEN (anon_5.kind IN ('DOCUMENT_CHANGED')) THEN concat(
    ',"subjectDeleted":␁25:', json_build_array(document_1.deleted_at), '␂,"subject":', CASE WHEN (document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"ClientDocument","id":"file_', document_1.id, '"}') ELSE 'null' END) ELSE '' END, CASE WHEN (anon_5.kind IN ('FOLLOW_UP_CHANGED')) THEN concat(
    ',"subjectDeleted":␁24:', json_build_array(follow_up_1.deleted_at), '␂,"subject":', CASE WHEN (follow_up_1.id IS NOT NULL) THEN concat(
    '{"__typename":"FollowUp","id":"seg_', follow_up_1.id, '"}') ELSE 'null' END) ELSE '' END, CASE WHEN (anon_5.kind IN ('BANK_ACCOUNT_CHANGED')) THEN concat(
    ',"subjectDeleted":␁23:', json_build_array(bank_account_1.deleted_at), '␂,"subject":', CASE WHEN (bank_account_1.id IS NOT NULL) THEN concat(
    '{"__typename":"ClientBankAccount","id":"bnk_', bank_account_1.id, '"}') ELSE 'null' END) ELSE '' END, CASE WHEN (anon_5.kind IN ('ADDRESS_CHANGED')) THEN concat(
    ',"subjectDeleted":␁22:', json_build_array(address_3.deleted_at), '␂,"subject":', CASE WHEN (address_3.id IS NOT NULL) THEN concat(
    '{"__typename":"ClientAddress","id":"adr_', address_3.id, '"}') ELSE 'null' END) ELSE '' END, CASE WHEN (anon_5.kind IN ('CONTACT_CHANGED')) THEN concat(
    ',"subjectDeleted":␁21:', json_build_array(contact_2.deleted_at), '␂,"subject":', CASE WHEN (contact_2.id IS NOT NULL) THEN concat(
    '{"__typename":"ClientContact","id":"con_', contact_2.id, '"}') ELSE 'null' END) ELSE '' END, CASE WHEN (anon_5.kind IN ('DEAL_CREATED', 'DEAL_WON', 'DEAL_LOST', 'DEAL_CLOSED', 'DEAL_REOPENED', 'DEAL_CHANGED')) THEN concat(
    ',"subjectDeleted":␁20:', json_build_array(deal_1.deleted_at), '␂,"subject":', CASE WHEN (deal_1.id IS NOT NULL) THEN concat(
    '{"__typename":"ClientDeal","id":"deal_', deal_1.id, '"}') ELSE 'null' END) ELSE '' END, CASE WHEN (anon_5.kind IN ('SALES_DOCUMENT_ISSUED', 'SALES_DOCUMENT_CONVERTED', 'SALES_DOCUMENT_STATE_CHANGED', 'SALES_DOCUMENT_CHANGED', 'SALES_DOCUMENT_STAMPED', 'SALES_DOCUMENT_READINESS_OVERRIDDEN', 'SALES_DOCUMENT_CANCELLATION_REQUESTED', 'SALES_DOCUMENT_CANCELLATION_REPORTED', 'SALES_DOCUMENT_PAYMENT_REGISTERED', 'SALES_DOCUMENT_PAYMENT_REVERSED', 'CREDIT_APPLIED', 'CREDIT_APPLICATION_UNDONE')) THEN concat(
    ',"subjectDeleted":false,"subject":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', coalesce(CAST(
    '{"QUOTE":"SalesQuote","SALES_NOTE":"SalesNote","INVOICE":"SalesInvoice","CREDIT_NOTE":"SalesCreditNote"}' AS JSONB) ->> sales_document_1.type, '␁0:␂'), '","id":"doc_', sales_document_1.id, '"}') ELSE 'null' END) ELSE '' END, CASE WHEN (anon_5.kind IN ('CLIENT_CREATED', 'PROSPECT_CONVERTED', 'PROSPECT_STATE_CHANGED', 'PAYMENT_RECEIVED', 'CREDIT_REFUNDED', 'CLIENT_CHANGED', 'CFDI_PROFILE_CHANGED', 'RECEIVABLE_TERMS_CHANGED', 'PAYMENT_REMINDERS_CHANGED')) THEN concat(
    ',"subjectDeleted":␁17:', json_build_array(client_3.deleted_at), '␂,"subject":', CASE WHEN (client_3.id IS NOT NULL) THEN concat(
    '{"__typename":"Client","id":"cli_', client_3.id, '"}') ELSE 'null' END) ELSE '' END, CASE WHEN (anon_5.kind IN ('CLIENT_CREATED', 'EXTERNAL_CALL', 'EXTERNAL_MESSAGE', 'EXTERNAL_EMAIL', 'EXTERNAL_MEETING', 'EXTERNAL_VISIT', 'EXTERNAL_ORDER', 'EXTERNAL_TICKET', 'EXTERNAL_OTHER')) THEN '' ELSE concat('␁27:', anon_5.kind, ' ', anon_5.details, '␂') END, CASE WHEN (anon_5.kind IN ('SALES_DOCUMENT_CHANGED', 'CONTACT_CHANGED', 'ADDRESS_CHANGED', 'BANK_ACCOUNT_CHANGED', 'DEAL_CHANGED', 'FOLLOW_UP_CHANGED', 'DOCUMENT_CHANGED')) THEN concat(
    ',"changeLabel":␁18:', json_build_array(anon_5.kind, anon_5.details - ARRAY['body', 'changes']), '␂') ELSE '' END, CASE WHEN (anon_5.kind IN ('DEAL_CREATED', 'DEAL_WON', 'DEAL_LOST', 'DEAL_CLOSED', 'DEAL_REOPENED')) THEN concat(
    ',"deal":', CASE WHEN (deal_1.id IS NOT NULL) THEN concat(
    '{"id":"deal_', deal_1.id, '"}') ELSE 'null' END) ELSE '' END, CASE WHEN (anon_5.kind IN ('SALES_DOCUMENT_ISSUED', 'SALES_DOCUMENT_CONVERTED', 'SALES_DOCUMENT_STATE_CHANGED', 'SALES_DOCUMENT_STAMPED', 'SALES_DOCUMENT_READINESS_OVERRIDDEN', 'SALES_DOCUMENT_CANCELLATION_REQUESTED', 'SALES_DOCUMENT_CANCELLATION_REPORTED', 'SALES_DOCUMENT_PAYMENT_REGISTERED', 'SALES_DOCUMENT_PAYMENT_REVERSED', 'CREDIT_APPLIED', 'CREDIT_APPLICATION_UNDONE')) THEN concat(
    ',"salesDocument":', CASE WHEN (sales_document_1.id IS NOT NULL) THEN concat(
    '{"__typename":"', coalesce(CAST(
    '{"QUOTE":"SalesQuote","SALES_NOTE":"SalesNote","INVOICE":"SalesInvoice","CREDIT_NOTE":"SalesCreditNote"}' AS JSONB) ->> sales_document_1.type, '␁0:␂'), '","id":"doc_', sales_document_1.id, '"}') ELSE 'null' END) ELSE '' END, CASE WHEN (anon_5.kind IN ('SALES_DOCUMENT_CONVERTED')) THEN concat(
    ',"originDocument":', CASE WHEN (sales_document_2.id IS NOT NULL) THEN concat(
    '{"__typename":"', coalesce(CAST(
    '{"QUOTE":"SalesQuote","SALES_NOTE":"SalesNote","INVOICE":"SalesInvoice","CREDIT_NOTE":"SalesCreditNote"}' AS JSONB) ->> sales_document_2.type, '␁0:␂'), '","id":"doc_', sales_document_2.id, '"}') ELSE 'null' END) ELSE '' END, CASE WHEN (anon_5.kind IN ('CLIENT_CHANGED', 'CFDI_PROFILE_CHANGED', 'RECEIVABLE_TERMS_CHANGED', 'PAYMENT_REMINDERS_CHANGED')) THEN concat(
    ',"changeLabel":␁18:', json_build_array(anon_5.kind, anon_5.details - ARRAY['body', 'changes']), '␂') ELSE '' END, CASE WHEN (anon_5.kind IN ('CLIENT_CREATED', 'PROSPECT_CONVERTED', 'PROSPECT_STATE_CHANGED', 'SALES_DOCUMENT_ISSUED', 'SALES_DOCUMENT_CONVERTED', 'SALES_DOCUMENT_STATE_CHANGED', 'SALES_DOCUMENT_STAMPED', 'SALES_DOCUMENT_READINESS_OVERRIDDEN', 'SALES_DOCUMENT_CANCELLATION_REQUESTED', 'SALES_DOCUMENT_CANCELLATION_REPORTED', 'SALES_DOCUMENT_PAYMENT_REGISTERED', 'SALES_DOCUMENT_PAYMENT_REVERSED', 'PAYMENT_RECEIVED', 'CREDIT_APPLIED', 'CREDIT_APPLICATION_UNDONE', 'CREDIT_REFUNDED', 'DEAL_CREATED', 'DEAL_WON', 'DEAL_LOST', 'DEAL_CLOSED', 'DEAL_REOPENED', 'EXTERNAL_CALL', 'EXTERNAL_MESSAGE', 'EXTERNAL_EMAIL', 'EXTERNAL_MEETING', 'EXTERNAL_VISIT', 'EXTERNAL_ORDER', 'EXTERNAL_TICKET', 'EXTERNAL_OTHER')) THEN '' ELSE concat('␁28:', anon_5.kind, ' ', anon_5.details, '␂') END, CASE WHEN (anon_5.kind IN ('SALES_DOCUMENT_CHANGED', 'CONTACT_CHANGED', 'ADDRESS_CHANGED', 'BANK_ACCOUNT_CHANGED', 'DEAL_CHANGED', 'FOLLOW_UP_CHANGED', 'DOCUMENT_CHANGED')) THEN concat(
    ',"changes":␁19:', json_build_array(anon_5.kind, anon_5.details), '␂') ELSE '' END, CASE WHEN (anon_5.kind IN ('CLIENT_CHANGED', 'CFDI_PROFILE_CHANGED', 'RECEIVABLE_TERMS_CHANGED', 'PAYMENT_REMINDERS_CHANGED')) THEN concat(
    ',"changes":␁19:', json_build_array(anon_5.kind, anon_5.details), '␂') ELSE '' END, '}') AS TEXT) ORDER BY anon_5.t0_ DESC, anon_5.t1_ DESC))[1:least(CAST(count(*) AS INTEGER), 20)], ','), '],"pageInfo":{"hasNextPage":', CASE WHEN (count(*) > 20) THEN 'true' ELSE 'false' END,
    ',"endCursor":', CASE WHEN (count(*) > 0) THEN '"' || translate(encode(convert_to(CAST(json_build_array('history_event OCCURRED_AT:DESC', (array_agg(CAST(anon_5.t0_ AS TEXT) ORDER BY anon_5.t0_ DESC, anon_5.t1_ DESC))[least(CAST(count(*) AS INTEGER), 20)], (array_agg(CAST(anon_5.t1_ AS TEXT) ORDER BY anon_5.t0_ DESC, anon_5.t1_ DESC))[least(CAST(count(*) AS INTEGER), 20)]) AS TEXT), 'UTF8'), 'base64'), E'+/=\n', '-_') || '"' ELSE 'null' END, '}}') AS concat_5
  FROM LATERAL (
    SELECT history_event_2.company_id AS company_id, history_event_2.id AS id, history_event_2.client_id AS client_id, history_event_2.occurred_at AS occurred_at, history_event_2.recorded_at AS recorded_at, history_event_2.kind AS kind, history_event_2.actor_id AS actor_id, history_event_2.api_key_id AS api_key_id, history_event_2.as_prospect AS as_prospect, history_event_2.deal_id AS deal_id, history_event_2.sales_document_id AS sales_document_id, history_event_2.origin_document_id AS origin_document_id, history_event_2.subject_id AS subject_id, history_event_2.details AS details, history_event_2.recorded_at AS created_at, history_event_2.recorded_at AS updated_at, history_event_2.details - ARRAY['body', 'changes'] AS said, history_event_2.occurred_at AS t0_, history_event_2.id AS t1_
    FROM history_event AS history_event_2
    WHERE history_event_2.company_id = $2::UUID AND NOT (false) AND true AND history_event_2.client_id = client_1.id
    ORDER BY history_event_2.occurred_at DESC, history_event_2.id DESC
    LIMIT 21
  ) AS anon_5
  LEFT OUTER JOIN collaborator AS collaborator_2 ON collaborator_2.company_id = $2::UUID AND collaborator_2.id = anon_5.actor_id
  LEFT OUTER JOIN client AS client_3 ON client_3.company_id = $2::UUID AND client_3.id = anon_5.client_id
  LEFT OUTER JOIN sales_document AS sales_document_1 ON sales_document_1.company_id = $2::UUID AND sales_document_1.id = anon_5.sales_document_id
  LEFT OUTER JOIN sales_document AS sales_document_2 ON sales_document_2.company_id = $2::UUID AND sales_document_2.id = anon_5.origin_document_id
  LEFT OUTER JOIN deal AS deal_1 ON deal_1.company_id = $2::UUID AND deal_1.id = anon_5.deal_id
  LEFT OUTER JOIN contact AS contact_2 ON contact_2.company_id = $2::UUID AND contact_2.id = anon_5.subject_id
  LEFT OUTER JOIN address AS address_3 ON address_3.company_id = $2::UUID AND address_3.id = anon_5.subject_id
  LEFT OUTER JOIN bank_account AS bank_account_1 ON bank_account_1.company_id = $2::UUID AND bank_account_1.id = anon_5.subject_id
  LEFT OUTER JOIN follow_up AS follow_up_1 ON follow_up_1.company_id = $2::UUID AND follow_up_1.id = anon_5.subject_id
  LEFT OUTER JOIN document AS document_1 ON document_1.company_id = $2::UUID AND document_1.id = anon_5.subject_id
), '}') ELSE 'null' END,
  ',"followUpsTab":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_1.id, '","followUps":', (
  SELECT concat(
    '{"nodes":[', array_to_string((array_agg(CAST(concat(
    '{"id":"seg_', anon_6.id, '","key":', ficha_json(anon_6.key),
    ',"name":', ficha_json(anon_6.name),
    ',"type":', CASE WHEN (anon_6.type IN ('CALL', 'EMAIL', 'MEETING', 'OTHER', 'VISIT', 'WHATSAPP')) THEN '"' || anon_6.type || '"' ELSE '␁0:␂' END,
    ',"typeLabel":␁29:', CAST(ficha_json(anon_6.type) AS TEXT), '␂,"startsAt":"', to_char(anon_6.starts_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","startsAtLabel":␁30:', coalesce('"' || CAST(to_char(anon_6.starts_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"endsAt":"', to_char(anon_6.ends_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","endsAtLabel":␁31:', coalesce('"' || CAST(to_char(anon_6.ends_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"priority":', CASE WHEN (anon_6.priority IN ('HIGH', 'LOW', 'MEDIUM', 'URGENT')) THEN '"' || anon_6.priority || '"' ELSE '␁0:␂' END,
    ',"priorityLabel":␁32:', CAST(ficha_json(anon_6.priority) AS TEXT), '␂,"state":', CASE WHEN (anon_6.state IN ('CANCELLED', 'DONE', 'IN_PROGRESS', 'PENDING')) THEN '"' || anon_6.state || '"' ELSE '␁0:␂' END,
    ',"stateLabel":␁33:', CAST(ficha_json(anon_6.state) AS TEXT), '␂,"isOverdue":', CASE WHEN (anon_6.ends_at < $4::TIMESTAMP WITH TIME ZONE AND anon_6.state IN ('PENDING', 'IN_PROGRESS')) THEN 'true' WHEN ((anon_6.ends_at < $4::TIMESTAMP WITH TIME ZONE AND anon_6.state IN ('PENDING', 'IN_PROGRESS')) IS NULL) THEN '␁0:␂' ELSE 'false' END,
    ',"deal":', CASE WHEN (deal_2.id IS NOT NULL) THEN concat(
    '{"id":"deal_', deal_2.id, '","title":', ficha_json(deal_2.title), '}') ELSE 'null' END,
    ',"assignee":', CASE WHEN (collaborator_3.id IS NOT NULL) THEN concat(
    '{"id":"col_', collaborator_3.id, '","name":', ficha_json(collaborator_3.name),
    ',"avatarUrl":', coalesce(ficha_json($1::VARCHAR || collaborator_3.avatar_path), 'null'::json), '}') ELSE 'null' END, '}') AS TEXT) ORDER BY anon_6.t0_ DESC, anon_6.t1_ DESC))[1:least(CAST(count(*) AS INTEGER), 20)], ','), '],"pageInfo":{"hasNextPage":', CASE WHEN (count(*) > 20) THEN 'true' ELSE 'false' END,
    ',"endCursor":', CASE WHEN (count(*) > 0) THEN '"' || translate(encode(convert_to(CAST(json_build_array('follow_up STARTS_AT:DESC', (array_agg(CAST(anon_6.t0_ AS TEXT) ORDER BY anon_6.t0_ DESC, anon_6.t1_ DESC))[least(CAST(count(*) AS INTEGER), 20)], (array_agg(CAST(anon_6.t1_ AS TEXT) ORDER BY anon_6.t0_ DESC, anon_6.t1_ DESC))[least(CAST(count(*) AS INTEGER), 20)]) AS TEXT), 'UTF8'), 'base64'), E'+/=\n', '-_') || '"' ELSE 'null' END, '}}') AS concat_6
  FROM LATERAL (
    SELECT follow_up_2.company_id AS company_id, follow_up_2.id AS id, follow_up_2.client_id AS client_id, follow_up_2.deal_id AS deal_id, follow_up_2.number AS number, follow_up_2.key AS key, follow_up_2.name AS name, follow_up_2.description AS description, follow_up_2.type AS type, follow_up_2.starts_at AS starts_at, follow_up_2.ends_at AS ends_at, follow_up_2.priority AS priority, follow_up_2.assignee_id AS assignee_id, follow_up_2.state AS state, follow_up_2.completed_at AS completed_at, follow_up_2.created_by_id AS created_by_id, follow_up_2.version AS version, follow_up_2.created_at AS created_at, follow_up_2.updated_at AS updated_at, follow_up_2.deleted_at AS deleted_at, follow_up_2.ends_at < $4::TIMESTAMP WITH TIME ZONE AND follow_up_2.state IN ('PENDING', 'IN_PROGRESS') AS is_overdue, follow_up_2.starts_at AS t0_, follow_up_2.id AS t1_
    FROM follow_up AS follow_up_2
    WHERE follow_up_2.company_id = $2::UUID AND follow_up_2.deleted_at IS NULL AND true AND follow_up_2.client_id = client_1.id
    ORDER BY follow_up_2.starts_at DESC, follow_up_2.id DESC
    LIMIT 21
  ) AS anon_6
  LEFT OUTER JOIN deal AS deal_2 ON deal_2.company_id = $2::UUID AND deal_2.id = anon_6.deal_id
  LEFT OUTER JOIN collaborator AS collaborator_3 ON collaborator_3.company_id = $2::UUID AND collaborator_3.id = anon_6.assignee_id
), '}') ELSE 'null' END,
  ',"billingReceivables":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_1.id, '","receivables":{"currency":', ficha_json(anon_7.currency),
  ',"terms":', CASE WHEN (anon_7.terms IN ('CASH', 'CREDIT')) THEN '"' || anon_7.terms || '"' WHEN (anon_7.terms IS NULL) THEN 'null' ELSE '␁0:␂' END,
  ',"termsLabel":␁34:', CAST(ficha_json(anon_7.terms) AS TEXT), '␂,"creditDays":', coalesce(CAST(anon_7.credit_days AS TEXT), 'null'),
  ',"creditLimit":', coalesce('"' || CAST(anon_7.credit_limit AS TEXT) || '"', 'null'),
  ',"creditLimitLabel":␁35:', coalesce('"' || CAST(anon_7.credit_limit AS TEXT) || '"', 'null'), '␂,"balance":"', anon_7.balance, '","balanceLabel":␁36:', coalesce('"' || CAST(anon_7.balance AS TEXT) || '"', 'null'), '␂,"overdueBalance":"', anon_7.overdue_balance, '","overdueBalanceLabel":␁37:', coalesce('"' || CAST(anon_7.overdue_balance AS TEXT) || '"', 'null'), '␂,"creditUsed":"', anon_7.credit_used, '","creditUsedLabel":␁38:', coalesce('"' || CAST(anon_7.credit_used AS TEXT) || '"', 'null'), '␂,"creditAvailable":', coalesce('"' || CAST(anon_7.credit_available AS TEXT) || '"', 'null'),
  ',"creditAvailableLabel":␁39:', coalesce('"' || CAST(anon_7.credit_available AS TEXT) || '"', 'null'), '␂}}') ELSE 'null' END,
  ',"billingReminders":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_1.id, '","paymentReminders":', CASE WHEN (payment_reminders_1.client_id IS NOT NULL) THEN concat(
  '{"enabled":', CASE WHEN payment_reminders_1.enabled THEN 'true' ELSE 'false' END,
  ',"rules":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"rul_', reminder_rule_1.id, '","summary":␁40:', json_build_array(reminder_rule_1.moment, reminder_rule_1.days, reminder_rule_1.hour, reminder_rule_1.repeat_every_days, reminder_rule_1.repeat_at_most), '␂,"moment":', CASE WHEN (reminder_rule_1.moment IN ('AFTER', 'BEFORE', 'ON')) THEN '"' || reminder_rule_1.moment || '"' ELSE '␁0:␂' END,
    ',"momentLabel":␁41:', CAST(ficha_json(reminder_rule_1.moment) AS TEXT), '␂,"days":', reminder_rule_1.days,
    ',"hour":', reminder_rule_1.hour,
    ',"repeatEveryDays":', coalesce(CAST(reminder_rule_1.repeat_every_days AS TEXT), 'null'),
    ',"repeatAtMost":', coalesce(CAST(reminder_rule_1.repeat_at_most AS TEXT), 'null'), '}'), ',' ORDER BY reminder_rule_1.position, reminder_rule_1.id), ']') AS concat_7
  FROM reminder_rule AS reminder_rule_1
  WHERE reminder_rule_1.company_id = $2::UUID AND reminder_rule_1.client_id = payment_reminders_1.client_id
),
  ',"recipients":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"con_', contact_3.id, '","name":', ficha_json(contact_3.name),
    ',"email":', coalesce(ficha_json(contact_3.email), 'null'::json), '}'), ',' ORDER BY contact_3.position, contact_3.id), ']') AS concat_8
  FROM contact AS contact_3
  WHERE contact_3.company_id = $2::UUID AND contact_3.client_id = payment_reminders_1.client_id AND contact_3.receives_reminders AND contact_3.deleted_at IS NULL
),
  ',"cc":', array_to_json(payment_reminders_1.cc),
  ',"attachPdf":', CASE WHEN payment_reminders_1.attach_pdf THEN 'true' ELSE 'false' END,
  ',"attachXml":', CASE WHEN payment_reminders_1.attach_xml THEN 'true' ELSE 'false' END,
  ',"workingDaysOnly":', CASE WHEN payment_reminders_1.working_days_only THEN 'true' ELSE 'false' END, '}') ELSE 'null' END, '}') ELSE 'null' END,
  ',"billingCfdi":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_1.id, '","cfdiProfile":', CASE WHEN (cfdi_profile_1.client_id IS NOT NULL) THEN concat(
  '{"id":"cfp_', cfdi_profile_1.id, '","rfc":', coalesce(ficha_json(cfdi_profile_1.rfc), 'null'::json),
  ',"name":', coalesce(ficha_json(cfdi_profile_1.name), 'null'::json),
  ',"taxRegime":␁42:', CAST(ficha_json(cfdi_profile_1.tax_regime) AS TEXT), '␂,"cfdiUse":␁43:', CAST(ficha_json(cfdi_profile_1.cfdi_use) AS TEXT), '␂,"postalCode":', coalesce(ficha_json(cfdi_profile_1.postal_code), 'null'::json),
  ',"paymentForm":␁44:', CAST(ficha_json(cfdi_profile_1.payment_form) AS TEXT), '␂,"paymentMethod":␁45:', CAST(ficha_json(cfdi_profile_1.payment_method) AS TEXT), '␂,"currency":␁46:', CAST(ficha_json(cfdi_profile_1.currency) AS TEXT), '␂}') ELSE 'null' END,
  ',"cfdiReadiness":␁47:', json_build_array(cfdi_profile_1.rfc, cfdi_profile_1.name, cfdi_profile_1.tax_regime, cfdi_profile_1.cfdi_use, cfdi_profile_1.postal_code, cfdi_profile_1.payment_form, cfdi_profile_1.payment_method, cfdi_profile_1.currency, cfdi_profile_1.tax_residence, cfdi_profile_1.tax_id, cfdi_profile_1.taxpayer_status), '␂}') ELSE 'null' END,
  ',"billingBank":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_1.id, '","bankAccounts":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"bnk_', bank_account_2.id, '","role":', CASE WHEN (bank_account_2.role IN ('DEPOSIT', 'PAYER')) THEN '"' || bank_account_2.role || '"' ELSE '␁0:␂' END,
    ',"roleLabel":␁48:', CAST(ficha_json(bank_account_2.role) AS TEXT), '␂,"bank":␁49:', CAST(ficha_json(bank_account_2.bank_code) AS TEXT), '␂,"bankName":', coalesce(ficha_json(bank_account_2.bank_name), 'null'::json),
    ',"bankRfc":', coalesce(ficha_json(bank_account_2.bank_rfc), 'null'::json),
    ',"paymentForm":␁50:', CAST(ficha_json(bank_account_2.payment_form) AS TEXT), '␂,"accountNumber":␁51:', json_build_array(bank_account_2.account_number), '␂,"formattedAccount":␁52:', json_build_array(bank_account_2.account_number), '␂,"description":', coalesce(ficha_json(bank_account_2.description), 'null'::json),
    ',"isDefault":', CASE WHEN bank_account_2.is_default THEN 'true' ELSE 'false' END, '}'), ',' ORDER BY bank_account_2.position, bank_account_2.id), ']') AS concat_9
  FROM bank_account AS bank_account_2
  WHERE bank_account_2.company_id = $2::UUID AND bank_account_2.client_id = client_1.id AND bank_account_2.deleted_at IS NULL
), '}') ELSE 'null' END,
  ',"documentsTab":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_1.id, '","documents":', (
  SELECT concat(
    '{"nodes":[', array_to_string((array_agg(CAST(concat(
    '{"id":"file_', anon_8.id, '","kind":', CASE WHEN (anon_8.kind IN ('CANCELLATION_ACUSE', 'CFDI_XML', 'CONTRACT', 'OTHER', 'PAYMENT_RECEIPT', 'TAX_STATUS_CERTIFICATE', 'TECHNICAL')) THEN '"' || anon_8.kind || '"' ELSE '␁0:␂' END,
    ',"kindLabel":␁53:', CAST(ficha_json(anon_8.kind) AS TEXT), '␂,"name":', ficha_json(anon_8.name),
    ',"description":', coalesce(ficha_json(anon_8.description), 'null'::json),
    ',"contentType":', ficha_json(anon_8.content_type),
    ',"size":', anon_8.size,
    ',"sizeLabel":␁54:', json_build_array(anon_8.size), '␂,"expiresOn":', coalesce('"' || CAST(anon_8.expires_on AS TEXT) || '"', 'null'),
    ',"expiresOnLabel":␁55:', coalesce('"' || CAST(anon_8.expires_on AS TEXT) || '"', 'null'), '␂,"createdAt":"', to_char(anon_8.created_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","createdAtLabel":␁56:', coalesce('"' || CAST(to_char(anon_8.created_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"viewUrl":␁57:', json_build_array(anon_8.id, anon_8.object_key, anon_8.name, anon_8.content_type), '␂,"downloadUrl":␁58:', json_build_array(anon_8.id, anon_8.object_key, anon_8.name, anon_8.content_type), '␂,"uploadedBy":', CASE WHEN (collaborator_4.id IS NOT NULL) THEN concat(
    '{"id":"col_', collaborator_4.id, '","name":', ficha_json(collaborator_4.name),
    ',"avatarUrl":', coalesce(ficha_json($1::VARCHAR || collaborator_4.avatar_path), 'null'::json), '}') ELSE 'null' END, '}') AS TEXT) ORDER BY anon_8.t0_ DESC, anon_8.t1_ DESC))[1:least(CAST(count(*) AS INTEGER), 20)], ','), '],"pageInfo":{"hasNextPage":', CASE WHEN (count(*) > 20) THEN 'true' ELSE 'false' END,
    ',"endCursor":', CASE WHEN (count(*) > 0) THEN '"' || translate(encode(convert_to(CAST(json_build_array('document CREATED_AT:DESC', (array_agg(CAST(anon_8.t0_ AS TEXT) ORDER BY anon_8.t0_ DESC, anon_8.t1_ DESC))[least(CAST(count(*) AS INTEGER), 20)], (array_agg(CAST(anon_8.t1_ AS TEXT) ORDER BY anon_8.t0_ DESC, anon_8.t1_ DESC))[least(CAST(count(*) AS INTEGER), 20)]) AS TEXT), 'UTF8'), 'base64'), E'+/=\n', '-_') || '"' ELSE 'null' END, '}}') AS concat_10
  FROM LATERAL (
    SELECT document_2.company_id AS company_id, document_2.id AS id, document_2.client_id AS client_id, document_2.kind AS kind, document_2.name AS name, document_2.description AS description, document_2.tags AS tags, document_2.content_type AS content_type, document_2.size AS size, document_2.sha256 AS sha256, document_2.object_key AS object_key, document_2.expires_on AS expires_on, document_2.uploaded_by_id AS uploaded_by_id, document_2.original_id AS original_id, document_2.series_id AS series_id, document_2.revision AS revision, document_2.replaced_at AS replaced_at, document_2.reading AS reading, document_2.thumbnail_width AS thumbnail_width, document_2.thumbnail_height AS thumbnail_height, document_2.thumbnail_size AS thumbnail_size, document_2.thumbnail_tried_at AS thumbnail_tried_at, document_2.version AS version, document_2.created_at AS created_at, document_2.updated_at AS updated_at, document_2.deleted_at AS deleted_at, document_2.created_at AS t0_, document_2.id AS t1_
    FROM document AS document_2
    WHERE document_2.company_id = $2::UUID AND document_2.replaced_at IS NULL AND document_2.deleted_at IS NULL AND true AND document_2.client_id = client_1.id
    ORDER BY document_2.created_at DESC, document_2.id DESC
    LIMIT 21
  ) AS anon_8
  LEFT OUTER JOIN collaborator AS collaborator_4 ON collaborator_4.company_id = $2::UUID AND collaborator_4.id = anon_8.uploaded_by_id
), '}') ELSE 'null' END, '}') AS concat_1
FROM (
  SELECT 1 AS one
) AS one
LEFT OUTER JOIN client AS client_1 ON client_1.id = $5::UUID AND client_1.company_id = $2::UUID
LEFT OUTER JOIN LATERAL (
  SELECT EXISTS (
    SELECT document_3.id
    FROM document AS document_3
    WHERE document_3.company_id = $2::UUID AND document_3.client_id = client_4.id
  ) AS has_files, EXISTS (
    SELECT sales_document_3.id
    FROM sales_document AS sales_document_3
    WHERE sales_document_3.company_id = $2::UUID AND sales_document_3.client_id = client_4.id
  ) AS has_sales_documents, EXISTS (
    SELECT payment_1.id
    FROM payment AS payment_1
    WHERE payment_1.company_id = $2::UUID AND payment_1.client_id = client_4.id
  ) AS has_payments, EXISTS (
    SELECT sales_document_3.id
    FROM sales_document AS sales_document_3
    WHERE sales_document_3.company_id = $2::UUID AND sales_document_3.client_id = client_4.id AND sales_document_3.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_3.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID') AND round(((sales_document_3.total - sales_document_3.paid) - sales_document_3.credited) * sales_document_3.exchange_rate, 2) != 0
  ) AS has_balance, EXISTS (
    SELECT contact_4.id
    FROM contact AS contact_4
    WHERE contact_4.company_id = $2::UUID AND contact_4.client_id = client_4.id AND contact_4.deleted_at IS NULL
    LIMIT 1 OFFSET 499
  ) AS full_contacts, EXISTS (
    SELECT address_4.id
    FROM address AS address_4
    WHERE address_4.company_id = $2::UUID AND address_4.client_id = client_4.id AND address_4.deleted_at IS NULL
    LIMIT 1 OFFSET 499
  ) AS full_addresses, EXISTS (
    SELECT bank_account_3.id
    FROM bank_account AS bank_account_3
    WHERE bank_account_3.company_id = $2::UUID AND bank_account_3.client_id = client_4.id AND bank_account_3.deleted_at IS NULL
    LIMIT 1 OFFSET 499
  ) AS full_accounts
  FROM client AS client_4
  WHERE client_4.company_id = $2::UUID AND client_4.id = client_1.id
) AS anon_1 ON client_1.id IS NOT NULL
LEFT OUTER JOIN collaborator AS collaborator_1 ON collaborator_1.company_id = $2::UUID AND collaborator_1.id = client_1.owner_id
LEFT OUTER JOIN price_list AS price_list_1 ON price_list_1.company_id = $2::UUID AND price_list_1.id = client_1.price_list_id
LEFT OUTER JOIN prospect_state AS prospect_state_1 ON prospect_state_1.company_id = $2::UUID AND prospect_state_1.id = client_1.prospect_state_id
LEFT OUTER JOIN address AS address_1 ON address_1.company_id = $2::UUID AND address_1.client_id = client_1.id AND address_1.kind = 'FISCAL' AND address_1.deleted_at IS NULL
LEFT OUTER JOIN LATERAL (
  SELECT client_1.id AS client_id, (
    SELECT company_1.currency
    FROM company AS company_1
    WHERE company_1.id = $2::UUID
  ) AS currency, receivable_terms_1.terms AS terms, receivable_terms_1.credit_days AS credit_days, receivable_terms_1.credit_limit AS credit_limit, receivable_terms_1.overdue_days AS overdue_days, receivable_terms_1.assumes_paid AS assumes_paid, CAST(anon_9.owed - (
    SELECT client_5.credit_balance
    FROM client AS client_5
    WHERE client_5.company_id = $2::UUID AND client_5.id = client_1.id
  ) AS NUMERIC(18, 2)) AS balance, anon_9.owed AS owed, (
    SELECT client_5.credit_balance
    FROM client AS client_5
    WHERE client_5.company_id = $2::UUID AND client_5.id = client_1.id
  ) AS credit_balance, anon_9.overdue_balance AS overdue_balance, anon_9.current AS current, anon_9.up_to_30 AS up_to_30, anon_9.up_to_60 AS up_to_60, anon_9.up_to_90 AS up_to_90, anon_9.over_90 AS over_90, anon_9.credit_used AS credit_used, receivable_terms_1.credit_limit - anon_9.credit_used AS credit_available, receivable_terms_1.version AS version, receivable_terms_1.created_at AS created_at, receivable_terms_1.updated_at AS updated_at
  FROM LATERAL (
    SELECT CAST(coalesce(sum(round(((sales_document_4.total - sales_document_4.paid) - sales_document_4.credited) * sales_document_4.exchange_rate, 2)), 0) AS NUMERIC(18, 2)) AS owed, CAST(coalesce(sum(CASE WHEN (sales_document_4.due_on < $6::DATE) THEN round(((sales_document_4.total - sales_document_4.paid) - sales_document_4.credited) * sales_document_4.exchange_rate, 2) ELSE 0 END), 0) AS NUMERIC(18, 2)) AS overdue_balance, CAST(coalesce(sum(CASE WHEN (sales_document_4.due_on IS NULL OR $6::DATE - sales_document_4.due_on <= 0) THEN round(((sales_document_4.total - sales_document_4.paid) - sales_document_4.credited) * sales_document_4.exchange_rate, 2) ELSE 0 END), 0) AS NUMERIC(18, 2)) AS current, CAST(coalesce(sum(CASE WHEN ($6::DATE - sales_document_4.due_on BETWEEN 1 AND 30) THEN round(((sales_document_4.total - sales_document_4.paid) - sales_document_4.credited) * sales_document_4.exchange_rate, 2) ELSE 0 END), 0) AS NUMERIC(18, 2)) AS up_to_30, CAST(coalesce(sum(CASE WHEN ($6::DATE - sales_document_4.due_on BETWEEN 31 AND 60) THEN round(((sales_document_4.total - sales_document_4.paid) - sales_document_4.credited) * sales_document_4.exchange_rate, 2) ELSE 0 END), 0) AS NUMERIC(18, 2)) AS up_to_60, CAST(coalesce(sum(CASE WHEN ($6::DATE - sales_document_4.due_on BETWEEN 61 AND 90) THEN round(((sales_document_4.total - sales_document_4.paid) - sales_document_4.credited) * sales_document_4.exchange_rate, 2) ELSE 0 END), 0) AS NUMERIC(18, 2)) AS up_to_90, CAST(coalesce(sum(CASE WHEN ($6::DATE - sales_document_4.due_on > 90) THEN round(((sales_document_4.total - sales_document_4.paid) - sales_document_4.credited) * sales_document_4.exchange_rate, 2) ELSE 0 END), 0) AS NUMERIC(18, 2)) AS over_90, CAST(coalesce(sum(CASE WHEN (sales_document_4.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_4.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID') AND (sales_document_4.type = 'INVOICE' OR sales_document_4.on_credit)) THEN round(((sales_document_4.total - sales_document_4.paid) - sales_document_4.credited) * sales_document_4.exchange_rate, 2) ELSE 0 END), 0) AS NUMERIC(18, 2)) AS credit_used
    FROM sales_document AS sales_document_4
    WHERE sales_document_4.company_id = $2::UUID AND sales_document_4.client_id = client_1.id AND sales_document_4.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_4.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID')
  ) AS anon_9
  LEFT OUTER JOIN receivable_terms AS receivable_terms_1 ON receivable_terms_1.company_id = $2::UUID AND receivable_terms_1.client_id = client_1.id
) AS anon_7 ON client_1.id IS NOT NULL
LEFT OUTER JOIN payment_reminders AS payment_reminders_1 ON payment_reminders_1.company_id = $2::UUID AND payment_reminders_1.client_id = client_1.id
LEFT OUTER JOIN cfdi_profile AS cfdi_profile_1 ON cfdi_profile_1.company_id = $2::UUID AND cfdi_profile_1.client_id = client_1.id AND cfdi_profile_1.valid_to IS NULL
