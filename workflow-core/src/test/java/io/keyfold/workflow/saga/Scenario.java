package io.keyfold.workflow.saga;

import io.keyfold.workflow.request.ClusterId;
import io.keyfold.workflow.request.DeployRequest;
import io.keyfold.workflow.request.ResourceKind;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// The stories that are told with everything that can go wrong in them.
enum Scenario {
    A_DEPLOY_MAKES_A_NEW_INSTANCE(RunState.COMPLETED, Standing.CUSTOMER_MANAGED) {
        @Override
        void happens(History history) {
            history.deploy(history.cluster(ONE), request("r-1"));
        }
    },
    A_DEPLOY_USES_AN_EXISTING_INSTANCE(RunState.COMPLETED, Standing.CUSTOMER_MANAGED) {
        @Override
        void before(History history) {
            shared(history);
        }

        @Override
        void happens(History history) {
            history.deploy(history.cluster(ONE), request("r-1").withKmsInstanceName(SHARED));
        }
    },
    A_DEPLOY_FAILS_AND_IS_UNDONE(RunState.FAILED, Standing.NONE) {
        @Override
        void before(History history) {
            shared(history);
        }

        /// Its key is not there.
        @Override
        void happens(History history) {
            history.deploy(
                    history.cluster(ONE),
                    request("r-1").withKmsInstanceName(SHARED).withKmsKeyName("no-such-key"));
        }
    },
    A_DEPLOY_IS_CANCELLED(RunState.CANCELLED, Standing.NONE) {
        @Override
        void happens(History history) {
            ClusterId one = history.cluster(ONE);
            history.deploy(one, request("r-1"));
            history.at(
                    Duration.ofMillis(12), () -> history.control(one, ControlAction.CANCEL, "r-1", "a-mistake"));
        }
    },
    A_DEPROVISION(RunState.COMPLETED, Standing.DEPROVISIONED) {
        @Override
        void before(History history) {
            history.deploy(history.cluster(ONE), request("r-1"));
        }

        @Override
        void happens(History history) {
            history.deprovision(one(history), "r-1", "not-needed");
        }
    },
    A_CHANGE_OF_A_DEPLOY(RunState.COMPLETED, Standing.CUSTOMER_MANAGED) {
        @Override
        void before(History history) {
            history.deploy(history.cluster(ONE), request("r-1"));
        }

        @Override
        void happens(History history) {
            history.deploy(one(history), request("r-2").withSeparateKeys(true));
        }
    },
    /// The one that made the authorizations goes while the other one comes.
    ONE_GOES_WHILE_ANOTHER_COMES(RunState.COMPLETED, Standing.DEPROVISIONED) {
        @Override
        void before(History history) {
            shared(history);
            history.deploy(history.cluster(ONE), request("r-1").withKmsInstanceName(SHARED));
        }

        @Override
        void happens(History history) {
            history.deploy(
                    history.cluster(TWO),
                    DeployRequest.of("r-1", TWO).withRegion("us-south").withKmsInstanceName(SHARED)
                            .withKmsKeyName("team-key"));
            history.deprovision(one(history), "r-1", "not-needed");
        }
    };

    private static final String ONE = "hpc-1";
    private static final String TWO = "hpc-2";
    private static final String SHARED = "shared";
    private final RunState end;
    private final Standing standing;

    Scenario(RunState end, Standing standing) {
        this.standing = standing;
        this.end = end;
    }

    /// What happens before anything can go wrong.
    void before(History history) {}

    abstract void happens(History history);

    /// Whatever is late, lost or killed, the end is the same; only what IBM Cloud refuses for good may fail.
    void endsAsItShould(History history, boolean isRefused) {
        Set<RunState> right = isRefused
                ? EnumSet.of(
                        RunState.COMPLETED, RunState.FAILED, RunState.CANCELLED, RunState.COMPENSATION_FAILED)
                : EnumSet.of(end);
        history.sagas().values().forEach(
                saga -> Invariants.require(
                        saga.lastRun().map(Run::state).filter(right::contains).isPresent(),
                        saga.cluster() + " ends as " + saga.lastRun().map(Run::state) + ", not as " + end));
        Standing stands = history.sagas().get(one(history)).standing();
        Invariants.require(isRefused || stands == standing, ONE + " stands as " + stands + ", not as " + standing);
    }

    private static DeployRequest request(String id) {
        return DeployRequest.of(id, ONE).withRegion("us-south").withRequestedBy("orchestrator");
    }

    private static ClusterId one(History history) {
        return history.sagas().keySet().stream().filter(cluster -> cluster.clusterPrefix().equals(ONE)).findFirst()
                .orElseThrow();
    }

    private static void shared(History history) {
        var instance = history.foreign(ResourceKind.KMS_INSTANCE, SHARED, "", Optional.empty());
        history.foreign(ResourceKind.ROOT_KEY, "team-key", instance.id(), Optional.empty());
    }
}
