/// What a person or a pipeline asks for: request files, deployment inputs, `--set name=value`, as one request.
///
/// Knows the inputs' names and types from the contract and none of their rules: those are the workflow's. Start at
/// [DeployInputs].
@NullMarked
package io.keyfold.cli.input;

import org.jspecify.annotations.NullMarked;
