package io.sluice.mqtt.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Proves that the guard is on: without it the other tests would pass whatever is leaked. */
final class LeakGuardTest {

    @Test
    void aBufferThatIsForgottenIsFound() {
        forget();

        List<String> leaks = new ArrayList<>();
        for (int i = 0; i < 50 && leaks.isEmpty(); i++) {
            leaks.addAll(LeakGuard.takeLeaks());
        }

        assertThat(leaks).singleElement().asString().contains("LeakGuardTest.forget");
    }

    private static void forget() {
        ByteBufAllocator.DEFAULT.buffer(16).writeInt(1);
    }
}
