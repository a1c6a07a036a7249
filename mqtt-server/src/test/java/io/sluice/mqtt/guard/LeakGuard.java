package io.sluice.mqtt.guard;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.ResourceLeakDetector;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails each test class after which a buffer is found that was never released. JUnit finds it by itself, so that it
 * watches every test. Netty reports a leak when it makes a buffer after the leaked one was collected.
 */
public final class LeakGuard implements AfterAllCallback {

    private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();
    private static final int ALLOCATIONS = 8;

    static {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        ByteBufUtil.setLeakListener((resourceType, records) -> LEAKS.add(resourceType + records));
    }

    /** The leaks that were found since the last call. */
    static List<String> takeLeaks() {
        System.gc();
        for (int i = 0; i < ALLOCATIONS; i++) {
            ByteBufAllocator.DEFAULT.buffer(1).release();
        }
        List<String> taken = new ArrayList<>();
        for (String leak = LEAKS.poll(); leak != null; leak = LEAKS.poll()) {
            taken.add(leak);
        }
        return taken;
    }

    @Override
    public void afterAll(ExtensionContext context) {
        List<String> leaks = takeLeaks();
        if (!leaks.isEmpty()) {
            throw new AssertionError(
                    leaks.size() + " buffers were never released (expected: none):\n" + String.join("\n", leaks));
        }
    }
}
