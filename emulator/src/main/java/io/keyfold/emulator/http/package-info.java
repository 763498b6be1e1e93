/// The wire: a small HTTP/1.1 server over plain sockets, one virtual thread a connection.
///
/// It exists, instead of a ready-made server, because the faults happen below HTTP: a connection reset before or after
/// the effect, half a body, a body drop by drop, no answer at all. It knows nothing of IBM Cloud.
/// Start reading at [HttpListener], then [Delivery].
@NullMarked
package io.keyfold.emulator.http;

import org.jspecify.annotations.NullMarked;
