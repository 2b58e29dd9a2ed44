// For `generate-persisted-query-manifest`: the trusted documents of an app built with Apollo Client.

export default { documents: ['../operations/**/*.graphql'], output: 'node_modules/.generated/manifest.json' }
