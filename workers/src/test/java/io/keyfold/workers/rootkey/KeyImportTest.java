package io.keyfold.workers.rootkey;

import static io.keyfold.workers.EmulatedAccount.MARK;
import static io.keyfold.workers.EmulatedAccount.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import io.keyfold.workers.EmulatedAccount;
import io.keyfold.workers.Faults;
import io.keyfold.workers.step.Action;
import io.keyfold.workers.step.Command;
import io.keyfold.workers.step.Fault;
import io.keyfold.workers.step.FaultCode;
import io.keyfold.workers.step.FaultException;
import io.keyfold.workers.step.FaultReport;
import io.keyfold.workers.step.IbmAnswer;
import io.keyfold.workers.step.InstanceAddress;
import io.keyfold.workers.step.Outcome;
import io.keyfold.workers.step.Resource;
import io.keyfold.workers.step.StepName;
import io.keyfold.workers.step.StepRunner;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/// Keys of one's own material, over HTTP against the emulator, which really opens what was encrypted for it.
@Execution(ExecutionMode.CONCURRENT)
class KeyImportTest {
    private static final byte[] BYTES = "Planted material of 32 bytes !!!".getBytes(StandardCharsets.US_ASCII);
    private static final String BASE64 = Base64.getEncoder().encodeToString(BYTES);
    private static final String NAME = "hpc-1-key";
    private static final String CREATE = "key-protect.create_key";
    private static final String NEW_TOKEN = "key-protect.create_import_token";
    private static final String GET_TOKEN = "key-protect.get_import_token";

    private final EmulatedAccount account = new EmulatedAccount();
    private final RootKeys keys = account.cloud().rootKeys();
    private final InstanceAddress instance = account.anInstance();
    private final KeyTarget target =
            new KeyTarget(instance, NAME, Optional.empty(), false,
                    Optional.of(KeyMaterialReference.parse("file:hpc-1.key")));
    private final List<KeyMaterial> fetched = new ArrayList<>();
    private final StepRunner<KeyTarget> process = account.process(new RootKeyWorker(keys, this::material));

    private synchronized KeyMaterial material(KeyMaterialReference reference) {
        assertThat(reference).hasToString("file:hpc-1.key");
        KeyMaterial material = KeyMaterial.ofBase64(BASE64.getBytes(StandardCharsets.US_ASCII)).orElseThrow();
        fetched.add(material);
        return material;
    }

    @AfterEach
    void close() {
        // Whatever a test was about: no material is left open.
        fetched.forEach(material -> assertThatIllegalStateException().isThrownBy(material::bytes));
        account.close();
    }

    @Test
    void a_key_is_imported_once_with_our_mark_as_its_alias() {
        Resource key = created(answer(process, provision(), target));

        assertThat(keys.byAlias(instance, MARK)).hasValueSatisfying(imported -> {
            assertThat(imported.id()).isEqualTo(key.id());
            assertThat(imported.generated()).isFalse();
            assertThat(imported.isUsable()).isTrue();
        });
        assertThat(created(answer(process, provision(), target))).isEqualTo(key);
        assertThat(account.performed(CREATE)).isEqualTo(1);
        assertThat(fetched).hasSize(1);
    }

    static Stream<String> faults() {
        return Faults.all().stream();
    }

