/// What lies in the cloud and nobody answers for: looks at cloud and topics, and tells orphans from all else.
///
/// Nothing is changed here, and nothing deleted: that is the workflow's, which decides again. Start at [Orphans].
@NullMarked
package io.keyfold.cli.sweep;

import org.jspecify.annotations.NullMarked;
