/// The topics as the commands see them: read the latest status, follow changes, publish a request.
///
/// Reads and writes records as they are; what they mean for a cluster is the workflow's to say. Start at [Connection].
@NullMarked
package io.keyfold.cli.topic;

import org.jspecify.annotations.NullMarked;
