package io.keyfold.acceptance.cases;

/// One line of the catalogue.
///
/// @param reason why no test shows it, or what no test shows of it; empty if there is nothing to say
record FailureMode(int number, String happens, String expected, String reason) {
    static FailureMode of(String line) {
        var fields = line.split("\t", -1);
        if (fields.length < 3 || fields.length > 4) {
            throw new IllegalArgumentException(
                    "failure-modes.tsv: number, what happens, what is expected, and perhaps a reason; not: " + line);
        }
        return new FailureMode(
                Integer.parseInt(fields[0]), fields[1], fields[2], fields.length == 4 ? fields[3] : "");
    }
}
