package io.keyfold.workers.rootkey;

import io.keyfold.workers.step.Command;
import io.keyfold.workers.step.Fault;
import io.keyfold.workers.step.FaultCode;
import io.keyfold.workers.step.FaultException;
import io.keyfold.workers.step.IbmAnswer;
import io.keyfold.workers.step.InstanceAddress;
import io.keyfold.workers.step.Turn;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/// Brings a key of one's own: material from where the request points, encrypted with an import token.
///
/// An instance has one import token at a time, and a new one takes the place of the one before: whoever else imports into
/// the instance takes ours away. Within this process imports into an instance wait for each other; from others ours is
/// asked for anew, a few times in a turn, then in the next turn.
final class KeyImport {
    /// How many tokens one turn asks for.
    private static final int TOKENS = 4;
    /// From this command on, material that still fails Key Protect's check is taken to be at fault itself.
    private static final int LAST_VERIFICATION = 5;

    private static final Duration FIRST_WAIT = Duration.ofMillis(250);
    private static final Duration WAIT_FOR_OTHERS = Duration.ofSeconds(10);
    private static final String EXPIRED = "IMPORT_TOKEN_EXPIRED_ERR";

    private final RootKeys keys;
    private final KeyMaterials materials;
    /// By the instance; two instances may share one, which only makes them wait.
    private final Lock[] instances = Stream.generate(ReentrantLock::new).limit(64).toArray(Lock[]::new);

    KeyImport(RootKeys keys, KeyMaterials materials) {
        this.keys = keys;
        this.materials = materials;
    }

    RootKeys.Creation create(
            Command command, InstanceAddress instance, NewRootKey wanted, KeyMaterialReference reference, Turn turn) {
        Lock lock = instances[Math.floorMod(instance.guid().hashCode(), instances.length)];
        if (!isLocked(lock)) {
            throw new FaultException(new Fault.Transient(
                    FaultCode.TRANSIENT,
                    IbmAnswer.ofOurs("Key Protect: import root key", "Other imports into the instance are under way."),
                    Optional.empty()));
        }
        try (KeyMaterial material = turn.look(() -> materials.fetch(reference))) {
            return create(command, instance, wanted, material, turn);
        } finally {
            lock.unlock();
        }
    }

    private RootKeys.Creation create(
            Command command, InstanceAddress instance, NewRootKey wanted, KeyMaterial material, Turn turn) {
        Duration wait = FIRST_WAIT;
        for (int tokens = 1;; tokens++) {
            try {
                ImportToken token = turn.look(() -> keys.importToken(instance));
                SealedKeyMaterial sealed = token.seal(material);
                return turn.create(() -> keys.importKey(instance, wanted, sealed));
            } catch (FaultException refused) {
                if (!isOfTheToken(refused.fault())) {
                    throw refused;
                }
                if (tokens == TOKENS || !turn.pause(wait)) {
                    throw isFinal(refused.fault(), command) ? refused : later(refused.fault());
                }
                wait = wait.multipliedBy(2);
            }
        }
    }

    /// Another import has taken the token away, or the material does not pass: Key Protect's answers do not tell which.
    private static boolean isOfTheToken(Fault fault) {
        return fault.code() == FaultCode.KEY_MATERIAL_UNUSABLE || isExpired(fault);
    }

    private static boolean isExpired(Fault fault) {
        return fault.answer().code().filter(EXPIRED::equals).isPresent();
    }

    private static boolean isFinal(Fault fault, Command command) {
        return !isExpired(fault) && command.attempt() >= LAST_VERIFICATION;
    }

    private static FaultException later(Fault fault) {
        return new FaultException(new Fault.Transient(FaultCode.TRANSIENT, fault.answer(), Optional.empty()));
    }

    private static boolean isLocked(Lock lock) {
        try {
            return lock.tryLock(WAIT_FOR_OTHERS.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
