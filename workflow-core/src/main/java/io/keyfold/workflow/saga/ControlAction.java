package io.keyfold.workflow.saga;

/// What a control request asks for.
public enum ControlAction {
    UNKNOWN, CANCEL, DEPROVISION, VERIFY, REPAIR, RETRY, PAUSE, RESUME, IMPORT, REMOVE, SWEEP
}
