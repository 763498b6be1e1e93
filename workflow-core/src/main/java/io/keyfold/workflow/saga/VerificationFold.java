package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.StepName;
import io.keyfold.workflow.saga.SagaEvent.StepAnswered;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Looks whether what is in force is still as the status says. A check only looks and occupies nothing: it is dropped as
/// soon as a run begins, and what is answered to it later changes nothing.
final class VerificationFold {
    /// Who asks where nobody does.
    static final String SCHEDULE = "schedule";

    private final Draft draft;
    private final Commands commands;

    VerificationFold(Draft draft) {
        this.draft = draft;
        this.commands = new Commands(draft.settings(), draft.now());
    }

    /// Asks about everything in force. An authorization that is skipped is not among it: nobody knows its id.
    void begin(String requestedBy) {
        Map<StepName, String> uses = draft.saga().verifiable().orElseThrow().uses();
        var check = new Check(
                draft.saga().verification().checks() + 1,
                draft.saga().runs(),
                requestedBy,
                draft.now(),
                draft.now().plus(draft.settings().commandValidity()),
                List.of());
        draft.audit(
                AuditEvent.VERIFICATION_STARTED,
                "",
                "",
                "",
                "Verification " + check.number() + " begins, asked for by "
                        + (requestedBy.isEmpty() ? "someone unnamed" : requestedBy) + ": "
                        + uses.keySet().stream().map(StepName::words).collect(Collectors.joining(", ")));
        List<Question> questions = uses.entrySet().stream()
                .map(use -> ask(check, new Question(use.getKey(), use.getValue(), 0, unlisted()))).toList();
        become(check.withQuestions(questions));
    }

    private static Question.State unlisted() {
        return new Question.State.Answered(Inspection.missing("the cluster has it no more"));
    }

    /// What the saga does not list any more is gone without asking.
    private Question ask(Check check, Question question) {
        Optional<Resource> resource = draft.saga().resource(question.id());
        if (resource.isEmpty()) {
            return question.become(unlisted());
        }
        StepCommand command = commands.verify(draft.saga(), check, question.attempts() + 1, question.step(),
                resource.get());
        draft.send(command);
        return new Question(
                question.step(), question.id(), command.attempt(), new Question.State.Asked(command.id()));
    }

    // ---- what happens to a check

    /// An answer to a VERIFY, whatever it says.
    void on(StepAnswered answered) {
        Optional<Question> asked = draft.saga().verification().going().stream()
                .flatMap(check -> check.questions().stream())
                .filter(question -> question.state() instanceof Question.State.Asked(var command)
                        && command.equals(answered.command()))
                .findFirst();
        if (asked.isEmpty()) {
            draft.auditLateAnswer(answered, "", "no verification waits for it");
            return;
        }
        Question question = asked.get();
        switch (answered.answer()) {
            case Answer.Verified(var inspection) -> answered(question, inspection);
            case Answer.Deferred(var until, var why, var fault, _, _) ->
                deferred(question, until, fault.map(Fault::message).orElse(why));
            case Answer.Expired(var why) -> deferred(question, draft.now().plus(draft.settings().askAgainAfter()), why);
            case Answer.Failed(var fault, _) -> answered(question, Inspection.unseen(words(fault)));
            case Answer.CompensationFailed(_, var fault) -> answered(question, Inspection.unseen(words(fault)));
            case Answer.Completed _,Answer.NothingFound _,Answer.Compensated _ ->
                answered(question, Inspection.unseen("the worker answered something else than what was asked"));
        }
    }

    private static String words(Fault fault) {
        return fault.code() + " " + fault.message();
    }

    private void answered(Question question, Inspection inspection) {
        become(going().with(question.answered(inspection)));
        Condition condition = inspection.condition();
        audit(
                AuditEvent.STEP_VERIFIED,
                question,
                condition.name(),
                condition == Condition.INTACT ? "is as it should be"
                        : "is " + condition + ": " + differences(inspection));
    }

    private static String differences(Inspection inspection) {
        return inspection.differences().stream().map(said -> said.endsWith(".") ? said : said + ".")
                .collect(Collectors.joining(" "));
    }

    private void deferred(Question question, Instant until, String why) {
        if (until.isBefore(going().deadline())) {
            become(going().with(question.become(new Question.State.Deferred(until, why))));
            audit(AuditEvent.STEP_DEFERRED, question, "DEFERRED", "asked again at " + until + ": " + why);
        } else {
            answered(question, Inspection.unseen(why));
        }
    }

    /// Asks again where the moment for it has come.
    void onTime() {
        for (Question question : draft.saga().verification().going().stream()
                .flatMap(check -> check.questions().stream()).toList()) {
            if (question.state() instanceof Question.State.Deferred(var until, _) && !draft.now().isBefore(until)
                    && draft.now().isBefore(going().deadline())) {
                become(going().with(ask(going(), question)));
            }
        }
    }

    // ---- what follows by itself

    /// After every event: a check is overtaken by a run, ends, or is due.
    void settle() {
        overtaken();
        forget();
        if (isRepaired()) {
            begin(draft.run().repair().orElseThrow().requestedBy());
        }
        beginIfDue();
        endIfAnswered();
    }

    private void overtaken() {
        draft.saga().verification().going().filter(check -> draft.saga().runs() != check.run()).ifPresent(check -> {
            draft.become(draft.saga().with(draft.saga().verification().dropped()));
            draft.audit(
                    AuditEvent.VERIFICATION_ENDED,
                    "",
                    "DROPPED",
                    "",
                    "Verification " + check.number() + " is dropped: run " + draft.saga().runs() + " has begun");
        });
    }

