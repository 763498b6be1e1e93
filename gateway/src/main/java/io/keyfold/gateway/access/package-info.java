/// Who calls, and what they may do.
///
/// Knows no HTTP: credentials come in as they were sent. Start at [Callers].
@NullMarked
package io.keyfold.gateway.access;

import org.jspecify.annotations.NullMarked;
