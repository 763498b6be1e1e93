package io.keyfold.cli.sweep;

import io.keyfold.contract.ResourceKind;
import io.keyfold.workflow.saga.Mark;
import java.time.Instant;
import java.util.Optional;

/// One thing in the cloud that may be ours: by its mark, or an instance by its name.
///
/// @param account    the alias of the account that it lies in
/// @param mark       what it carries; empty for an instance, which cannot carry one
/// @param instanceId GUID of the Key Protect instance that it is, lies in or is an authorization on; empty if it names none
/// @param region     of that instance; empty if that is not known
/// @param createdBy  an instance's creator, as IAM knows it; else empty
public record Seen(
        String account,
        ResourceKind kind,
        String id,
        String crn,
        String name,
        Optional<Mark> mark,
        String instanceId,
        String region,
        Optional<Instant> createdAt,
        String createdBy) {}
