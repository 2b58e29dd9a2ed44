// What a Relay app writes: refetching by node(id:), paging by connections that Relay recognizes, new edges by mutations.

import { graphql } from 'relay-runtime'

export const query = graphql`
  query clientQuery($id: ID!) {
    client(id: $id) {
      id
      legalName
      ...client_history
    }
  }
`

export const history = graphql`
  fragment client_history on Client
  @refetchable(queryName: "clientHistoryQuery")
  @argumentDefinitions(first: { type: "Int", defaultValue: 20 }, after: { type: "String" }) {
    history(first: $first, after: $after) @connection(key: "client_history") {
      edges {
        node {
          __typename
          id
          occurredAt
        }
      }
    }
  }
`

export const update = graphql`
  mutation clientUpdateMutation($input: UpdateClientInput!) @raw_response_type {
    updateClient(input: $input) {
      client {
        id
        tradeName
      }
      userErrors {
        code
        path
        message
      }
    }
  }
`

export const changed = graphql`
  subscription clientChangedSubscription($id: ID!) {
    clientChanged(id: $id) {
      id
      tradeName
      version
    }
  }
`
