package io.sluice.app.it;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * How long a test waits for what must come, where it does not say. It costs nothing when it comes, and a machine that
 * others use as well stands still for seconds. JUnit finds it by itself.
 */
public final class Patience implements BeforeAllCallback {

    static final Duration WAIT = Duration.ofSeconds(30);

    @Override
    public void beforeAll(ExtensionContext context) {
        Awaitility.setDefaultTimeout(WAIT);
    }
}
