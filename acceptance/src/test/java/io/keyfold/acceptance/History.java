package io.keyfold.acceptance;

import io.keyfold.contract.ClusterControlRequested;
import io.keyfold.contract.ClusterDeployRequested;
import io.keyfold.contract.ControlAction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/// What is asked of three or four clusters of one account, and what goes wrong in its cloud, when: all of it drawn from
/// a seed. One cluster makes an instance, one is in an instance that somebody else shares with it, one moves in with the
/// first; each may ask for something else later.
///
/// Only what is asked and what is broken replays from the seed. When processes come to it does not.
///
/// @param account alias of its account, in which no other history is at the time
/// @param moves   in the order of their moments
record History(long seed, String account, boolean hasTeamKey, boolean hasPolicyByHand, List<Move> moves) {
    /// Moves begin within this time.
    static final Duration LASTS = Duration.ofSeconds(16);

    /// Something that is done at a moment of the history.
    sealed interface Move {
        Duration at();

        String words();
    }

    /// @param deadline how long after the history's beginning, zero for none
    record Deploy(Duration at, ClusterDeployRequested request, Duration deadline, String words) implements Move {
        ClusterDeployRequested published(Instant begin) {
            return deadline.isZero() ? request
                    : ClusterDeployRequested.newBuilder(request).setDeadline(begin.plus(deadline)).build();
        }
    }

    record Control(Duration at, ClusterControlRequested request) implements Move {
        @Override
        public String words() {
            return request.getClusterId() + ": " + request.getAction() + " " + request.getRequestId() + " ("
                    + request.getControlId() + ")";
        }
    }

    /// @param rule in the emulator's own JSON
    record Breaks(Duration at, String rule) implements Move {
        @Override
        public String words() {
            return "the cloud breaks: " + rule;
        }
    }

    /// A volume begins to be encrypted with the cluster's root key, if it has one by then.
    record Registers(Duration at, String prefix) implements Move {
        @Override
        public String words() {
            return "a volume is encrypted with " + keyName();
        }

        String keyName() {
            return prefix + "-key";
        }

        String volume() {
            return "crn:v1:bluemix:public:is:us-south-1:a/0::volume:" + prefix;
        }
    }

    History {
        moves = moves.stream().sorted(Comparator.comparing(Move::at)).toList();
    }

    static History drawn(long seed, String account) {
        return new Draw(seed, account).history();
    }

    /// All its names begin so.
    String name() {
        return name(seed);
    }

    private static String name(long seed) {
        return "h" + Long.toString(seed, Character.MAX_RADIX);
    }

    /// The instance that was there before, and that nobody of us may delete.
    String sharedInstance() {
        return "shared-" + name();
    }

    static final String TEAM_KEY = "team-key";

    /// Draws a history, number by number.
    private static final class Draw {
        private static final List<String> CALLS = List.of(
                "resource-controller.create_instance", "key-protect.create_key", "iam-policy-v1.create_policy",
                "resource-controller.delete_instance", "key-protect.delete_key", "iam-policy-v1.delete_policy",
                "resource-controller.*", "key-protect.*", "iam-policy-v1.*");
        /// What must not last longer than a call may take (4 s here): IBM Cloud is taken to have done by then what it does
        /// at all (docs/decisions/0011).
        private static final int SHORT_MILLIS = 2_500;

        private final SplittableRandom random;
        private final long seed;
        private final String account;
        private final List<Move> moves = new ArrayList<>();
        private int controls;

        Draw(long seed, String account) {
            this.random = new SplittableRandom(seed);
            this.seed = seed;
            this.account = account;
        }

        History history() {
            boolean hasTeamKey = random.nextBoolean();
            boolean hasPolicyByHand = chance(33);
            int clusters = 3 + random.nextInt(2);
            for (int number = 0; number < clusters; number++) {
                cluster(number);
            }
            for (int fault = random.nextInt(6); fault > 0; fault--) {
                breaks(fault);
            }
            return new History(seed, account, hasTeamKey, hasPolicyByHand, moves);
        }

