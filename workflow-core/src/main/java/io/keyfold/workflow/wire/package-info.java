/// The contract's records in other forms: as JSON, both ways, and requests as the pure rules take them.
///
/// Knows names and types from the contract's schemas and none of the rules. For those who take requests from people and
/// show them records: the command line and the gateway. Start at [RequestFields] and [AvroJson].
@NullMarked
package io.keyfold.workflow.wire;

import org.jspecify.annotations.NullMarked;
