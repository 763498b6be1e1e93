package io.keyfold.acceptance.crash;

/// Where around a call a worker dies.
public enum CrashPoint {
    BEFORE_THE_CALL("before the call reaches the cloud"),
    AFTER_THE_EFFECT("after its effect, before its reply"),
    AFTER_THE_REPLY("after its reply, before the next call or event"),
    AFTER_THE_EVENT("after the event that follows it, before that is committed");

    private final String words;

    CrashPoint(String words) {
        this.words = words;
    }

    public String words() {
        return words;
    }
}
