// What every app takes, whatever it keeps records with: operations, requests, errors, uploads and the schema's version.
export * from './generated/operations.js'
export { SCHEMA_HASH, VERSION } from './generated/schema.js'
export { createFicha, FichaError, type Ficha, type FichaOptions, type RequestOptions } from './request.js'
export { fieldErrors, type FieldErrors, type Problem } from './problems.js'
export { uploadDocument, type UploadInput, type UploadOptions, type UploadState } from './upload.js'
