#!/bin/sh
# Agents and a listing, by curl. Run it twice: the second time everything is unchanged.
#
#   export RENTIX_URL=http://127.0.0.1:8000 RENTIX_API_KEY=rtx_...
#   sh agents.sh
set -eu

# call METHOD PATH [BODY]: prints the answer, whatever its status. A 429 or 503 is tried again, when
# Retry-After says so; the key makes that safe, for the same key has one effect only.
# The API key goes in by standard input: who lists processes must not see it.
call() {
    printf 'header = "X-API-Key: %s"\n' "$RENTIX_API_KEY" | curl -sS --config - \
        --retry 5 --max-time 60 -X "$1" "$RENTIX_URL/api/v1$2" \
        -H "Idempotency-Key: $(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')" \
        ${3:+-H "Content-Type: application/json" -d "$3"}
}

# field NAME: the first value of that name in the JSON that comes in. Programs of your own use jq.
field() {
    grep -o "\"$1\":[^,}]*" | head -n 1 | sed 's/^[^:]*://; s/"//g'
}

# outcome ANSWER: what came of a write, in a word; for a refusal its code.
outcome() {
    case $1 in
        *'"created":true'*) echo created ;;
        *'"unchanged":true'*) echo unchanged ;;
        *'"updated":true'*) echo updated ;;
        *) echo "refused ($(echo "$1" | field code))" ;;
    esac
}

answer=$(call PUT /users '{"externalId": "example-1", "name": "Ana Ursu", "phone": "069 200 110"}')
case $(outcome "$answer") in
    refused*) echo "$answer" >&2; exit 1 ;; # message and details say what to do, requestId whom to ask
esac
echo "agent example-1: $(outcome "$answer"), stored as $(call GET /users/external/example-1 | field phone)"

# At most 100 in one request. Each succeeds or fails by itself, in their order.
bulk=$(call POST /users/bulk '{"operations": [
    {"op": "upsert", "externalId": "example-2", "name": "Ion Rusu", "phone": "069 200 111"},
    {"op": "upsert", "externalId": "example-3", "name": "Maria Lungu", "phone": "no number"}
]}')
echo "bulk example-2: $(outcome "${bulk%%'{"index":1'*}")"
echo "bulk example-3: $(outcome "${bulk#*'{"index":1'}")"

echo "found by phone: $(call GET '/users?phone=%2B37369200110' | field name)"

# Agents who registered on the portal by themselves are not linked yet.
stranger=$(call GET '/users?linked=false&limit=1' | field id)
echo "linked: $(call POST "/users/$stranger/link" '{"externalId": "example-4"}' | field externalId)"
echo "unlinked: $(call DELETE "/users/$stranger/link" | field externalId)"
conflict=$(call POST "/users/$stranger/link" '{"externalId": "example-1"}')
holder=$(call GET "/users/$(echo "$conflict" | field userId)" | field name)
echo "conflict ($(echo "$conflict" | field code)): $holder has example-1; unlink it there first"

# The agent may also come after the listing; until then visitors see the agency.
call PUT /listings '{"externalId": "example-flat", "externalUserId": "example-1"}' >/dev/null
contact=$(call GET /listings/external/example-flat | grep -o '"contact":.*')
echo "listing example-flat: visitors see $(echo "$contact" | field name) ($(echo "$contact" | field reason))"
