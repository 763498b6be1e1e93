package io.keyfold.emulator.keyprotect;

import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/// The `search` parameter: `not:`, `escape:`, `exact:`, `alias:`, `name:` in any order before the text.
///
/// Without a scope it looks at names and aliases; without `exact:` for a part, and whatever the case.
final class KeySearch implements Predicate<Key> {

    private final boolean negated;
    private final boolean exact;
    private final Set<String> scopes;
    private final String text;

    private KeySearch(boolean negated, boolean exact, Set<String> scopes, String text) {
        this.negated = negated;
        this.exact = exact;
        this.scopes = scopes;
        this.text = text;
    }

    static KeySearch of(String search) {
        boolean negated = false;
        boolean exact = false;
        Set<String> scopes = new TreeSet<>();
        String rest = search;
        while (true) {
            if (rest.startsWith("escape:")) {
                return new KeySearch(negated, exact, scopes, rest.substring("escape:".length()));
            } else if (rest.startsWith("not:")) {
                negated = true;
                rest = rest.substring("not:".length());
            } else if (rest.startsWith("exact:")) {
                exact = true;
                rest = rest.substring("exact:".length());
            } else if (rest.startsWith("alias:") || rest.startsWith("name:")) {
                int colon = rest.indexOf(':');
                scopes.add(rest.substring(0, colon));
                rest = rest.substring(colon + 1);
            } else {
                return new KeySearch(negated, exact, scopes, rest);
            }
        }
    }

    @Override
    public boolean test(Key key) {
        boolean inName = (scopes.isEmpty() || scopes.contains("name")) && agrees(key.labels().name());
        boolean inAlias = (scopes.isEmpty() || scopes.contains("alias"))
                && key.labels().aliases().stream().anyMatch(this::agrees);
        return (inName || inAlias) != negated;
    }

    private boolean agrees(String value) {
        return exact ? value.equals(text) : value.toLowerCase(Locale.ROOT).contains(text.toLowerCase(Locale.ROOT));
    }
}
