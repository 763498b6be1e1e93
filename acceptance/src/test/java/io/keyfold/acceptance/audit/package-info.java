/// What must never be otherwise, looked up in what a whole installation has left behind: the records of its topics, and
/// the cloud with the calls that have changed it.
///
/// Pure: it neither reads Kafka nor calls anything, so that a planted violation is as good as a real one. Start reading
/// at [Auditor].
@NullMarked
package io.keyfold.acceptance.audit;

import org.jspecify.annotations.NullMarked;
