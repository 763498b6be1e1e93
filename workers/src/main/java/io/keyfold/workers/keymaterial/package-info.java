/// Where the material of keys that are brought is kept: one class a source, each within what the worker's operator has set.
///
/// Never Key Protect, never Kafka, never a String of the material where it can be helped, nor a word of it in a message.
///
/// Start at `MaterialSources`.
@NullMarked
package io.keyfold.workers.keymaterial;

import org.jspecify.annotations.NullMarked;
