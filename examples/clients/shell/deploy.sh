#!/bin/sh
# An orchestrator: asks the gateway for a cluster's encryption and follows what becomes of it. Needs curl and jq.
#
#     GATEWAY=https://… TOKEN=… examples/clients/shell/deploy.sh CLUSTER_PREFIX
set -eu

request_id=shell-$1 # sent again, it has no further effect

call() {
    curl -sS --retry 5 ${TOKEN:+-H "Authorization: Bearer $TOKEN"} "$@"
}

request=$(jq -n --arg id "$request_id" --arg prefix "$1" \
    '{request_id: $id, cluster_prefix: $prefix, region: "us-south", requested_by: "examples/clients/shell"}')
answer=$(call --fail-with-body -H 'Content-Type: application/json' -d "$request" "$GATEWAY/api/v1/clusters") || {
    echo "$answer" # what is wrong, and what to do next
    exit 1
}

before=
while :; do
    # Until the workflow has read the request there may be no such cluster, or one of an earlier request.
    now=$(call "$GATEWAY/api/v1/clusters/default/$1" | jq -r --arg id "$request_id" \
        'select(.last_run?.request_id? == $id) | "\(.last_run.state) \(.standing): \(.last_run.message)"')
    [ "$now" = "$before" ] || echo "$now"
    before=$now
    case ${now%% *} in
        COMPLETED) exit 0 ;;
        FAILED | CANCELLED | REJECTED | COMPENSATION_FAILED | KEY_IN_USE) exit 1 ;;
    esac
    sleep 1
done
