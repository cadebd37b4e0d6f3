package dev.attune.testkit;

import java.io.IOException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests a {@link TestCentre} as a parameter: {@code @ExtendWith(AttuneExtension.class)}. One centre is started for
 * a test class when it is first asked for, and stopped after its last test.
 */
public final class AttuneExtension implements ParameterResolver {
    private static final ExtensionContext.Namespace HERE = ExtensionContext.Namespace.create(AttuneExtension.class);

    /** Closed by JUnit with the store that it lies in. */
    @SuppressWarnings("deprecation")
    private record Held(TestCentre centre) implements ExtensionContext.Store.CloseableResource {
        @Override
        public void close() throws IOException {
            centre.close();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == TestCentre.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return centre(context);
    }

    /** The centre of the test class that {@code context} belongs to, started when there is none yet. */
    public TestCentre centre(ExtensionContext context) {
        // A test's own context ends with the test; its class's outlives all of them.
        ExtensionContext holder =
                context.getTestMethod().isPresent() ? context.getParent().orElse(context) : context;
        return holder.getStore(HERE)
                .getOrComputeIfAbsent(TestCentre.class, type -> started(), Held.class)
                .centre();
    }

    private static Held started() {
        try {
            return new Held(TestCentre.start());
        } catch (IOException e) {
            throw new ParameterResolutionException("the centre did not start", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ParameterResolutionException("interrupted while the centre started", e);
        }
    }
}
