package io.sluice.mqtt.guard;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import reactor.blockhound.BlockHound;
import reactor.blockhound.BlockingMethod;
import reactor.blockhound.BlockingOperationError;

/**
 * Fails each test during which an event loop waited for something that {@link AllowedBlocking} does not list. JUnit
 * finds it by itself, so that it watches every test of the module.
 *
 * <p>A call that blocks is noted and goes on: an error thrown out of a lock's queue would leave the lock unusable, and
 * one thrown in a task of a loop would be logged at most.
 */
public final class BlockingGuard implements AfterEachCallback, AfterAllCallback {

    /** The clients of the tests run on loops too; these are theirs. */
    private static final String HIVEMQ_THREADS = "com.hivemq.client.mqtt";

    private static final Queue<BlockingOperationError> CALLS = new ConcurrentLinkedQueue<>();

    static {
        BlockHound.Builder guard = BlockHound.builder().loadIntegrations();
        AllowedBlocking.allowIn(guard);
        guard.nonBlockingThreadPredicate(isLoop ->
                        thread -> isLoop.test(thread) && !thread.getName().startsWith(HIVEMQ_THREADS))
                .blockingMethodCallback(BlockingGuard::note)
                .install();
    }

    private static void note(BlockingMethod method) {
        CALLS.add(new BlockingOperationError(method));
    }

    /** What blocked a loop since the last call. */
    static List<BlockingOperationError> takeCalls() {
        List<BlockingOperationError> taken = new ArrayList<>();
        for (BlockingOperationError call = CALLS.poll(); call != null; call = CALLS.poll()) {
            taken.add(call);
        }
        return taken;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        assertNoneBlocked();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        assertNoneBlocked();
    }

    private static void assertNoneBlocked() {
        List<BlockingOperationError> calls = takeCalls();
        if (!calls.isEmpty()) {
            AssertionError failure = new AssertionError(
                    calls.size() + " calls blocked an event loop (expected: none; see AllowedBlocking)");
            calls.forEach(failure::addSuppressed);
            throw failure;
        }
    }
}
