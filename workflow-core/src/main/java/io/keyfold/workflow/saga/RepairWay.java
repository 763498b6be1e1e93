package io.keyfold.workflow.saga;

/// How something that a verification found missing or changed can be brought back.
public enum RepairWay {
    /// A root key of ours: made usable again, and no other is made.
    MEND,
    /// An authorization of ours that is gone: made anew.
    MAKE_ANEW,
    /// Gone for good as far as Keyfold can tell, and nothing may take its place.
    LOST,
    /// Somebody else's, or something that only a person can put right.
    BY_A_PERSON;

    public static RepairWay of(Saga saga, Finding finding) {
        var resource = saga.resource(finding.id());
        if (resource.filter(listed -> listed.ownership() == Ownership.ADOPTED).isPresent()) {
            return BY_A_PERSON;
        }
        boolean isGone = finding.condition() == Condition.MISSING;
        return switch (finding.step().kind()) {
            case KMS_INSTANCE -> isGone ? LOST : BY_A_PERSON;
            case ROOT_KEY -> resource.isPresent() ? MEND : LOST;
            case AUTHORIZATION_POLICY -> isGone ? MAKE_ANEW : BY_A_PERSON;
        };
    }
}
