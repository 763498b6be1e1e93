package io.keyfold.cli;

import org.apache.kafka.common.config.ConfigDef;

/// A command that takes settings: each of them becomes a flag.
interface Configured {
    ConfigDef settings();
}
