/// Where a process's settings come from: flag, then environment, then file.
///
/// What settings there are is declared by each process in its own `ConfigDef`; nothing here knows a single one. Start at
/// [SettingSources].
@NullMarked
package io.keyfold.cli.settings;

import org.jspecify.annotations.NullMarked;
