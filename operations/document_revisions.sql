-- $1 company_id, $2 a0_key
SELECT concat(
  '{"document":', CASE WHEN (document_1.id IS NOT NULL) THEN concat(
  '{"id":"file_', document_1.id, '","revision":', document_1.revision,
  ',"revisions":', (
  SELECT concat('[', string_agg(concat(
    '{"id":"file_', document_2.id, '","name":', ficha_json(document_2.name),
    ',"revision":', document_2.revision,
    ',"sizeLabel":␁0:', json_build_array(document_2.size), '␂,"contentType":', ficha_json(document_2.content_type),
    ',"createdAtLabel":␁1:', coalesce('"' || CAST(to_char(document_2.created_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"replacedAtLabel":␁2:', coalesce('"' || CAST(to_char(document_2.replaced_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS TEXT) || '"', 'null'), '␂,"viewUrl":␁3:', json_build_array(document_2.id, document_2.object_key, document_2.name, document_2.content_type), '␂,"downloadUrl":␁4:', json_build_array(document_2.id, document_2.object_key, document_2.name, document_2.content_type), '␂,"uploadedBy":', CASE WHEN (collaborator_1.id IS NOT NULL) THEN concat(
    '{"id":"col_', collaborator_1.id, '","name":', ficha_json(collaborator_1.name), '}') ELSE 'null' END, '}'), ',' ORDER BY document_2.revision, document_2.id), ']') AS concat_2
  FROM document AS document_2
  LEFT OUTER JOIN collaborator AS collaborator_1 ON collaborator_1.company_id = $1::UUID AND collaborator_1.id = document_2.uploaded_by_id
  WHERE document_2.company_id = $1::UUID AND document_2.series_id = document_1.series_id
), '}') ELSE 'null' END, '}') AS concat_1
FROM (
  SELECT 1 AS one
) AS one
LEFT OUTER JOIN document AS document_1 ON document_1.id = $2::UUID AND document_1.company_id = $1::UUID
