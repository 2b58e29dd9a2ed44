-- $1 company_id, $2 a0_key
SELECT concat(
  '{"client":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_1.id, '","kind":', CASE WHEN (client_1.kind IN ('CLIENT', 'PROSPECT')) THEN '"' || client_1.kind || '"' ELSE '␁0:␂' END,
  ',"legalName":', ficha_json(client_1.legal_name),
  ',"tradeName":', coalesce(ficha_json(client_1.trade_name), 'null'::json),
  ',"rfc":', coalesce(ficha_json(client_1.rfc), 'null'::json),
  ',"externalId":', coalesce(ficha_json(client_1.external_id), 'null'::json),
  ',"internalNote":', coalesce(ficha_json(client_1.internal_note), 'null'::json),
  ',"version":', client_1.version,
  ',"viewerCanUpdate":␁1:', json_build_array(client_1.kind, client_1.deleted_at, client_1.converted_into_id), '␂,"createdAt":"', to_char(client_1.created_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","createdAtLabel":␁2:', coalesce('"' || CAST(to_char(client_1.created_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"createdBy":', CASE WHEN (collaborator_1.id IS NOT NULL) THEN concat(
  '{"id":"col_', collaborator_1.id, '","name":', ficha_json(collaborator_1.name), '}') ELSE 'null' END,
  ',"contacts":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"con_', contact_1.id, '","name":', ficha_json(contact_1.name),
    ',"jobTitle":', coalesce(ficha_json(contact_1.job_title), 'null'::json),
    ',"email":', coalesce(ficha_json(contact_1.email), 'null'::json),
    ',"phone":', coalesce(ficha_json(contact_1.phone), 'null'::json),
    ',"phoneExtension":', coalesce(ficha_json(contact_1.phone_extension), 'null'::json),
    ',"formattedPhone":␁3:', json_build_array(contact_1.phone, contact_1.phone_extension), '␂,"isPrimary":', CASE WHEN contact_1.is_primary THEN 'true' ELSE 'false' END,
    ',"receivesReminders":', CASE WHEN contact_1.receives_reminders THEN 'true' ELSE 'false' END,
    ',"version":', contact_1.version,
    ',"actions":␁4:', json_build_array(contact_1.deleted_at, anon_1.client_kind, anon_1.client_deleted_at), '␂}'), ',' ORDER BY contact_1.position, contact_1.id), ']') AS concat_2
  FROM contact AS contact_1
  LEFT OUTER JOIN LATERAL (
    SELECT client_2.kind AS client_kind, client_2.deleted_at AS client_deleted_at
    FROM client AS client_2
    WHERE client_2.company_id = $1::UUID AND client_2.id = contact_1.client_id
  ) AS anon_1 ON true
  WHERE contact_1.company_id = $1::UUID AND contact_1.client_id = client_1.id AND contact_1.deleted_at IS NULL
),
  ',"fiscalAddress":', CASE WHEN (address_1.client_id IS NOT NULL) THEN concat(
  '{"id":"adr_', address_1.id, '","kind":', CASE WHEN (address_1.kind IN ('BRANCH', 'FISCAL')) THEN '"' || address_1.kind || '"' ELSE '␁0:␂' END,
  ',"kindLabel":␁5:', CAST(ficha_json(address_1.kind) AS TEXT), '␂,"label":', coalesce(ficha_json(address_1.label), 'null'::json),
  ',"formatted":␁6:', json_build_array(address_1.street, address_1.exterior_number, address_1.interior_number, address_1.neighborhood, address_1.locality, address_1.municipality, address_1.state, address_1.postal_code, address_1.country), '␂,"street":', ficha_json(address_1.street),
  ',"exteriorNumber":', coalesce(ficha_json(address_1.exterior_number), 'null'::json),
  ',"interiorNumber":', coalesce(ficha_json(address_1.interior_number), 'null'::json),
  ',"neighborhood":', coalesce(ficha_json(address_1.neighborhood), 'null'::json),
  ',"locality":', coalesce(ficha_json(address_1.locality), 'null'::json),
  ',"municipality":', coalesce(ficha_json(address_1.municipality), 'null'::json),
  ',"state":␁7:', CAST(ficha_json(address_1.state) AS TEXT), '␂,"postalCode":', coalesce(ficha_json(address_1.postal_code), 'null'::json),
  ',"country":␁8:', CAST(ficha_json(address_1.country) AS TEXT), '␂,"reference":', coalesce(ficha_json(address_1.reference), 'null'::json),
  ',"version":', address_1.version,
  ',"actions":␁9:', json_build_array(address_1.deleted_at, anon_2.client_kind, anon_2.client_deleted_at, address_1.kind, address_1.country, address_1.state, address_1.postal_code, anon_2.fiscal_elsewhere), '␂}') ELSE 'null' END,
  ',"branchAddresses":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"adr_', address_2.id, '","kind":', CASE WHEN (address_2.kind IN ('BRANCH', 'FISCAL')) THEN '"' || address_2.kind || '"' ELSE '␁0:␂' END,
    ',"kindLabel":␁10:', CAST(ficha_json(address_2.kind) AS TEXT), '␂,"label":', coalesce(ficha_json(address_2.label), 'null'::json),
    ',"formatted":␁11:', json_build_array(address_2.street, address_2.exterior_number, address_2.interior_number, address_2.neighborhood, address_2.locality, address_2.municipality, address_2.state, address_2.postal_code, address_2.country), '␂,"street":', ficha_json(address_2.street),
    ',"exteriorNumber":', coalesce(ficha_json(address_2.exterior_number), 'null'::json),
    ',"interiorNumber":', coalesce(ficha_json(address_2.interior_number), 'null'::json),
    ',"neighborhood":', coalesce(ficha_json(address_2.neighborhood), 'null'::json),
    ',"locality":', coalesce(ficha_json(address_2.locality), 'null'::json),
    ',"municipality":', coalesce(ficha_json(address_2.municipality), 'null'::json),
    ',"state":␁12:', CAST(ficha_json(address_2.state) AS TEXT), '␂,"postalCode":', coalesce(ficha_json(address_2.postal_code), 'null'::json),
    ',"country":␁13:', CAST(ficha_json(address_2.country) AS TEXT), '␂,"reference":', coalesce(ficha_json(address_2.reference), 'null'::json),
    ',"version":', address_2.version,
    ',"actions":␁14:', json_build_array(address_2.deleted_at, anon_3.client_kind, anon_3.client_deleted_at, address_2.kind, address_2.country, address_2.state, address_2.postal_code, anon_3.fiscal_elsewhere), '␂}'), ',' ORDER BY address_2.position, address_2.id), ']') AS concat_3
  FROM address AS address_2
  LEFT OUTER JOIN LATERAL (
    SELECT client_3.kind AS client_kind, client_3.deleted_at AS client_deleted_at, EXISTS (
      SELECT address_3.id
      FROM address AS address_3
      WHERE address_3.company_id = $1::UUID AND address_3.client_id = address_4.client_id AND address_3.id != address_4.id AND address_3.kind = 'FISCAL' AND address_3.deleted_at IS NULL
    ) AS fiscal_elsewhere
    FROM address AS address_4
    JOIN client AS client_3 ON client_3.company_id = $1::UUID AND client_3.id = address_4.client_id
    WHERE address_4.company_id = $1::UUID AND address_4.id = address_2.id
  ) AS anon_3 ON true
  WHERE address_2.company_id = $1::UUID AND address_2.client_id = client_1.id AND address_2.kind = 'BRANCH' AND address_2.deleted_at IS NULL
), '}') ELSE 'null' END, '}') AS concat_1
FROM (
  SELECT 1 AS one
) AS one
LEFT OUTER JOIN client AS client_1 ON client_1.id = $2::UUID AND client_1.company_id = $1::UUID
LEFT OUTER JOIN collaborator AS collaborator_1 ON collaborator_1.company_id = $1::UUID AND collaborator_1.id = client_1.created_by_id
LEFT OUTER JOIN address AS address_1 ON address_1.company_id = $1::UUID AND address_1.client_id = client_1.id AND address_1.kind = 'FISCAL' AND address_1.deleted_at IS NULL
LEFT OUTER JOIN LATERAL (
  SELECT client_4.kind AS client_kind, client_4.deleted_at AS client_deleted_at, EXISTS (
    SELECT address_5.id
    FROM address AS address_5
    WHERE address_5.company_id = $1::UUID AND address_5.client_id = address_6.client_id AND address_5.id != address_6.id AND address_5.kind = 'FISCAL' AND address_5.deleted_at IS NULL
  ) AS fiscal_elsewhere
  FROM address AS address_6
  JOIN client AS client_4 ON client_4.company_id = $1::UUID AND client_4.id = address_6.client_id
  WHERE address_6.company_id = $1::UUID AND address_6.id = address_1.id
) AS anon_2 ON address_1.client_id IS NOT NULL
