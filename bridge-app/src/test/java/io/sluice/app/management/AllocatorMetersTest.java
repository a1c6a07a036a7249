package io.sluice.app.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.Test;

final class AllocatorMetersTest {

    private static final int BYTES = 24 << 20;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void aBufferIsSeenAsLongAsItIsHeld() {
        AllocatorMeters.bindTo(registry, ByteBufAllocator.DEFAULT);
        double before = used("direct");

        // More than any allocator pools.
        ByteBuf buffer = ByteBufAllocator.DEFAULT.directBuffer(BYTES);
        double held = used("direct");
        buffer.release();

        assertThat(held - before).isGreaterThanOrEqualTo(BYTES);
        assertThat(used("direct") - before).isLessThan(BYTES);
    }

    @Test
    void memoryOnTheHeapIsToldApart() {
        AllocatorMeters.bindTo(registry, ByteBufAllocator.DEFAULT);
        double direct = used("direct");
        double heap = used("heap");

        ByteBuf buffer = ByteBufAllocator.DEFAULT.heapBuffer(BYTES);

        assertThat(used("heap") - heap).isGreaterThanOrEqualTo(BYTES);
        assertThat(used("direct")).isEqualTo(direct);
        buffer.release();
    }

    @Test
    void theLimitStandsBesideIt() {
        AllocatorMeters.bindTo(registry, ByteBufAllocator.DEFAULT);

        assertThat(registry.get("netty.allocator.memory.limit")
                        .tag("memory.type", "direct")
                        .gauge()
                        .value())
                .isGreaterThan(used("direct"));
    }

    private double used(String memory) {
        return registry.get("netty.allocator.memory.used")
                .tag("memory.type", memory)
                .gauge()
                .value();
    }
}
