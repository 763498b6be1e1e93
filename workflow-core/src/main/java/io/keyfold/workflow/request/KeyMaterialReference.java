package io.keyfold.workflow.request;

import java.util.regex.Pattern;

/// Where the root-key worker finds the material of a key that is brought: `key_material_reference`. Never the material
/// itself.
///
/// It selects among what the worker's operator offers and cannot leave that: no segment of a path begins with a dot, none is
/// empty, and a variable has a prefix of its own. The worker holds the same syntax again.
final class KeyMaterialReference {
    static final String ALLOWED =
            "file:PATH or vault:PATH, where a path is of letters, digits and . _ - with / between, no"
                    + " part of it beginning with a dot, or env:KEYFOLD_KEY_MATERIAL_NAME; at most 200 characters";

    private static final int LONGEST = 200;
    private static final Pattern SYNTAX = Pattern.compile(
            "(?:file|vault):[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*"
                    + "|env:KEYFOLD_KEY_MATERIAL_[A-Z0-9_]+");

    private KeyMaterialReference() {}

    static boolean isOne(String given) {
        // The length first: the pattern is matched by recursion, and a megabyte would overflow the stack.
        return given.length() <= LONGEST && SYNTAX.matcher(given).matches();
    }
}
