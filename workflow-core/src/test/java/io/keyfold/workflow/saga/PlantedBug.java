package io.keyfold.workflow.saga;

import java.util.Optional;
import java.util.UUID;

/// What the folds could get wrong, planted to see whether the histories find it: the fold is told something else than what
/// has happened, so that it does what it would do if it lacked a check.
enum PlantedBug {
    NONE(1) {
        @Override
        SagaEvent told(Saga saga, SagaEvent event) {
            return event;
        }
    },
    A_DELETE_THAT_IBM_HAS_TAKEN_COUNTS_AS_UNSENT(650) {
        @Override
        SagaEvent told(Saga saga, SagaEvent event) {
            return event instanceof SagaEvent.StepAnswered answered && answered.action().isDeletion()
                    && answered.answer() instanceof Answer.Deferred(var until, var why, var fault, var made, _)
                    && fault.isEmpty()
                            ? with(answered, answered.run(), answered.command(),
                                    new Answer.Deferred(until, why, fault, made, true))
                            : event;
        }
    },
    A_LATE_ANSWER_REMOVES_NOTHING(1) {
        @Override
        SagaEvent told(Saga saga, SagaEvent event) {
            return event instanceof SagaEvent.StepAnswered answered && answered.answer() instanceof Answer.Completed
                    && !open(saga, answered).filter(answered.command()::equals).isPresent()
                            ? with(answered, answered.run(), answered.command(), new Answer.Expired("told too late"))
                            : event;
        }
    },
    AN_ANSWER_OF_ANOTHER_RUN_IS_TAKEN(460) {
        @Override
        SagaEvent told(Saga saga, SagaEvent event) {
            return event instanceof SagaEvent.StepAnswered answered && saga.goingRun().isPresent()
                    ? with(answered, saga.runs(), answered.command(), answered.answer())
                    : event;
        }
    },
    AN_ANSWER_TO_ANOTHER_COMMAND_IS_TAKEN(1) {
        @Override
        SagaEvent told(Saga saga, SagaEvent event) {
            return event instanceof SagaEvent.StepAnswered answered
                    ? open(saga, answered).map(open -> with(answered, answered.run(), open, answered.answer()))
                            .orElse(answered)
                    : event;
        }
    };

    private final long from;

    PlantedBug(long from) {
        this.from = from;
    }

    /// The history from which on it is looked for: a little before the first that found it when it was planted, which need not
    /// be the first any more.
    long from() {
        return from;
    }

    /// What the fold is told has happened.
    abstract SagaEvent told(Saga saga, SagaEvent event);

    private static SagaEvent with(SagaEvent.StepAnswered answered, int run, UUID command, Answer answer) {
        return new SagaEvent.StepAnswered(command, run, answered.step(), answered.action(), answer, answered.worker());
    }

    /// The question that the step of this answer, or a deletion of its step, has open.
    private static Optional<UUID> open(Saga saga, SagaEvent.StepAnswered answered) {
        return Invariants.openQuestions(saga)
                .filter(question -> question.step() == answered.step()
                        && question.isDeletion() == answered.action().isDeletion())
                .map(Invariants.OpenQuestion::command).findFirst();
    }
}
