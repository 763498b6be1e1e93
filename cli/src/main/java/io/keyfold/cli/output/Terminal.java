package io.keyfold.cli.output;

import java.io.Console;
import java.util.Optional;

/// Whether a person looks at our output, and the few escape sequences that are for people only.
///
/// @param isLive true if lines may be coloured and overwritten
public record Terminal(boolean isLive) {
    private static final String ESCAPE = "\u001b[";

    /// What this process writes to. A pipe, a file, `NO_COLOR` and `TERM=dumb` get plain lines.
    public static Terminal ofThisProcess() {
        return new Terminal(Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent()
                && System.getenv("NO_COLOR") == null
                && !"dumb".equals(System.getenv("TERM")));
    }

    public String good(String text) {
        return coloured("32", text);
    }

    public String bad(String text) {
        return coloured("31", text);
    }

    public String busy(String text) {
        return coloured("33", text);
    }

    public String bold(String text) {
        return coloured("1", text);
    }

    public String faint(String text) {
        return coloured("2", text);
    }

    /// Moves up over `lines` lines and clears them, so that they can be written anew.
    public String rewind(int lines) {
        return isLive && lines > 0 ? ESCAPE + lines + "A" + ESCAPE + "J" : "";
    }

    /// Lines that are cut off at the right edge rather than wrapped: a wrapped line would be two to [#rewind].
    public String cutOff(String lines) {
        return isLive ? ESCAPE + "?7l" + lines + ESCAPE + "?7h" : lines;
    }

    private String coloured(String code, String text) {
        return isLive ? ESCAPE + code + "m" + text + ESCAPE + "0m" : text;
    }
}
