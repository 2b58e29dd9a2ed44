// Who is signed in: authorization code with PKCE at an issuer, without a secret. Tokens stay in this page's memory; what
// must outlive the way to the issuer and back is in the tab's sessionStorage.
import * as oauth from 'oauth4webapi';

const FLOW = 'ficha:flow'; // { issuer, client, verifier, state } while the person is at the issuer
const INVITATION = 'ficha:invitation'; // the secret of the link that they opened
const SCOPES = ['openid', 'email', 'offline_access'];
const EARLY = 30; // seconds before its end in which a token is renewed

const VIEWER = '{ viewer { collaborator { name } company { name } } }';

/** @param {{ url: string, accept: string, issuers: { issuer: string, client: string }[] }} page what the server said */
export async function openSession(page) {
  const session = new Session(page);
  const here = new URL(location.href);
  const invitation = new URLSearchParams(here.hash.slice(1)).get('invitation');
  if (invitation) sessionStorage.setItem(INVITATION, invitation);
  const flow = JSON.parse(sessionStorage.getItem(FLOW));
  const returned = flow && here.searchParams.has('state');
  sessionStorage.removeItem(FLOW);
  // Neither a secret nor a code stays in the address bar or in the history.
  if (invitation || returned) history.replaceState(null, '', here.pathname);
  try {
    if (returned) await session.complete(flow, here);
  } catch (error) {
    session.failure = error.error_description ?? error.message;
  }
  return session;
}

class Session {
  message = '';
  failure = ''; // why signing in failed, as the issuer or the browser says it
  person = null;
  companies = [];
  #headers = {};
  #tokens = null;

  constructor(page) {
    this.page = page;
  }

  get invited() {
    return sessionStorage.getItem(INVITATION) !== null;
  }

  /** Leaves for the issuer. */
  async begin({ issuer, client }) {
    const server = await discover(issuer);
    const [verifier, state] = [oauth.generateRandomCodeVerifier(), oauth.generateRandomState()];
    sessionStorage.setItem(FLOW, JSON.stringify({ issuer, client, verifier, state }));
    const where = new URL(server.authorization_endpoint);
    where.search = new URLSearchParams({
      client_id: client,
      redirect_uri: returnAddress(),
      response_type: 'code',
      scope: SCOPES.filter((scope) => server.scopes_supported?.includes(scope) ?? scope === 'openid').join(' '),
      state,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    location.assign(where);
  }

  /** Comes back from the issuer: a code for tokens, and an invitation, if there is one, for a collaborator. */
  async complete({ issuer, client: client_id, verifier, state }, here) {
    const [server, client] = [await discover(issuer), { client_id }];
    const answer = oauth.validateAuthResponse(server, client, here, state);
    const response = await oauth.authorizationCodeGrantRequest(
      server, client, oauth.None(), answer, returnAddress(), verifier, options(issuer),
    );
    this.#take(await oauth.processAuthorizationCodeResponse(server, client, response));
    this.renew = async () => {
      const renewed = await oauth.refreshTokenGrantRequest(
        server, client, oauth.None(), this.#tokens.refresh_token, options(issuer),
      );
      this.#take(await oauth.processRefreshTokenResponse(server, client, renewed));
    };
    if (this.invited) await this.#accept();
    await this.#introduce();
  }

  /** Works in this company from now on. */
  async choose(company) {
    this.#headers = { 'X-Ficha-Company': company };
    await this.#introduce();
  }

  /** What a request needs. */
  async headers() {
    if (!this.#tokens) return {};
    if (this.#tokens.refresh_token && Date.now() > this.#tokens.until) await this.renew();
    return { ...this.#headers, Authorization: `Bearer ${this.#tokens.access_token}` };
  }

  #take(tokens) {
    // A provider that does not rotate refresh tokens gives none the second time.
    this.#tokens = { ...this.#tokens, ...tokens, until: Date.now() + ((tokens.expires_in ?? 300) - EARLY) * 1000 };
  }

  async #accept() {
    const { status, body } = await this.#post(this.page.accept, { invitation: sessionStorage.getItem(INVITATION) });
    sessionStorage.removeItem(INVITATION);
    if (status === 200) this.#headers = { 'X-Ficha-Company': body.company.id };
    else this.message = body.errors[0].message;
  }

  async #introduce() {
    const { body } = await this.#post(this.page.url, { query: VIEWER });
    const [error] = body.errors ?? [];
    this.person = body.data?.viewer ?? null;
    this.companies = error?.extensions.companies ?? [];
    this.message ||= error && !this.companies.length ? error.message : '';
  }

  async #post(url, content) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...(await this.headers()) },
      body: JSON.stringify(content),
    });
    return { status: response.status, body: await response.json() };
  }
}

const returnAddress = () => location.origin + location.pathname;

const options = (issuer) => ({ [oauth.allowInsecureRequests]: /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)[:/]/.test(`${issuer}/`) });

const discover = async (issuer) => {
  const url = new URL(issuer);
  return oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, options(issuer)));
};
