package io.keyfold.cli.output;

/// The forms in which a result can be printed.
public enum Format {
    TABLE,
    JSON,
    TFVARS
}
