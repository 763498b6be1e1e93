/// What lies in `deployment/`, held against the code that it starts: reads files only and applies nothing. Start at
/// `ManifestsFitTheCodeTest`.
@NullMarked
package io.keyfold.acceptance.deployment;

import org.jspecify.annotations.NullMarked;
