package io.keyfold.cli;

/// What a command's exit code says. Scripts rely on these numbers: they are documented and never change.
final class ExitCode {
    static final int OK = 0;
    /// A bug of ours.
    static final int INTERNAL_ERROR = 1;
    /// The command line or a settings file is wrong; nothing was done.
    static final int USAGE = 2;
    /// The cluster, or the dead letter, is unknown.
    static final int NOT_FOUND = 3;
    /// A broker or a registry does not answer, or a process could not be started.
    static final int UNREACHABLE = 4;
    /// The request breaks the rules; nothing was published, or the workflow refused it.
    static final int REFUSED = 5;
    /// The run ended, but not as it was asked for: failed, cancelled or parked.
    static final int NOT_COMPLETED = 6;
    /// The run still goes on and the time to wait for it is up.
    static final int TIMED_OUT = 7;
    /// `doctor`, `topics` or `demo` found something wrong, or the view of `sweep`, `audit` or
    /// `vulnerabilities` is not complete, also because an endpoint of the
    /// cloud does not answer.
    static final int UNHEALTHY = 8;

    /// Something in force is missing or changed, as `verify` found, be it now or before the deploy that was waited for.
    static final int DRIFTED = 9;

    /// `sweep` found what nobody answers for, and it is still there.
    static final int ORPHANS = 10;

    /// `audit` found something that must never be.
    static final int VIOLATED = 11;

    /// `vulnerabilities` found advisories that are about what is shipped.
    static final int VULNERABLE = 12;

    /// The machine's clock was set back under a service, which is to be started again.
    static final int CLOCK_SET_BACK = 13;

    /// Whoever read the output has closed it: what a shell says of a program that `SIGPIPE` ended.
    static final int NOBODY_READS = 141;

    private ExitCode() {}
}
