package io.keyfold.workers.step;

/// The way in which the ports fail. Anything else that a port throws is a bug.
public final class FaultException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Fault fault;

    public FaultException(Fault fault) {
        super(fault.code() + ", " + fault.answer());
        this.fault = fault;
    }

    public FaultException(Fault fault, Throwable cause) {
        super(fault.code() + ", " + fault.answer(), cause);
        this.fault = fault;
    }

    public Fault fault() {
        return fault;
    }
}
