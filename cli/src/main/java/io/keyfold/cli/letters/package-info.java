/// Dead letters: read with what has been done about each, looked into, repaired, and published again at most once.
///
/// What a repaired request may ask for is the workflow's to say. Start at [Letters].
@NullMarked
package io.keyfold.cli.letters;

import org.jspecify.annotations.NullMarked;