        private void cluster(int number) {
            int deploys = 1 + random.nextInt(3);
            int at = number == 0 ? random.nextInt(2_000) : random.nextInt(6_000);
            for (int deploy = 1; deploy <= deploys; deploy++) {
                String id = "r-" + deploy;
                deploy(number, id, at, deploy == 1 ? firstPlan(number) : random.nextInt(7));
                afterwards(number, id, at);
                if (chance(8)) {
                    moves.add(new Registers(moment(at + random.nextInt(6_000)), prefix(number)));
                }
                at += 300 + random.nextInt(random.nextBoolean() ? 2_000 : 8_000);
            }
        }

        private int firstPlan(int number) {
            return switch (number) {
                case 0 -> random.nextInt(2);
                case 1 -> 5 + random.nextInt(2);
                case 2 -> 3 + random.nextInt(2);
                default -> random.nextInt(7);
            };
        }

        private void deploy(int number, String id, int at, int plan) {
            var request = request(number, id, plan);
            Duration deadline = chance(8) ? Duration.ofMillis(at + 500L + random.nextInt(6_000)) : Duration.ZERO;
            deploy(at, request, deadline, "");
            if (chance(15)) {
                deploy(at + random.nextInt(4_000), request, deadline, ", once more");
            }
            if (chance(10)) {
                var other = ClusterDeployRequested.newBuilder(request).setResourceGroup("hpc").build();
                deploy(at + random.nextInt(4_000), other, deadline, ", once more and with other inputs");
            }
        }

        private void deploy(int at, ClusterDeployRequested request, Duration deadline, String words) {
            String instance = request.getKmsInstanceName();
            String key = request.getKmsKeyName();
            moves.add(
                    new Deploy(
                            moment(at), request, deadline,
                            request.getAccount() + "/" + request.getClusterPrefix() + ": deploy "
                                    + request.getRequestId() + " "
                                    + (request.getKeyManagement() == null ? "encrypted by the provider"
                                            : "in " + (instance == null ? "a new instance" : instance) + " with "
                                                    + (key == null ? "a new key" : key)
                                                    + (request.getSeparateKeys() ? " and another for VSIs" : ""))
                                    + (deadline.isZero() ? "" : " by " + seconds(deadline)) + words));
        }

        private ClusterDeployRequested request(int number, String id, int plan) {
            var request = Site.request(prefix(number)).setAccount(account).setRequestId(id);
            String others = prefix(random.nextInt(3));
            switch (plan) {
                case 1 -> request.setSeparateKeys(true);
                case 2 -> request.setKeyManagement(null);
                case 3 -> request.setKmsInstanceName((number == 2 ? prefix(0) : others) + "-kms");
                case 4 -> request.setKmsInstanceName((number == 2 ? prefix(0) : others) + "-kms")
                        .setKmsKeyName((number == 2 ? prefix(0) : others) + "-key");
                case 5 -> request.setKmsInstanceName("shared-" + name(seed));
                case 6 -> request.setKmsInstanceName("shared-" + name(seed)).setKmsKeyName(TEAM_KEY);
                default -> {
                    // a new instance and a new key
                }
            }
            request.setSkipIamBlockStorageAuthorizationPolicy(chance(10)).setSkipIamShareAuthorizationPolicy(chance(10))
                    .setSkipKmsS2sAuthPolicy(chance(10)).setDeletionProtection(random.nextBoolean());
            if (chance(15)) {
                request.setCosInstanceGuid("01234567-89ab-cdef-0123-456789abcdef");
            }
            return chance(3) ? request.setRegion("mars").build() : request.build();
        }

