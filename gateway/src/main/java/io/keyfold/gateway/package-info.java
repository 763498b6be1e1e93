/// The gateway: an HTTP API and a live page over the status and audit topics, which also publishes requests.
///
/// `fleet` knows the clusters, `topic` reads and writes Kafka, `access` knows who may do what, `http` answers. Nothing is
/// kept but what Kafka holds: any number of gateways run side by side. Start at [Gateway].
@NullMarked
package io.keyfold.gateway;

import org.jspecify.annotations.NullMarked;
