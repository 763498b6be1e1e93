package io.keyfold.workflow.saga;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Whether what is in force is still as the status says: what was found last, and what is being looked at now.
///
/// @param checks   number of the latest check
/// @param going    the check that is going
/// @param last     how the latest one ended; empty if what is in force was never looked at
/// @param counted  a root key in force each, for as long as it is in force
/// @param nextLook when the schedule wants the next check
public record Verification(
        int checks, Optional<Check> going, Optional<Verified> last, List<Counted> counted, Optional<Instant> nextLook) {

    /// Nothing was ever looked at.
    public static final Verification NONE =
            new Verification(0, Optional.empty(), Optional.empty(), List.of(), Optional.empty());

    public Verification {
        counted = List.copyOf(counted);
    }

    /// What was last counted for this root key.
    public Optional<Counted> countedFor(String keyId) {
        return counted.stream().filter(one -> one.keyId().equals(keyId)).findFirst();
    }

    /// What was last found missing or changed of these resources.
    public List<Finding> drift(Collection<String> ids) {
        return last.stream().flatMap(verified -> verified.drift().stream())
                .filter(finding -> ids.contains(finding.id())).toList();
    }

    /// Whether anything that was last found amiss, or could not be seen, is among these. What a repair has replaced is not
    /// found any more, and not seen intact either: with no findings left a drift stays one.
    boolean isStillAbout(Collection<String> ids) {
        return last.filter(
                verified -> verified.findings().isEmpty() ? verified.outcome() == VerificationOutcome.DRIFTED
                        : verified.findings().stream().anyMatch(finding -> ids.contains(finding.id())))
                .isPresent();
    }

    Verification going(Check check) {
        return new Verification(check.number(), Optional.of(check), last, counted, nextLook);
    }

    Verification dropped() {
        return new Verification(checks, Optional.empty(), last, counted, nextLook);
    }

    Verification ended(Verified verified, List<Counted> counted) {
        return new Verification(checks, Optional.empty(), Optional.of(verified), counted, nextLook);
    }

    Verification knowing(Optional<Verified> last, List<Counted> counted) {
        return new Verification(checks, going, last, counted, nextLook);
    }

    Verification next(Optional<Instant> look) {
        return new Verification(checks, going, last, counted, look);
    }

    /// When the check that is going wants to be woken.
    Stream<Instant> wakeUps() {
        return going.stream().flatMap(
                check -> Stream.concat(
                        Stream.of(check.deadline()),
                        check.questions().stream().map(Question::state)
                                .filter(Question.State.Deferred.class::isInstance)
                                .map(state -> ((Question.State.Deferred) state).until())));
    }

    /// Whether a status made of the other would say the same.
    boolean showsTheSameAs(Verification other) {
        return last.equals(other.last) && counted.equals(other.counted);
    }
}
