-- $1 company_id, $2 now, $3 a0_key
SELECT concat(
  '{"client":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_1.id, '","contacts":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"con_', contact_1.id, '","name":', ficha_json(contact_1.name),
    ',"deletedAtLabel":␁0:', coalesce('"' || CAST(to_char(contact_1.deleted_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"version":', contact_1.version, '}'), ',' ORDER BY contact_1.position, contact_1.id), ']') AS concat_2
  FROM contact AS contact_1
  WHERE contact_1.company_id = $1::UUID AND contact_1.client_id = client_1.id AND contact_1.deleted_at IS NOT NULL
),
  ',"branchAddresses":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"adr_', address_1.id, '","label":', coalesce(ficha_json(address_1.label), 'null'::json),
    ',"street":', ficha_json(address_1.street),
    ',"deletedAtLabel":␁1:', coalesce('"' || CAST(to_char(address_1.deleted_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"version":', address_1.version, '}'), ',' ORDER BY address_1.position, address_1.id), ']') AS concat_3
  FROM address AS address_1
  WHERE address_1.company_id = $1::UUID AND address_1.client_id = client_1.id AND address_1.kind = 'BRANCH' AND address_1.deleted_at IS NOT NULL
),
  ',"bankAccounts":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"bnk_', bank_account_1.id, '","description":', coalesce(ficha_json(bank_account_1.description), 'null'::json),
    ',"bankName":', coalesce(ficha_json(bank_account_1.bank_name), 'null'::json),
    ',"deletedAtLabel":␁2:', coalesce('"' || CAST(to_char(bank_account_1.deleted_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"version":', bank_account_1.version, '}'), ',' ORDER BY bank_account_1.position, bank_account_1.id), ']') AS concat_4
  FROM bank_account AS bank_account_1
  WHERE bank_account_1.company_id = $1::UUID AND bank_account_1.client_id = client_1.id AND bank_account_1.deleted_at IS NOT NULL
),
  ',"deals":', (
  SELECT concat(
    '{"nodes":[', string_agg(concat(
    '{"id":"deal_', anon_1.id, '","title":', ficha_json(anon_1.title),
    ',"deletedAtLabel":␁3:', coalesce('"' || CAST(to_char(anon_1.deleted_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"version":', anon_1.version, '}'), ',' ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC), ']}') AS concat_5
  FROM LATERAL (
    SELECT deal_1.company_id AS company_id, deal_1.id AS id, deal_1.client_id AS client_id, deal_1.title AS title, deal_1.description AS description, deal_1.estimated_value AS estimated_value, deal_1.currency AS currency, deal_1.priority AS priority, deal_1.assignee_id AS assignee_id, deal_1.stage_id AS stage_id, deal_1.state AS state, deal_1.expected_close_on AS expected_close_on, deal_1.closed_on AS closed_on, deal_1.final_value AS final_value, deal_1.loss_reason_id AS loss_reason_id, deal_1.reopened_at AS reopened_at, deal_1.created_by_id AS created_by_id, deal_1.version AS version, deal_1.created_at AS created_at, deal_1.updated_at AS updated_at, deal_1.deleted_at AS deleted_at, deal_1.created_at AS t0_, deal_1.id AS t1_
    FROM deal AS deal_1
    WHERE deal_1.company_id = $1::UUID AND deal_1.deleted_at IS NOT NULL AND true AND deal_1.client_id = client_1.id
    ORDER BY deal_1.created_at DESC, deal_1.id DESC
    LIMIT 20
  ) AS anon_1
),
  ',"followUps":', (
  SELECT concat(
    '{"nodes":[', string_agg(concat(
    '{"id":"seg_', anon_2.id, '","key":', ficha_json(anon_2.key),
    ',"name":', ficha_json(anon_2.name),
    ',"deletedAtLabel":␁4:', coalesce('"' || CAST(to_char(anon_2.deleted_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"version":', anon_2.version, '}'), ',' ORDER BY anon_2.t0_ DESC, anon_2.t1_ DESC), ']}') AS concat_6
  FROM LATERAL (
    SELECT follow_up_1.company_id AS company_id, follow_up_1.id AS id, follow_up_1.client_id AS client_id, follow_up_1.deal_id AS deal_id, follow_up_1.number AS number, follow_up_1.key AS key, follow_up_1.name AS name, follow_up_1.description AS description, follow_up_1.type AS type, follow_up_1.starts_at AS starts_at, follow_up_1.ends_at AS ends_at, follow_up_1.priority AS priority, follow_up_1.assignee_id AS assignee_id, follow_up_1.state AS state, follow_up_1.completed_at AS completed_at, follow_up_1.created_by_id AS created_by_id, follow_up_1.version AS version, follow_up_1.created_at AS created_at, follow_up_1.updated_at AS updated_at, follow_up_1.deleted_at AS deleted_at, follow_up_1.ends_at < $2::TIMESTAMP WITH TIME ZONE AND follow_up_1.state IN ('PENDING', 'IN_PROGRESS') AS is_overdue, follow_up_1.starts_at AS t0_, follow_up_1.id AS t1_
    FROM follow_up AS follow_up_1
    WHERE follow_up_1.company_id = $1::UUID AND follow_up_1.deleted_at IS NOT NULL AND true AND follow_up_1.client_id = client_1.id
    ORDER BY follow_up_1.starts_at DESC, follow_up_1.id DESC
    LIMIT 20
  ) AS anon_2
),
  ',"documents":', (
  SELECT concat(
    '{"nodes":[', string_agg(concat(
    '{"id":"file_', anon_3.id, '","name":', ficha_json(anon_3.name),
    ',"deletedAtLabel":␁5:', coalesce('"' || CAST(to_char(anon_3.deleted_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"version":', anon_3.version, '}'), ',' ORDER BY anon_3.t0_ DESC, anon_3.t1_ DESC), ']}') AS concat_7
  FROM LATERAL (
    SELECT document_1.company_id AS company_id, document_1.id AS id, document_1.client_id AS client_id, document_1.kind AS kind, document_1.name AS name, document_1.description AS description, document_1.tags AS tags, document_1.content_type AS content_type, document_1.size AS size, document_1.sha256 AS sha256, document_1.object_key AS object_key, document_1.expires_on AS expires_on, document_1.uploaded_by_id AS uploaded_by_id, document_1.original_id AS original_id, document_1.series_id AS series_id, document_1.revision AS revision, document_1.replaced_at AS replaced_at, document_1.reading AS reading, document_1.thumbnail_width AS thumbnail_width, document_1.thumbnail_height AS thumbnail_height, document_1.thumbnail_size AS thumbnail_size, document_1.thumbnail_tried_at AS thumbnail_tried_at, document_1.version AS version, document_1.created_at AS created_at, document_1.updated_at AS updated_at, document_1.deleted_at AS deleted_at, document_1.created_at AS t0_, document_1.id AS t1_
    FROM document AS document_1
    WHERE document_1.company_id = $1::UUID AND document_1.replaced_at IS NULL AND document_1.deleted_at IS NOT NULL AND true AND document_1.client_id = client_1.id
    ORDER BY document_1.created_at DESC, document_1.id DESC
    LIMIT 20
  ) AS anon_3
), '}') ELSE 'null' END, '}') AS concat_1
FROM (
  SELECT 1 AS one
) AS one
LEFT OUTER JOIN client AS client_1 ON client_1.id = $3::UUID AND client_1.company_id = $1::UUID
