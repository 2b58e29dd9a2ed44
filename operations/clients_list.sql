-- $1 company_id, $2 here, $3 a2_f0
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
    ',"prospectState":', CASE WHEN (prospect_state_1.id IS NOT NULL) THEN concat(
    '{"id":"pst_', prospect_state_1.id, '","name":', ficha_json(prospect_state_1.name), '}') ELSE 'null' END,
    ',"owner":', CASE WHEN (collaborator_1.id IS NOT NULL) THEN concat(
    '{"id":"col_', collaborator_1.id, '","name":', ficha_json(collaborator_1.name),
    ',"avatarUrl":', coalesce(ficha_json($2::VARCHAR || collaborator_1.avatar_path), 'null'::json), '}') ELSE 'null' END,
    ',"contacts":', (
    SELECT concat('[', string_agg(concat(
      '{"id":"con_', contact_1.id, '","name":', ficha_json(contact_1.name),
      ',"email":', coalesce(ficha_json(contact_1.email), 'null'::json),
      ',"phone":', coalesce(ficha_json(contact_1.phone), 'null'::json),
      ',"isPrimary":', CASE WHEN contact_1.is_primary THEN 'true' ELSE 'false' END, '}'), ',' ORDER BY contact_1.position, contact_1.id), ']') AS concat_3
    FROM contact AS contact_1
    WHERE contact_1.company_id = $1::UUID AND contact_1.client_id = anon_1.id AND contact_1.deleted_at IS NULL
  ),
    ',"openDeals":', (
    SELECT concat(
      '{"nodes":[', string_agg(concat(
      '{"id":"deal_', anon_2.id, '","title":', ficha_json(anon_2.title),
      ',"estimatedValue":"', anon_2.estimated_value, '","estimatedValueLabel":␁2:', coalesce('"' || CAST(anon_2.estimated_value AS TEXT) || '"', 'null'), '␂,"currency":', ficha_json(anon_2.currency),
      ',"priority":', CASE WHEN (anon_2.priority IN ('HIGH', 'LOW', 'MEDIUM', 'URGENT')) THEN '"' || anon_2.priority || '"' ELSE '␁0:␂' END,
      ',"priorityLabel":␁3:', CAST(ficha_json(anon_2.priority) AS TEXT), '␂,"stage":', CASE WHEN (funnel_stage_1.id IS NOT NULL) THEN concat(
      '{"id":"stg_', funnel_stage_1.id, '","name":', ficha_json(funnel_stage_1.name), '}') ELSE '␁0:␂' END, '}'), ',' ORDER BY anon_2.t0_ DESC, anon_2.t1_ DESC), ']}') AS concat_4
    FROM LATERAL (
      SELECT deal_1.company_id AS company_id, deal_1.id AS id, deal_1.client_id AS client_id, deal_1.title AS title, deal_1.description AS description, deal_1.estimated_value AS estimated_value, deal_1.currency AS currency, deal_1.priority AS priority, deal_1.assignee_id AS assignee_id, deal_1.stage_id AS stage_id, deal_1.state AS state, deal_1.expected_close_on AS expected_close_on, deal_1.closed_on AS closed_on, deal_1.final_value AS final_value, deal_1.loss_reason_id AS loss_reason_id, deal_1.reopened_at AS reopened_at, deal_1.created_by_id AS created_by_id, deal_1.version AS version, deal_1.created_at AS created_at, deal_1.updated_at AS updated_at, deal_1.deleted_at AS deleted_at, deal_1.created_at AS t0_, deal_1.id AS t1_
      FROM deal AS deal_1
      WHERE deal_1.company_id = $1::UUID AND deal_1.deleted_at IS NULL AND deal_1.state = $3 AND deal_1.client_id = anon_1.id
      ORDER BY deal_1.created_at DESC, deal_1.id DESC
      LIMIT 20
    ) AS anon_2
    LEFT OUTER JOIN funnel_stage AS funnel_stage_1 ON funnel_stage_1.company_id = $1::UUID AND funnel_stage_1.id = anon_2.stage_id
  ),
    ',"history":', (
    SELECT concat(
      '{"nodes":[', array_to_string((array_agg(CAST(concat(
      '{"__typename":"', coalesce(CAST(
      '{"CLIENT_CREATED":"ClientCreatedEvent","PROSPECT_CONVERTED":"ProspectConvertedEvent","PROSPECT_STATE_CHANGED":"ProspectStateChangedEvent","SALES_DOCUMENT_ISSUED":"SalesDocumentIssuedEvent","SALES_DOCUMENT_CONVERTED":"SalesDocumentConvertedEvent","SALES_DOCUMENT_STATE_CHANGED":"SalesDocumentStateChangedEvent","SALES_DOCUMENT_CHANGED":"SalesDocumentChangedEvent","SALES_DOCUMENT_STAMPED":"SalesDocumentStampedEvent","SALES_DOCUMENT_READINESS_OVERRIDDEN":"SalesDocumentReadinessOverriddenEvent","SALES_DOCUMENT_CANCELLATION_REQUESTED":"SalesDocumentCancellationRequestedEvent","SALES_DOCUMENT_CANCELLATION_REPORTED":"SalesDocumentCancellationReportedEvent","SALES_DOCUMENT_PAYMENT_REGISTERED":"SalesDocumentPaymentRegisteredEvent","SALES_DOCUMENT_PAYMENT_REVERSED":"SalesDocumentPaymentReversedEvent","PAYMENT_RECEIVED":"PaymentReceivedEvent","CREDIT_APPLIED":"CreditAppliedEvent","CREDIT_APPLICATION_UNDONE":"CreditApplicationUndoneEvent","CREDIT_REFUNDED":"CreditRefundedEvent","DEAL_CREATED":"DealCreatedEvent","DEAL_WON":"DealWonEvent","DEAL_LOST":"DealLostEvent","DEAL_CLOSED":"DealClosedEvent","DEAL_REOPENED":"DealReopenedEvent","CLIENT_CHANGED":"ClientChangedEvent","CONTACT_CHANGED":"ContactChangedEvent","ADDRESS_CHANGED":"AddressChangedEvent","CFDI_PROFILE_CHANGED":"CfdiProfileChangedEvent","BANK_ACCOUNT_CHANGED":"BankAccountChangedEvent","RECEIVABLE_TERMS_CHANGED":"ReceivableTermsChangedEvent","PAYMENT_REMINDERS_CHANGED":"PaymentRemindersChangedEvent","DEAL_CHANGED":"DealChangedEvent","FOLLOW_UP_CHANGED":"FollowUpChangedEvent","DOCUMENT_CHANGED":"DocumentChangedEvent","EXTERNAL_CALL":"ExternalCallEvent","EXTERNAL_MESSAGE":"ExternalMessageEvent","EXTERNAL_EMAIL":"ExternalEmailEvent","EXTERNAL_MEETING":"ExternalMeetingEvent","EXTERNAL_VISIT":"ExternalVisitEvent","EXTERNAL_ORDER":"ExternalOrderEvent","EXTERNAL_TICKET":"ExternalTicketEvent","EXTERNAL_OTHER":"ExternalOtherEvent"}' AS JSONB) ->> anon_3.kind, '␁0:␂'), '","id":"evt_', anon_3.id, '","kind":', CASE WHEN (anon_3.kind IN ('ADDRESS_CHANGED', 'BANK_ACCOUNT_CHANGED', 'CFDI_PROFILE_CHANGED', 'CLIENT_CHANGED', 'CLIENT_CREATED', 'CONTACT_CHANGED', 'CREDIT_APPLICATION_UNDONE', 'CREDIT_APPLIED', 'CREDIT_REFUNDED', 'DEAL_CHANGED', 'DEAL_CLOSED', 'DEAL_CREATED', 'DEAL_LOST', 'DEAL_REOPENED', 'DEAL_WON', 'DOCUMENT_CHANGED', 'EXTERNAL_CALL', 'EXTERNAL_EMAIL', 'EXTERNAL_MEETING', 'EXTERNAL_MESSAGE', 'EXTERNAL_ORDER', 'EXTERNAL_OTHER', 'EXTERNAL_TICKET', 'EXTERNAL_VISIT', 'FOLLOW_UP_CHANGED', 'PAYMENT_RECEIVED', 'PAYMENT_REMINDERS_CHANGED', 'PROSPECT_CONVERTED', 'PROSPECT_STATE_CHANGED', 'RECEIVABLE_TERMS_CHANGED', 'SALES_DOCUMENT_CANCELLATION_REPORTED', 'SALES_DOCUMENT_CANCELLATION_REQUESTED', 'SALES_DOCUMENT_CHANGED', 'SALES_DOCUMENT_CONVERTED', 'SALES_DOCUMENT_ISSUED', 'SALES_DOCUMENT_PAYMENT_REGISTERED', 'SALES_DOCUMENT_PAYMENT_REVERSED', 'SALES_DOCUMENT_READINESS_OVERRIDDEN', 'SALES_DOCUMENT_STAMPED', 'SALES_DOCUMENT_STATE_CHANGED')) THEN '"' || anon_3.kind || '"' ELSE '␁0:␂' END,
      ',"kindLabel":␁4:', CAST(ficha_json(anon_3.kind) AS TEXT), '␂,"occurredAt":"', to_char(anon_3.occurred_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","occurredAtLabel":␁5:', coalesce('"' || CAST(to_char(anon_3.occurred_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"actor":', CASE WHEN (collaborator_2.id IS NOT NULL) THEN concat(
      '{"id":"col_', collaborator_2.id, '","name":', ficha_json(collaborator_2.name),
      ',"avatarUrl":', coalesce(ficha_json($2::VARCHAR || collaborator_2.avatar_path), 'null'::json), '}') ELSE 'null' END, '}') AS TEXT) ORDER BY anon_3.t0_ DESC, anon_3.t1_ DESC))[1:least(CAST(count(*) AS INTEGER), 20)], ','), '],"pageInfo":{"hasNextPage":', CASE WHEN (count(*) > 20) THEN 'true' ELSE 'false' END,
      ',"endCursor":', CASE WHEN (count(*) > 0) THEN '"' || translate(encode(convert_to(CAST(json_build_array('history_event OCCURRED_AT:DESC', (array_agg(CAST(anon_3.t0_ AS TEXT) ORDER BY anon_3.t0_ DESC, anon_3.t1_ DESC))[least(CAST(count(*) AS INTEGER), 20)], (array_agg(CAST(anon_3.t1_ AS TEXT) ORDER BY anon_3.t0_ DESC, anon_3.t1_ DESC))[least(CAST(count(*) AS INTEGER), 20)]) AS TEXT), 'UTF8'), 'base64'), E'+/=\n', '-_') || '"' ELSE 'null' END, '}}') AS concat_5
    FROM LATERAL (
      SELECT history_event_1.company_id AS company_id, history_event_1.id AS id, history_event_1.client_id AS client_id, history_event_1.occurred_at AS occurred_at, history_event_1.recorded_at AS recorded_at, history_event_1.kind AS kind, history_event_1.actor_id AS actor_id, history_event_1.api_key_id AS api_key_id, history_event_1.as_prospect AS as_prospect, history_event_1.deal_id AS deal_id, history_event_1.sales_document_id AS sales_document_id, history_event_1.origin_document_id AS origin_document_id, history_event_1.subject_id AS subject_id, history_event_1.details AS details, history_event_1.recorded_at AS created_at, history_event_1.recorded_at AS updated_at, history_event_1.details - ARRAY['body', 'changes'] AS said, history_event_1.occurred_at AS t0_, history_event_1.id AS t1_
      FROM history_event AS history_event_1
      WHERE history_event_1.company_id = $1::UUID AND NOT (false) AND true AND history_event_1.client_id = anon_1.id
      ORDER BY history_event_1.occurred_at DESC, history_event_1.id DESC
      LIMIT 21
    ) AS anon_3
    LEFT OUTER JOIN collaborator AS collaborator_2 ON collaborator_2.company_id = $1::UUID AND collaborator_2.id = anon_3.actor_id
  ), '}') AS TEXT) ORDER BY anon_1.t0_ ASC, anon_1.t1_ ASC))[1:least(CAST(count(*) AS INTEGER), 50)], ','), '],"pageInfo":{"hasNextPage":', CASE WHEN (count(*) > 50) THEN 'true' ELSE 'false' END,
    ',"endCursor":', CASE WHEN (count(*) > 0) THEN '"' || translate(encode(convert_to(CAST(json_build_array('client LEGAL_NAME:ASC', (array_agg(CAST(anon_1.t0_ AS TEXT) ORDER BY anon_1.t0_ ASC, anon_1.t1_ ASC))[least(CAST(count(*) AS INTEGER), 50)], (array_agg(CAST(anon_1.t1_ AS TEXT) ORDER BY anon_1.t0_ ASC, anon_1.t1_ ASC))[least(CAST(count(*) AS INTEGER), 50)]) AS TEXT), 'UTF8'), 'base64'), E'+/=\n', '-_') || '"' ELSE 'null' END, '}}') AS concat_2
  FROM LATERAL (
    SELECT client_1.company_id AS company_id, client_1.id AS id, client_1.kind AS kind, client_1.legal_name AS legal_name, client_1.trade_name AS trade_name, client_1.rfc AS rfc, client_1.owner_id AS owner_id, client_1.price_list_id AS price_list_id, client_1.internal_note AS internal_note, client_1.external_id AS external_id, client_1.created_by_id AS created_by_id, client_1.converted_at AS converted_at, client_1.converted_by_id AS converted_by_id, client_1.converted_into_id AS converted_into_id, client_1.prospect_state_id AS prospect_state_id, client_1.deleted_by_id AS deleted_by_id, client_1.revision AS revision, client_1.version AS version, client_1.created_at AS created_at, client_1.updated_at AS updated_at, client_1.deleted_at AS deleted_at, client_1.sort_name AS t0_, client_1.id AS t1_
    FROM client AS client_1
    WHERE client_1.company_id = $1::UUID AND client_1.deleted_at IS NULL
    ORDER BY client_1.sort_name ASC, client_1.id ASC
    LIMIT 51
  ) AS anon_1
  LEFT OUTER JOIN prospect_state AS prospect_state_1 ON prospect_state_1.company_id = $1::UUID AND prospect_state_1.id = anon_1.prospect_state_id
  LEFT OUTER JOIN collaborator AS collaborator_1 ON collaborator_1.company_id = $1::UUID AND collaborator_1.id = anon_1.owner_id
), '}') AS concat_1
FROM (
  SELECT 1 AS one
) AS one