        private void afterwards(int number, String id, int at) {
            if (chance(25)) { // now and then before the deploy itself
                control(chance(25) ? at - 200 : at + random.nextInt(3_000), number, ControlAction.CANCEL, id);
            }
            if (chance(20)) {
                control(at + random.nextInt(8_000), number, ControlAction.DEPROVISION, id);
            }
            if (chance(15)) {
                control(at + random.nextInt(8_000), number, ControlAction.REMOVE, id);
            }
            for (int retry = chance(25) ? 1 + random.nextInt(3) : 0; retry > 0; retry--) {
                control(at + random.nextInt(8_000), number, ControlAction.RETRY, id);
            }
        }

        private void control(int at, int number, ControlAction action, String id) {
            var control = new Control(
                    moment(at),
                    ClusterControlRequested.newBuilder().setControlId("c-" + ++controls)
                            .setClusterId(account + "/" + prefix(number)).setAction(action).setRequestId(id)
                            .setReason(random.nextBoolean() ? "drawn" : "").setRequestedBy("acceptance test")
                            .setRequestedAt(Instant.EPOCH).build());
            moves.add(control);
            if (chance(15)) {
                moves.add(new Control(moment(at + random.nextInt(3_000)), control.request()));
            }
        }

        /// A rule strikes a few calls and is over.
        private void breaks(int number) {
            String call = CALLS.get(random.nextInt(CALLS.size()));
            // Mostly from the start, so that it is the number of the call that is chance, not the moment.
            int at = chance(70) ? 0 : random.nextInt((int) LASTS.toMillis());
            int skipped = random.nextInt(call.endsWith("*") ? 12 : 4);
            moves.add(
                    new Breaks(
                            moment(at),
                            "{\"name\":\"" + name(seed) + "-" + number + "\",\"account\":\"" + accountId(account)
                                    + "\",\"operation\":\"" + call + "\",\"skip\":" + skipped + ",\"count\":"
                                    + (1 + random.nextInt(3)) + ",\"fault\":" + fault(call) + "}"));
        }

        private String fault(String call) {
            return switch (random.nextInt(call.contains("create") ? 14 : 12)) {
                case 0 -> "{\"type\":\"status\",\"status\":500}";
                case 1 -> "{\"type\":\"status\",\"status\":429,\"retry_after\":\"1\"}";
                case 2 -> "{\"type\":\"status\",\"status\":503,\"after\":true}";
                case 3 -> "{\"type\":\"reset_before\"}";
                case 4, 5 -> "{\"type\":\"reset_after\"}";
                case 6 -> "{\"type\":\"hang_after\"}";
                case 7 -> "{\"type\":\"latency\",\"ms\":" + (200 + random.nextInt(SHORT_MILLIS)) + "}";
                case 8 -> "{\"type\":\"latency\",\"after\":true,\"ms\":" + (500 + random.nextInt(5_500)) + "}";
                case 9 -> "{\"type\":\"forbidden\"}";
                case 10 -> "{\"type\":\"truncate\"}";
                case 11 -> "{\"type\":\"malformed\"}";
                case 12 -> "{\"type\":\"quota\"}";
                default -> "{\"type\":\"delayed_visibility\",\"ms\":" + random.nextInt(SHORT_MILLIS) + "}";
            };
        }

        private String prefix(int number) {
            return name(seed) + "-" + (char) ('a' + number);
        }

        private static Duration moment(int at) {
            return Duration.ofMillis(Math.clamp(at, 0, LASTS.toMillis()));
        }

        private boolean chance(int percent) {
            return random.nextInt(100) < percent;
        }
    }

    /// Of the account with this alias.
    static String accountId(String account) {
        return HexFormat.of().formatHex(account.getBytes(StandardCharsets.US_ASCII))
                .concat("0".repeat(32)).substring(0, 32);
    }

    static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%+.1f s", time.toMillis() / 1000.0);
    }

    /// What was drawn, a line each.
    String plan() {
        var lines = new StringBuilder();
        moves.forEach(move -> lines.append("\n  ").append(seconds(move.at())).append(' ').append(move.words()));
        return lines.toString();
    }
}
