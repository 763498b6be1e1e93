package io.keyfold.cli.sweep;

import io.keyfold.contract.StepName;

/// What a thing in the cloud is taken for.
public sealed interface Judgement {
    Seen seen();

    /// Of a run of ours that is over, in no saga's state, and old enough: the workflow may be asked to delete it.
    record Orphan(Seen seen, String cluster, StepName step, int run) implements Judgement {}

    /// It looks like ours, but it cannot be told for certain: a person has to look.
    record Unexplained(Seen seen, String why) implements Judgement {}

    /// Accounted for, or not to be decided about yet.
    record Left(Seen seen, String cluster, String why) implements Judgement {}
}
