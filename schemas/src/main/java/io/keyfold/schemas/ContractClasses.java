package io.keyfold.schemas;

import org.apache.avro.util.ClassSecurityValidator;
import org.apache.avro.util.ClassSecurityValidator.ClassSecurityPredicate;

/// Which classes Avro may make from what it reads: its own few, whatever the process trusted before, and the contract's.
public final class ContractClasses {
    private static final String CONTRACT_PACKAGE = "io.keyfold.contract";

    private ContractClasses() {}

    /// Since 1.12 Avro refuses every record class that nobody vouched for. Vouches for the contract's package alone;
    /// calling it again changes nothing. Those who use Confluent's deserializer by themselves call it at their start.
    public static synchronized void trust() {
        ClassSecurityPredicate before = ClassSecurityValidator.getGlobal();
        if (!(before instanceof Trust)) {
            ClassSecurityValidator.setGlobal(new Trust(before));
        }
    }

    private record Trust(ClassSecurityPredicate before) implements ClassSecurityPredicate {
        @Override
        public boolean isTrusted(Class<?> type) {
            return type.getPackageName().equals(CONTRACT_PACKAGE) || before.isTrusted(type);
        }

        @Override
        public void forbiddenClass(String className) {
            before.forbiddenClass(className);
        }
    }
}