    @ParameterizedTest
    @MethodSource("faults")
    void whatever_becomes_of_the_create_there_is_one_imported_key_in_the_end(String fault) {
        account.strike(CREATE, fault);

        Resource key = created(account.untilSettled(process, provision(), target));

        assertThat(keys.named(instance, NAME)).extracting(RootKey::id).containsExactly(key.id());
        assertThat(keys.byId(instance, key.id()).orElseThrow().generated()).isFalse();
        assertThat(account.performed(CREATE)).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("faults")
    void whatever_becomes_of_the_import_token_there_is_one_imported_key_in_the_end(String fault) {
        account.strike(NEW_TOKEN, fault);
        account.strike(GET_TOKEN, fault);

        Resource key = created(account.untilSettled(process, provision(), target));

        assertThat(keys.named(instance, NAME)).extracting(RootKey::id).containsExactly(key.id());
        assertThat(account.performed(CREATE)).isEqualTo(1);
    }

    @Test
    void a_token_that_another_import_took_away_is_asked_for_anew() {
        StepRunner<KeyTarget> disturbed = account.process(new RootKeyWorker(takingAway(3), this::material));

        created(answer(disturbed, provision(), target));

        assertThat(account.sent(CREATE)).isEqualTo(4);
        assertThat(account.performed(CREATE)).isEqualTo(1);
    }

    @Test
    void a_token_that_is_taken_away_again_and_again_is_left_to_a_later_turn() {
        StepRunner<KeyTarget> disturbed = account.process(new RootKeyWorker(takingAway(10), this::material));

        assertThat(answer(disturbed, provision(), target)).isInstanceOfSatisfying(
                Outcome.Deferred.class,
                later -> assertThat(later.fault().orElseThrow().message()).contains("INCORRECT_NONCE_ERR"));
        created(account.untilSettled(disturbed, provision(), target));
        assertThat(account.performed(CREATE)).isEqualTo(1);
    }

    @Test
    void a_token_that_is_gone_when_it_is_fetched_is_asked_for_anew() {
        account.strike(GET_TOKEN, 2, refusal(409, "IMPORT_TOKEN_EXPIRED_ERR"));
        account.strike(CREATE, 1, refusal(409, "IMPORT_TOKEN_EXPIRED_ERR"));

        created(answer(process, provision(), target));

        assertThat(account.sent(NEW_TOKEN)).isEqualTo(4);
    }

    @Test
    void a_token_that_is_always_gone_is_never_the_materials_fault() {
        account.strike(GET_TOKEN, 0, refusal(409, "IMPORT_TOKEN_EXPIRED_ERR"));

        assertThat(answer(process, account.again(provision(), 20), target)).isInstanceOf(Outcome.Deferred.class);
        assertThat(account.sent(NEW_TOKEN)).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"INCORRECT_NONCE_ERR", "INCORRECT_NONCE_IV_ERR", "UNPROCESSABLE_CIPHERTEXT_ERR"})
    void material_that_never_passes_Key_Protects_check_fails_in_the_end(String code) {
        account.strike(CREATE, 0, refusal(400, code));

        FaultReport fault = failed(account.untilSettled(process, provision(), target));

        assertThat(fault.code()).isEqualTo(FaultCode.KEY_MATERIAL_UNUSABLE);
        assertThat(fault.message()).contains("Key Protect: import root key was refused", code);
        assertThat(account.sent(CREATE)).isEqualTo(20);
    }

    @Test
    void an_instance_that_allows_no_imports_is_told_at_once() {
        account.strike(CREATE, 0, refusal(409, "KEY_CREATE_IMPORT_ACCESS_ERR"));

        FaultReport fault = failed(answer(process, provision(), target));

        assertThat(fault.code()).isEqualTo(FaultCode.CONFLICT);
        assertThat(fault.outcomeUnknown()).isFalse();
        assertThat(account.sent(CREATE)).isEqualTo(1);
    }

    @Test
    void a_missing_right_is_told_at_once() {
        account.strike(NEW_TOKEN, 0, Faults.FORBIDDEN);

        assertThat(failed(answer(process, provision(), target)).code()).isEqualTo(FaultCode.FORBIDDEN);
        assertThat(account.sent(CREATE)).isZero();
    }

    @Test
    @Tag("case-23")
    void material_that_cannot_be_had_fails_before_anything_is_asked_of_Key_Protect() {
        StepRunner<KeyTarget> without = account.process(new RootKeyWorker(keys, reference -> {
            throw new FaultException(new Fault.Permanent(
                    FaultCode.KEY_MATERIAL_UNUSABLE,
                    IbmAnswer.ofOurs("reading key material from " + reference, "There is none.")));
        }));

        FaultReport fault = failed(answer(without, provision(), target));

        assertThat(fault.message()).isEqualTo(
                "hpc-1, root key: reading key material from file:hpc-1.key was refused (KEY_MATERIAL_UNUSABLE). There is"
                        + " none. Put the material where the reference points, or correct the reference.");
        assertThat(fault.outcomeUnknown()).isFalse();
        assertThat(account.sent(NEW_TOKEN)).isZero();
    }

    @Test
    void a_vault_that_is_down_neither_fails_the_step_nor_opens_the_circuit() {
        var failures = new AtomicInteger(40);
        StepRunner<KeyTarget> sometimes = account.process(new RootKeyWorker(keys, reference -> {
            if (failures.decrementAndGet() >= 0) {
                throw new FaultException(new Fault.Transient(
                        FaultCode.TRANSIENT, IbmAnswer.ofOurs("reading key material from " + reference, "Down."),
                        Optional.empty()));
            }
            return material(reference);
        }));

        assertThat(answer(sometimes, provision(), target)).isInstanceOf(Outcome.Deferred.class);
        created(account.untilSettled(sometimes, provision(), target));
    }

