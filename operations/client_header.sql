-- $1 here, $2 a0_key, $3 company_id, $4 sees_all, $5 viewer_id
SELECT concat(
  '{"client":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_1.id, '","kind":', CASE WHEN (client_1.kind IN ('CLIENT', 'PROSPECT')) THEN '"' || client_1.kind || '"' ELSE '␁0:␂' END,
  ',"kindLabel":␁1:', CAST(ficha_json(client_1.kind) AS TEXT), '␂,"legalName":', ficha_json(client_1.legal_name),
  ',"tradeName":', coalesce(ficha_json(client_1.trade_name), 'null'::json),
  ',"rfc":', coalesce(ficha_json(client_1.rfc), 'null'::json),
  ',"availableActions":␁2:', json_build_array(client_1.kind, client_1.deleted_at, client_1.converted_into_id, anon_1.has_files, anon_1.has_sales_documents, anon_1.has_payments, anon_1.has_balance, anon_1.full_contacts, anon_1.full_addresses, anon_1.full_accounts), '␂,"availableActionLabels":␁3:', json_build_array(client_1.kind, client_1.deleted_at, client_1.converted_into_id, anon_1.has_files, anon_1.has_sales_documents, anon_1.has_payments, anon_1.has_balance, anon_1.full_contacts, anon_1.full_addresses, anon_1.full_accounts), '␂,"actions":␁4:', json_build_array(client_1.kind, client_1.deleted_at, client_1.converted_into_id, anon_1.has_files, anon_1.has_sales_documents, anon_1.has_payments, anon_1.has_balance, anon_1.full_contacts, anon_1.full_addresses, anon_1.full_accounts), '␂,"owner":', CASE WHEN (collaborator_1.id IS NOT NULL) THEN concat(
  '{"id":"col_', collaborator_1.id, '","name":', ficha_json(collaborator_1.name),
  ',"avatarUrl":', coalesce(ficha_json($1::VARCHAR || collaborator_1.avatar_path), 'null'::json), '}') ELSE 'null' END,
  ',"priceList":', CASE WHEN (price_list_1.id IS NOT NULL) THEN concat(
  '{"id":"prl_', price_list_1.id, '","name":', ficha_json(price_list_1.name),
  ',"currency":', ficha_json(price_list_1.currency), '}') ELSE 'null' END,
  ',"prospectState":', CASE WHEN (prospect_state_1.id IS NOT NULL) THEN concat(
  '{"id":"pst_', prospect_state_1.id, '","name":', ficha_json(prospect_state_1.name), '}') ELSE 'null' END,
  ',"convertedInto":', CASE WHEN (client_2.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_2.id, '","legalName":', ficha_json(client_2.legal_name), '}') ELSE 'null' END,
  ',"deletedAt":', coalesce('"' || CAST(to_char(client_1.deleted_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'),
  ',"deletedAtLabel":␁5:', coalesce('"' || CAST(to_char(client_1.deleted_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"externalId":', coalesce(ficha_json(client_1.external_id), 'null'::json),
  ',"viewerCanUpdate":␁6:', json_build_array(client_1.kind, client_1.deleted_at, client_1.converted_into_id), '␂,"viewerCanUpdateBilling":␁7:', json_build_array(client_1.kind, client_1.deleted_at, client_1.converted_into_id), '␂,"version":', client_1.version, '}') ELSE 'null' END, '}') AS concat_1
FROM (
  SELECT 1 AS one
) AS one
LEFT OUTER JOIN client AS client_1 ON client_1.id = $2::UUID AND client_1.company_id = $3::UUID
LEFT OUTER JOIN LATERAL (
  SELECT EXISTS (
    SELECT document_1.id
    FROM document AS document_1
    WHERE document_1.company_id = $3::UUID AND document_1.client_id = client_3.id
  ) AS has_files, EXISTS (
    SELECT sales_document_1.id
    FROM sales_document AS sales_document_1
    WHERE sales_document_1.company_id = $3::UUID AND sales_document_1.client_id = client_3.id
  ) AS has_sales_documents, EXISTS (
    SELECT payment_1.id
    FROM payment AS payment_1
    WHERE payment_1.company_id = $3::UUID AND payment_1.client_id = client_3.id
  ) AS has_payments, EXISTS (
    SELECT sales_document_1.id
    FROM sales_document AS sales_document_1
    WHERE sales_document_1.company_id = $3::UUID AND sales_document_1.client_id = client_3.id AND sales_document_1.type IN ('SALES_NOTE', 'INVOICE') AND sales_document_1.state IN ('STAMPED', 'SENT', 'VIEWED', 'PARTIALLY_PAID') AND round(((sales_document_1.total - sales_document_1.paid) - sales_document_1.credited) * sales_document_1.exchange_rate, 2) != 0
  ) AS has_balance, EXISTS (
    SELECT contact_1.id
    FROM contact AS contact_1
    WHERE contact_1.company_id = $3::UUID AND contact_1.client_id = client_3.id AND contact_1.deleted_at IS NULL
    LIMIT 1 OFFSET 499
  ) AS full_contacts, EXISTS (
    SELECT address_1.id
    FROM address AS address_1
    WHERE address_1.company_id = $3::UUID AND address_1.client_id = client_3.id AND address_1.deleted_at IS NULL
    LIMIT 1 OFFSET 499
  ) AS full_addresses, EXISTS (
    SELECT bank_account_1.id
    FROM bank_account AS bank_account_1
    WHERE bank_account_1.company_id = $3::UUID AND bank_account_1.client_id = client_3.id AND bank_account_1.deleted_at IS NULL
    LIMIT 1 OFFSET 499
  ) AS full_accounts
  FROM client AS client_3
  WHERE client_3.company_id = $3::UUID AND client_3.id = client_1.id
) AS anon_1 ON client_1.id IS NOT NULL
LEFT OUTER JOIN collaborator AS collaborator_1 ON collaborator_1.company_id = $3::UUID AND collaborator_1.id = client_1.owner_id
LEFT OUTER JOIN price_list AS price_list_1 ON price_list_1.company_id = $3::UUID AND price_list_1.id = client_1.price_list_id
LEFT OUTER JOIN prospect_state AS prospect_state_1 ON prospect_state_1.company_id = $3::UUID AND prospect_state_1.id = client_1.prospect_state_id
LEFT OUTER JOIN client AS client_2 ON client_2.company_id = $3::UUID AND client_2.id = client_1.converted_into_id AND ($4 OR client_2.owner_id = $5::UUID)
