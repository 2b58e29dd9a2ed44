// An OpenID provider on loopback, to try signing in with: authorization code with PKCE, refresh tokens, rotation of keys.
//
// The first line of stdin is its configuration, {audience, clients: {id: [redirect URI]}, people: {login: claims}}; it
// prints its issuer. Each further line is {"rotate": kid}: from then on tokens are signed with a new key of this id, and
// the old ones stay published. It ends when stdin does. Whoever is in `people` signs in without a password.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import Provider from 'oidc-provider';
import MemoryAdapter from 'oidc-provider/lib/adapters/memory_adapter.js';

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const { audience, clients, people } = JSON.parse((await lines.next()).value);

const resource = 'urn:ficha:api'; // what a token is for is an address here; its audience is what it says

const keys = [];
const newKey = (kid) => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  keys.unshift({ ...privateKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' });
};

const escape = (text) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
const page = (uid, logins) => `<!doctype html><html lang="es"><meta charset="utf-8"><title>Entrar</title>
<form method="post" action="/interaction/${escape(uid)}" autocomplete="off">
<label>Cuenta <select name="login">${logins.map((login) => `<option>${escape(login)}</option>`)}</select></label>
<button>Entrar</button></form></html>`;

/** Kept in the module: a provider with other keys knows the sessions and tokens of the one before. */
class Kept extends MemoryAdapter {}

function makeProvider(issuer) {
  const provider = new Provider(issuer, {
    adapter: Kept,
    clients: Object.entries(clients).map(([client_id, redirect_uris]) => ({
      client_id,
      redirect_uris,
      token_endpoint_auth_method: 'none',
      application_type: 'native', // else no http address on loopback may be returned to
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
    })),
    jwks: { keys },
    cookies: { keys: ['only for tests'] },
    pkce: { required: () => true },
    clientBasedCORS: () => true,
    scopes: ['openid', 'offline_access'],
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub, ...people[sub] }) }),
    extraTokenClaims: (_ctx, token) => people[token.accountId],
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    features: {
      devInteractions: { enabled: false },
      // Without it access tokens are opaque, and nobody but the provider can verify them.
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: 'openid',
          audience,
          accessTokenFormat: 'jwt',
          accessTokenTTL: 600,
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    ttl: { Session: 600, Interaction: 600, Grant: 600, AccessToken: 600, RefreshToken: 600, IdToken: 600 },
  });
  provider.on('server_error', (_ctx, error) => console.error(error));
  return provider;
}

async function interact(provider, request, response) {
  const { uid, params } = await provider.interactionDetails(request, response);
  if (request.method === 'GET') {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(page(uid, Object.keys(people)));
    return;
  }
  let body = '';
  for await (const part of request) body += part;
  const accountId = new URLSearchParams(body).get('login');
  const grant = new provider.Grant({ accountId, clientId: params.client_id });
  grant.addOIDCScope('openid offline_access');
  grant.addResourceScope(resource, 'openid');
  const result = { login: { accountId }, consent: { grantId: await grant.save() } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

let provider;
const server = createServer((request, response) =>
  request.url.startsWith('/interaction/')
    ? interact(provider, request, response).catch((error) => response.writeHead(400).end(String(error)))
    : provider.callback()(request, response),
);
server.listen(0, '127.0.0.1', async () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  newKey('k1');
  provider = makeProvider(issuer);
  console.log(JSON.stringify({ issuer }));
  for await (const line of lines) {
    newKey(JSON.parse(line).rotate);
    provider = makeProvider(issuer);
    console.log(JSON.stringify({ kids: keys.map((key) => key.kid) }));
  }
  process.exit(0);
});
