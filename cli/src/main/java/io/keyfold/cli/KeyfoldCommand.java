package io.keyfold.cli;

import picocli.CommandLine.Command;

/// `keyfold` itself: only a name for what its subcommands share.
@Command(
        name = "keyfold",
        mixinStandardHelpOptions = true,
        version = "keyfold 0.1.0-SNAPSHOT",
        synopsisSubcommandLabel = "COMMAND",
        description = "Gives every IBM Spectrum LSF cluster on IBM Cloud its encryption, as a saga on Kafka.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:a bug of Keyfold's",
            "2:wrong command line or settings; nothing was done",
            "3:no such cluster, or no such dead letter",
            "4:broker or registry does not answer, or a process could not be started",
            "5:the request breaks the rules",
            "6:the run ended otherwise than asked for: failed, cancelled or parked",
            "7:the run goes on, the time to wait is up",
            "8:doctor, topics or demo found something wrong, or the view of sweep, audit or vulnerabilities is not complete, whatever the reason",
            "9:verify found something missing or changed",
            "10:sweep found what nobody answers for, and it is still there",
            "11:audit found something that must never be",
            "12:vulnerabilities found advisories that are about what is shipped",
            "13:the machine's clock was set back under workflow, worker, gateway or up: it is to be started again",
            "141:watch: nobody reads the output any more, as in keyfold watch | head -1"
        },
        footer = {
            "",
            "Settings come from flags, then the environment (KEYFOLD_BOOTSTRAP_SERVERS …), then --config FILE.",
            "KEYFOLD_LOG_LEVEL=debug shows what happens inside; with KEYFOLD_LOG_FORMAT=json each line of a log is a"
                    + " JSON object."
        })
final class KeyfoldCommand {}
