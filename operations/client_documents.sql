-- $1 company_id, $2 here, $3 a0_key
SELECT concat(
  '{"client":', CASE WHEN (client_1.id IS NOT NULL) THEN concat(
  '{"id":"cli_', client_1.id, '","documents":', (
  SELECT concat(
    '{"totalCount":', (
    SELECT count(*) AS count_1
    FROM document AS document_1
    WHERE document_1.company_id = $1::UUID AND document_1.replaced_at IS NULL AND document_1.deleted_at IS NULL AND true AND document_1.client_id = client_1.id
  ),
    ',"nodes":[', array_to_string((array_agg(CAST(concat(
    '{"id":"file_', anon_1.id, '","kind":', CASE WHEN (anon_1.kind IN ('CANCELLATION_ACUSE', 'CFDI_XML', 'CONTRACT', 'OTHER', 'PAYMENT_RECEIPT', 'TAX_STATUS_CERTIFICATE', 'TECHNICAL')) THEN '"' || anon_1.kind || '"' ELSE '␁0:␂' END,
    ',"kindLabel":␁1:', CAST(ficha_json(anon_1.kind) AS TEXT), '␂,"name":', ficha_json(anon_1.name),
    ',"description":', coalesce(ficha_json(anon_1.description), 'null'::json),
    ',"tags":', array_to_json(anon_1.tags),
    ',"contentType":', ficha_json(anon_1.content_type),
    ',"size":', anon_1.size,
    ',"sizeLabel":␁2:', json_build_array(anon_1.size), '␂,"sha256":', ficha_json(anon_1.sha256),
    ',"expiresOn":', coalesce('"' || CAST(anon_1.expires_on AS TEXT) || '"', 'null'),
    ',"expiresOnLabel":␁3:', coalesce('"' || CAST(anon_1.expires_on AS TEXT) || '"', 'null'), '␂,"createdAt":"', to_char(anon_1.created_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '","createdAtLabel":␁4:', coalesce('"' || CAST(to_char(anon_1.created_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"viewUrl":␁5:', json_build_array(anon_1.id, anon_1.object_key, anon_1.name, anon_1.content_type), '␂,"downloadUrl":␁6:', json_build_array(anon_1.id, anon_1.object_key, anon_1.name, anon_1.content_type), '␂,"signedInDownloadUrl":␁7:', json_build_array(anon_1.id, anon_1.object_key, anon_1.name, anon_1.content_type), '␂,"thumbnail":␁8:', json_build_array(anon_1.id, anon_1.company_id, anon_1.name, anon_1.thumbnail_width, anon_1.thumbnail_height), '␂,"uploadedBy":', CASE WHEN (collaborator_1.id IS NOT NULL) THEN concat(
    '{"id":"col_', collaborator_1.id, '","name":', ficha_json(collaborator_1.name),
    ',"avatarUrl":', coalesce(ficha_json($2::VARCHAR || collaborator_1.avatar_path), 'null'::json), '}') ELSE 'null' END,
    ',"revision":', anon_1.revision,
    ',"version":', anon_1.version,
    ',"actions":␁9:', json_build_array(anon_1.replaced_at, anon_1.deleted_at, anon_2.client_kind, anon_2.client_deleted_at), '␂}') AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[1:least(CAST(count(*) AS INTEGER), 20)], ','), '],"pageInfo":{"hasNextPage":', CASE WHEN (count(*) > 20) THEN 'true' ELSE 'false' END,
    ',"hasPreviousPage":false,"startCursor":', CASE WHEN (count(*) > 0) THEN '"' || translate(encode(convert_to(CAST(json_build_array('document CREATED_AT:DESC', (array_agg(CAST(anon_1.t0_ AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[1], (array_agg(CAST(anon_1.t1_ AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[1]) AS TEXT), 'UTF8'), 'base64'), E'+/=\n', '-_') || '"' ELSE 'null' END,
    ',"endCursor":', CASE WHEN (count(*) > 0) THEN '"' || translate(encode(convert_to(CAST(json_build_array('document CREATED_AT:DESC', (array_agg(CAST(anon_1.t0_ AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[least(CAST(count(*) AS INTEGER), 20)], (array_agg(CAST(anon_1.t1_ AS TEXT) ORDER BY anon_1.t0_ DESC, anon_1.t1_ DESC))[least(CAST(count(*) AS INTEGER), 20)]) AS TEXT), 'UTF8'), 'base64'), E'+/=\n', '-_') || '"' ELSE 'null' END, '}}') AS concat_2
  FROM LATERAL (
    SELECT document_2.company_id AS company_id, document_2.id AS id, document_2.client_id AS client_id, document_2.kind AS kind, document_2.name AS name, document_2.description AS description, document_2.tags AS tags, document_2.content_type AS content_type, document_2.size AS size, document_2.sha256 AS sha256, document_2.object_key AS object_key, document_2.expires_on AS expires_on, document_2.uploaded_by_id AS uploaded_by_id, document_2.original_id AS original_id, document_2.series_id AS series_id, document_2.revision AS revision, document_2.replaced_at AS replaced_at, document_2.reading AS reading, document_2.thumbnail_width AS thumbnail_width, document_2.thumbnail_height AS thumbnail_height, document_2.thumbnail_size AS thumbnail_size, document_2.thumbnail_tried_at AS thumbnail_tried_at, document_2.version AS version, document_2.created_at AS created_at, document_2.updated_at AS updated_at, document_2.deleted_at AS deleted_at, document_2.created_at AS t0_, document_2.id AS t1_
    FROM document AS document_2
    WHERE document_2.company_id = $1::UUID AND document_2.replaced_at IS NULL AND document_2.deleted_at IS NULL AND true AND document_2.client_id = client_1.id
    ORDER BY document_2.created_at DESC, document_2.id DESC
    LIMIT 21
  ) AS anon_1
  LEFT OUTER JOIN collaborator AS collaborator_1 ON collaborator_1.company_id = $1::UUID AND collaborator_1.id = anon_1.uploaded_by_id
  LEFT OUTER JOIN LATERAL (
    SELECT client_2.kind AS client_kind, client_2.deleted_at AS client_deleted_at
    FROM client AS client_2
    WHERE client_2.company_id = $1::UUID AND client_2.id = anon_1.client_id
  ) AS anon_2 ON true
), '}') ELSE 'null' END, '}') AS concat_1
FROM (
  SELECT 1 AS one
) AS one
LEFT OUTER JOIN client AS client_1 ON client_1.id = $3::UUID AND client_1.company_id = $1::UUID
