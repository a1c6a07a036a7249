package io.sluice.app.management;

import com.sun.management.OperatingSystemMXBean;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.docs.MeterDocumentation;
import io.netty.buffer.ByteBufAllocator;
import io.sluice.app.BuildInfo;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;

/** The meters of the process itself, and the JVM's own. */
public enum ProcessMeters implements MeterDocumentation {
    BUILD_INFO("sluice.build.info", Meter.Type.GAUGE, "Build that runs; always 1."),
    EVENT_LOOP_DELAY("sluice.event.loop.delay", Meter.Type.TIMER, "How late a timer ran on an event loop.");

    private static final Duration[] DELAY_BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10)
    };

    private final String meterName;
    private final Meter.Type type;
    private final String description;

    ProcessMeters(String meterName, Meter.Type type, String description) {
        this.meterName = meterName;
        this.type = type;
        this.description = description;
    }

    /**
     * Registers the build, the JVM's meters and those of Netty's memory.
     *
     * @return what must be closed with the registry
     */
    public static AutoCloseable bindTo(MeterRegistry registry, BuildInfo build) {
        Gauge.builder(BUILD_INFO.meterName, () -> 1)
                .description(BUILD_INFO.description)
                .tag("version", build.version())
                .tag("revision", build.revision())
                .tag("java", build.java())
                .register(registry);
        JvmGcMetrics garbageCollection = new JvmGcMetrics();
        garbageCollection.bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ClassLoaderMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        bindProcessorByPrometheusRules(registry);
        new UptimeMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        // The one that a channel has when nothing else is said; no listener says anything else.
        AllocatorMeters.bindTo(registry, ByteBufAllocator.DEFAULT);
        return garbageCollection;
    }

    /** Two of Micrometer's names are none by Prometheus' rules: a unit in nanoseconds, and the end of a histogram's. */
    private static void bindProcessorByPrometheusRules(MeterRegistry registry) {
        for (String name : List.of("process.cpu.time", "system.cpu.count")) {
            registry.find(name).meters().forEach(registry::remove);
        }
        Gauge.builder("system.cpus", Runtime.getRuntime(), Runtime::availableProcessors)
                .description("Processors that are available to the JVM")
                .register(registry);
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            FunctionCounter.builder("process.cpu", system, bean -> bean.getProcessCpuTime() * 1e-9)
                    .description("CPU time of the process")
                    .baseUnit("seconds")
                    .register(registry);
        }
    }

    static Timer loopDelay(MeterRegistry registry) {
        return Timer.builder(EVENT_LOOP_DELAY.meterName)
                .description(EVENT_LOOP_DELAY.description)
                .serviceLevelObjectives(DELAY_BUCKETS)
                .register(registry);
    }

    @Override
    public String getName() {
        return meterName;
    }

    @Override
    public Meter.Type getType() {
        return type;
    }

    /** What HELP says. */
    public String description() {
        return description;
    }
}