    /// Whether a repair has just been completed.
    private boolean isRepaired() {
        Optional<Run> run = draft.saga().lastRun().filter(Run::isRepair)
                .filter(last -> last.state() == RunState.COMPLETED);
        return run.isPresent() && !draft.before().lastRun().equals(run);
    }

    private boolean isInForce(String id) {
        return draft.saga().verifiable().filter(inForce -> inForce.uses().containsValue(id)).isPresent();
    }

    /// What was found and counted is about what was in force.
    private void forget() {
        Verification known = draft.saga().verification();
        if (uses(draft.saga()).equals(uses(draft.before()))) {
            return;
        }
        List<Counted> counted = known.counted().stream().filter(one -> isInForce(one.keyId())).toList();
        Optional<Verified> last = known.last().filter(_ -> draft.saga().standing() == Standing.DRIFTED)
                .map(verified -> verified.withFindings(
                        verified.findings().stream().filter(finding -> isInForce(finding.id())).toList()));
        draft.become(draft.saga().with(known.knowing(last, counted)));
    }

    private static Map<StepName, String> uses(Saga saga) {
        return saga.verifiable().map(InForce::uses).orElse(Map.of());
    }

    private void beginIfDue() {
        Optional<Instant> next = draft.saga().verification().nextLook();
        boolean isFree = !draft.saga().isPaused() && draft.saga().goingRun().isEmpty()
                && draft.saga().verification().going().isEmpty();
        Optional<Instant> then = Schedule.next(draft.saga(), draft.settings().verifyInterval(), draft.now());
        if (then.isPresent() && next.equals(then) && !draft.now().isBefore(then.get()) && isFree) {
            begin(SCHEDULE);
            then = Optional.of(Schedule.after(draft.saga().cluster(), draft.settings().verifyInterval(), draft.now()));
        }
        if (!then.equals(next)) {
            draft.become(draft.saga().with(draft.saga().verification().next(then)));
        }
    }

    private void endIfAnswered() {
        Optional<Check> check = draft.saga().verification().going();
        if (check.isPresent() && (check.get().isAnswered() || !draft.now().isBefore(check.get().deadline()))) {
            for (Question open : check.get().questions().stream().filter(question -> !question.isAnswered()).toList()) {
                answered(open, Inspection.unseen(open.state() instanceof Question.State.Deferred(_, var why) ? why
                        : "the worker has not answered in time; does it run?"));
            }
            end(going());
        }
    }

    private void end(Check check) {
        List<Finding> findings = check.questions().stream().flatMap(this::finding).toList();
        var verified = new Verified(
                check.number(), VerificationOutcome.of(findings), draft.now(), check.requestedBy(), findings);
        draft.become(
                draft.saga().with(draft.saga().verification().ended(verified, counted(check))));
        switch (verified.outcome()) {
            case DRIFTED -> stand(Standing.DRIFTED);
            case INTACT -> stand(Standing.CUSTOMER_MANAGED);
            case INCOMPLETE -> {} // what was known stays so
        }
        draft.audit(
                AuditEvent.VERIFICATION_ENDED,
                draft.before().standing().name(),
                draft.saga().standing().name(),
                verified.outcome().name(),
                "Verification " + check.number() + " is " + verified.outcome() + ": "
                        + (findings.isEmpty() ? "all is as it should be"
                                : Finding.words(findings)));
    }

    private void stand(Standing standing) {
        if (draft.saga().standing() != standing) {
            draft.become(draft.saga().standing(standing, draft.now(), draft.saga().inForce().orElseThrow()));
        }
    }

    private Stream<Finding> finding(Question question) {
        return question.state() instanceof Question.State.Answered(var seen) && seen.condition() != Condition.INTACT
                ? Stream.of(finding(question, seen))
                : Stream.of();
    }

    /// What could not be looked at again is still what it was found to be.
    private Finding finding(Question question, Inspection seen) {
        Optional<Finding> known = seen.condition() == Condition.UNSEEN
                ? draft.saga().verification().drift(List.of(question.id())).stream().findFirst()
                : Optional.empty();
        return known.orElseGet(
                () -> new Finding(question.step(), question.id(), seen.condition(), differences(seen)));
    }

    /// What could not be counted now is known from the last time: of a lost key it is what is at stake.
    private List<Counted> counted(Check check) {
        return check.questions().stream().flatMap(
                question -> question.state() instanceof Question.State.Answered(var seen)
                        && seen.registrations().isPresent()
                                ? Stream.of(new Counted(question.id(), draft.now(), seen.registrations().get()))
                                : draft.saga().verification().countedFor(question.id()).stream())
                .toList();
    }

    // ---- the saga

    private Check going() {
        return draft.saga().verification().going()
                .orElseThrow(() -> new IllegalStateException("No verification is going"));
    }

    private void become(Check check) {
        draft.become(draft.saga().with(draft.saga().verification().going(check)));
    }

    private void audit(AuditEvent event, Question question, String to, String message) {
        draft.auditStep(
                event,
                draft.saga().resource(question.id()).map(Resource::run).orElse(0),
                question.step(),
                "",
                to,
                "",
                question.id(),
                question.step().title() + " " + question.id() + ": " + message);
    }
}