    @Test
    void a_key_of_ours_that_was_generated_is_not_taken_for_the_imported_one() {
        account.seedKey(instance, NAME, List.of(MARK), false, 1);

        FaultReport fault = failed(answer(process, provision(), target));

        assertThat(fault.code()).isEqualTo(FaultCode.KEY_NOT_USABLE);
        assertThat(fault.message()).contains("Its material was generated, not imported from file:hpc-1.key.");
        assertThat(fault.outcomeUnknown()).isTrue();
    }

    @Test
    void imports_into_one_instance_do_not_take_each_others_tokens() throws Exception {
        int many = 8;
        List<Future<Outcome>> answers = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            IntStream.range(0, many).forEach(number -> answers.add(
                    threads.submit(() -> answer(
                            process, marked("kf-test-import-" + number),
                            new KeyTarget(instance, NAME + number, Optional.empty(), false, target.material())))));
        }

        for (Future<Outcome> each : answers) {
            created(each.get());
        }
        assertThat(account.sent(NEW_TOKEN)).isEqualTo(many);
    }

    /// All that a worker says: its log down to the last detail, outcomes, exceptions.
    @Test
    @Tag("case-112")
    void the_material_is_in_no_log_no_answer_and_no_exception() throws ExecutionException {
        var said = new ListAppender<ILoggingEvent>();
        var root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        Level before = root.getLevel();
        var answers = new StringBuilder();
        said.start();
        root.addAppender(said);
        root.setLevel(Level.TRACE);
        try {
            account.strike(NEW_TOKEN, Faults.UNAVAILABLE);
            account.strike(CREATE, 3, refusal(400, "INCORRECT_NONCE_ERR"));
            answers.append(account.untilSettled(process, provision(), target));
            account.strike(CREATE, "{\"type\":\"html\"}");
            answers.append(answer(
                    process, marked("kf-test-other"),
                    new KeyTarget(instance, NAME + "2", Optional.empty(), false, target.material())));
        } finally {
            root.setLevel(before);
            root.detachAppender(said);
        }
        assertThatThrownBy(fetched.getFirst()::bytes).satisfies(wiped -> answers.append(wiped));
        answers.append(fetched);
        synchronized (said) { // as it appends: other classes' tests log too
            said.stop();
        }
        said.list.forEach(line -> answers.append(line.getFormattedMessage()).append(
                line.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(line.getThrowableProxy())));
        answers.append(account.emulator().cloud().effects().all());

        assertThat(said.list).isNotEmpty();
        assertThat(answers.toString()).contains("hpc-1-key")
                .doesNotContain(BASE64, new String(BYTES, StandardCharsets.US_ASCII))
                .doesNotContainIgnoringCase(HexFormat.of().formatHex(BYTES));
    }

    /// Another one who imports into the instance gets a token right after ours, so many times.
    private RootKeys takingAway(int times) {
        var left = new AtomicInteger(times);
        return (RootKeys) Proxy.newProxyInstance(
                RootKeys.class.getClassLoader(), new Class<?>[]{RootKeys.class}, (_, method, arguments) -> {
                    Object answer;
                    try {
                        answer = method.invoke(keys, arguments);
                    } catch (InvocationTargetException failed) {
                        throw failed.getTargetException();
                    }
                    if (answer instanceof ImportToken && left.decrementAndGet() >= 0) {
                        keys.importToken(instance);
                    }
                    return answer;
                });
    }

    private static String refusal(int status, String code) {
        return "{\"type\":\"status\",\"status\":" + status + ",\"content_type\":\"application/json\",\"body\":"
                + "\"{\\\"resources\\\":[{\\\"errorMsg\\\":\\\"Bad Request\\\",\\\"reasons\\\":[{\\\"code\\\":\\\""
                + code
                + "\\\",\\\"message\\\":\\\"No.\\\"}]}]}\"}";
    }

    private Command provision() {
        return account.command(StepName.ROOT_KEY, Action.PROVISION);
    }

    private Command marked(String mark) {
        Command like = provision();
        return new Command(
                like.id(), like.clusterId(), like.account(), like.run(), like.step(), like.action(), like.attempt(),
                mark,
                like.notAfter(), like.expectedId(), like.adoptOnly());
    }

    private static Resource created(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Created.class);
        return ((Outcome.Created) outcome).resource();
    }

    private static FaultReport failed(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Failed.class);
        return ((Outcome.Failed) outcome).fault();
    }
}
