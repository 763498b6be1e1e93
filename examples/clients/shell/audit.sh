#!/bin/sh
# An audit consumer: a cluster's whole history, page by page, from the gateway. Needs curl and jq.
#
#     GATEWAY=https://… TOKEN=… examples/clients/shell/audit.sh CLUSTER_ID
set -eu

cursor=
while :; do
    page=$(curl -sS --fail-with-body ${TOKEN:+-H "Authorization: Bearer $TOKEN"} \
        "$GATEWAY/api/v1/clusters/$1/history?limit=100${cursor:+&cursor=$cursor}") || {
        echo "$page" >&2
        exit 1
    }
    echo "$page" | jq -r '.records[] | "\(.cluster_id) \(.sequence) \(.event) \(.actor): \(.message)"'
    cursor=$(echo "$page" | jq -r '.next_cursor // empty')
    [ -n "$cursor" ] || break
done
[ "$(echo "$page" | jq .complete)" = true ] || echo "The gateway still reads the audit: records may be missing." >&2
