// How GraphiQL asks: requests by the toolkit, subscriptions over a WebSocket that lives as long as the subscription.
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { Kind, getOperationAST, parse } from 'graphql';
import { createClient } from 'graphql-ws';

/** @param {string} url the endpoint's path @param {() => Promise<object>} signedIn what headers a request needs */
export function openFetcher(url, signedIn) {
  // Whole answers only: the toolkit's incremental transport does not ask for GraphQL's own media type.
  const send = createGraphiQLFetcher({ url, enableIncrementalDelivery: false });
  const socket = new URL(url, location.href);
  socket.protocol = socket.protocol.replace('http', 'ws');

  return async (request, options) => {
    const params = named(request);
    const headers = { ...(await signedIn(params)), ...options?.headers };
    if (isSubscription(params)) return subscribe(socket.href, params, headers);
    const answer = await send(params, { ...options, headers });
    return params.operationName === 'IntrospectionQuery' ? ownFirst(answer) : answer;
  };
}

/** The request with the name of its operation: GraphiQL notices that of another tab a moment after it shows the tab. */
function named(request) {
  try {
    const operations = parse(request.query).definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
    return operations.length === 1 ? { ...request, operationName: operations[0].name?.value } : request;
  } catch {
    return request; // the server says what is wrong with it
  }
}

function isSubscription({ query, operationName }) {
  try {
    return getOperationAST(parse(query), operationName)?.operation === 'subscription';
  } catch {
    return false; // the server says what is wrong with it
  }
}

/** The socket closes with its only subscription: when it is complete, or GraphiQL returns from it. */
function subscribe(url, params, connectionParams) {
  const iterator = createClient({ url, connectionParams, retryAttempts: 0 }).iterate(params);
  const next = () =>
    iterator.next().catch((error) => {
      throw error?.code ? new Error(`The server closed the connection: ${error.code} ${error.reason}`) : error;
    });
  return { next, return: () => iterator.return(), [Symbol.asyncIterator]: () => ({ next, return: () => iterator.return() }) };
}

/** The schema with what is a federation's own, as `_entities`, behind everything else. */
function ownFirst(answer) {
  const last = ({ name }) => Number(name.startsWith('_'));
  const types = answer.data?.__schema?.types;
  types?.sort((one, other) => last(one) - last(other));
  for (const { fields } of types ?? []) fields?.sort((one, other) => last(one) - last(other));
  return answer;
}
