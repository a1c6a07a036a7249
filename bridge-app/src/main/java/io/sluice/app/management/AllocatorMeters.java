package io.sluice.app.management;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.docs.MeterDocumentation;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.util.internal.PlatformDependent;
import java.util.function.ToDoubleFunction;

/**
 * The memory of the sockets' buffers: beside the heap, and mostly out of sight of the JVM's own meters. Under the names of
 * Micrometer's binder, which labels each allocator with a number that is another one after every start.
 */
public enum AllocatorMeters implements MeterDocumentation {
    USED("netty.allocator.memory.used", "Memory that Netty's allocator has for buffers, in use or kept for the next"),
    LIMIT("netty.allocator.memory.limit", "Most memory beside the heap that Netty takes");

    private static final String MEMORY_TYPE = "memory.type";

    private final String meterName;
    private final String description;

    AllocatorMeters(String meterName, String description) {
        this.meterName = meterName;
        this.description = description;
    }

    /** Registers the meters of this allocator. */
    static void bindTo(MeterRegistry registry, ByteBufAllocator allocator) {
        if (allocator instanceof ByteBufAllocatorMetricProvider provider) {
            ByteBufAllocatorMetric metric = provider.metric();
            USED.register(registry, "direct", metric, ByteBufAllocatorMetric::usedDirectMemory);
            USED.register(registry, "heap", metric, ByteBufAllocatorMetric::usedHeapMemory);
        }
        LIMIT.register(registry, "direct", allocator, ignored -> PlatformDependent.maxDirectMemory());
    }

    private <T> void register(MeterRegistry registry, String memory, T of, ToDoubleFunction<T> value) {
        Gauge.builder(meterName, of, value)
                .description(description)
                .baseUnit("bytes")
                .tag(MEMORY_TYPE, memory)
                .strongReference(true)
                .register(registry);
    }

    @Override
    public String getName() {
        return meterName;
    }

    @Override
    public Meter.Type getType() {
        return Meter.Type.GAUGE;
    }
}
