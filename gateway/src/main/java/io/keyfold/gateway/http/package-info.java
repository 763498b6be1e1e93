/// The gateway's HTTP side: routes, what they take and answer, the stream of changes, the page's files.
///
/// Only here: Helidon. Start at [Routes].
@NullMarked
package io.keyfold.gateway.http;

import org.jspecify.annotations.NullMarked;
