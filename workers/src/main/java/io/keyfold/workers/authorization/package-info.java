/// The worker for authorizations between services and the small interface it needs of IAM.
///
/// Never HTTP and never IBM's SDK: those are behind the interface.
///
/// Start at `AuthorizationPolicies`.
@NullMarked
package io.keyfold.workers.authorization;

import org.jspecify.annotations.NullMarked;
