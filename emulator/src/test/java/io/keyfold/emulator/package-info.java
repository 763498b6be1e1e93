/// The emulator is proven by the clients it is for: IBM's own SDKs, and plain HTTP where the wire matters.
///
/// [IbmClients] and [Raw] are the two ways in; each test starts an emulator of its own.
@NullMarked
package io.keyfold.emulator;

import org.jspecify.annotations.NullMarked;
