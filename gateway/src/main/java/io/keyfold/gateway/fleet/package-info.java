/// Every cluster's latest status in memory: found by what it says, counted, paged through, and told of when it changes.
///
/// Knows neither Kafka nor HTTP: records come in as values with their place, and go out as summaries. Start at [Fleet].
@NullMarked
package io.keyfold.gateway.fleet;

import org.jspecify.annotations.NullMarked;
