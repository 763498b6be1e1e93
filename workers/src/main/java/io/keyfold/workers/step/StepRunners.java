package io.keyfold.workers.step;

import java.util.Map;

/// One [StepRunner] an account, each with its own credentials, circuit and rates: no account waits for another.
///
/// @param <T> what the commands are about
public final class StepRunners<T> {
    private final Map<String, StepRunner<T>> byAccount;
    private final StepRunner<T> any;

    /// @param byAccount at least one, by the account's alias
    public StepRunners(Map<String, StepRunner<T>> byAccount) {
        this.byAccount = Map.copyOf(byAccount);
        this.any = byAccount.values().stream().findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no account is set"));
    }

    /// The command's; for an account that has none any other, since each refuses what is not its own.
    public StepRunner<T> of(Command command) {
        return byAccount.getOrDefault(command.account(), any);
    }
}
