package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.StepName;
import java.time.Instant;
import java.util.List;

/// A verification that is going: it only looks, and occupies nothing.
///
/// @param run         the cluster's latest run when it began; a later one overtakes it
/// @param requestedBy who asked for it, or `schedule`
/// @param deadline    what has not been answered by then could not be looked at
/// @param questions   one for each resource in force
public record Check(
        int number, int run, String requestedBy, Instant startedAt, Instant deadline, List<Question> questions) {
    public Check {
        questions = List.copyOf(questions);
    }

    Check with(Question changed) {
        return withQuestions(
                questions.stream().map(question -> question.step() == changed.step() ? changed : question).toList());
    }

    Check withQuestions(List<Question> questions) {
        return new Check(number, run, requestedBy, startedAt, deadline, questions);
    }

    boolean isAnswered() {
        return questions.stream().allMatch(Question::isAnswered);
    }

    Question of(StepName step) {
        return questions.stream().filter(question -> question.step() == step).findFirst()
                .orElseThrow(() -> new IllegalStateException("Nothing was asked about " + step));
    }
}
