/// Key Protect, version 2 of its API: keys and their states, aliases, registrations, policies, rings, import tokens.
///
/// Real key material is never kept: a root key's payload is checked and dropped. Start reading at [KeyProtectApi], which
/// gathers the operations; [Key] is the model and [Vault] what one instance holds.
@NullMarked
package io.keyfold.emulator.keyprotect;

import org.jspecify.annotations.NullMarked;
