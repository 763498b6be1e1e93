/// What must never be otherwise, looked up in what an installation has left behind: the records of its topics, and the
/// cloud, with the calls that have changed it where those are known.
///
/// Pure: it neither reads Kafka nor calls anything, so that a planted violation is as good as a real one. `keyfold audit`
/// and the acceptance tests gather the evidence. Start reading at [Auditor].
@NullMarked
package io.keyfold.audit;

import org.jspecify.annotations.NullMarked;
