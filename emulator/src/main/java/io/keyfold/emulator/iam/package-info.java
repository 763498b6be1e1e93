/// IAM: tokens for API keys, access policies in both versions of their API, and resource groups.
///
/// Whether a caller may do something is decided in each service's handlers, by [io.keyfold.emulator.service.Role].
/// Start reading at [IdentityApi] for tokens, [PolicyApi] for policies.
@NullMarked
package io.keyfold.emulator.iam;

import org.jspecify.annotations.NullMarked;
