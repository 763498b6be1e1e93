/// The gateway's side of Kafka: reads statuses and audit from their beginning, reads one cluster's audit back, publishes
/// requests.
///
/// Only here: Kafka. Several gateways share nothing: each reads all partitions for itself, in no consumer group. Start at
/// [StatusReader].
@NullMarked
package io.keyfold.gateway.topic;

import org.jspecify.annotations.NullMarked;
