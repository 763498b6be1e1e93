/// The worker for KMS instances and the small interface it needs of the Resource Controller.
///
/// Never HTTP and never IBM's SDK: those are behind the interface.
///
/// Start at `KmsInstances`.
@NullMarked
package io.keyfold.workers.kmsinstance;

import org.jspecify.annotations.NullMarked;
