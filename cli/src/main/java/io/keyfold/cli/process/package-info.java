/// Processes: starting one in the foreground, starting others as children, and leaving none behind.
///
/// Nothing here knows a topic or a cluster. Start at [ChildProcess]; [EmbeddedBroker] and [RegistryServer] are the two
/// programs that are not ours.
@NullMarked
package io.keyfold.cli.process;

import org.jspecify.annotations.NullMarked;
