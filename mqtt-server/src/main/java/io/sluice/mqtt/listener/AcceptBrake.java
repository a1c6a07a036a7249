package io.sluice.mqtt.listener;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ServerChannel;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts no faster than the rate allows: the first handler of a listening socket. Who comes too fast is not refused,
 * which would only make it come again, but waits in the kernel's queue. Confined to the thread that accepts, but for its
 * gauges.
 */
final class AcceptBrake extends ChannelInboundHandlerAdapter {

    private static final long LOG_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final Logger log = LoggerFactory.getLogger(AcceptBrake.class);

    private final String listener;
    private final ConnectRate rate;
    private final LongSupplier nanoTime;
    private final Counter pauses;
    private volatile boolean paused;
    private boolean logged;
    private long loggedNanos;

    AcceptBrake(String listener, ConnectRate rate, LongSupplier nanoTime, MeterRegistry registry) {
        this.listener = listener;
        this.rate = rate;
        this.nanoTime = nanoTime;
        pauses = Counter.builder("sluice.connect.rate.pauses")
                .description("Times that no connection was accepted for a moment, since they came too fast")
                .tag("listener", listener)
                .register(registry);
        Gauge.builder("sluice.connect.rate.paused", this, self -> self.paused ? 1 : 0)
                .description("1 while connections wait in the kernel's queue, since they came too fast")
                .tag("listener", listener)
                .strongReference(true)
                .register(registry);
        Gauge.builder("sluice.connect.rate.limit", rate, ConnectRate::perSecond)
                .description("Most connections that are accepted in a second; 0 for any number")
                .tag("listener", listener)
                .strongReference(true)
                .register(registry);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object accepted) {
        ctx.fireChannelRead(accepted);
        long waitNanos = rate.onAccepted(nanoTime.getAsLong());
        if (waitNanos > 0 && !paused && ctx.channel() instanceof ServerChannel server) {
            paused = true;
            pauses.increment();
            say();
            server.config().setAutoRead(false);
            ctx.executor().schedule(() -> goOn(ctx), waitNanos, TimeUnit.NANOSECONDS);
        }
    }

    private void goOn(ChannelHandlerContext ctx) {
        paused = false;
        ctx.channel().config().setAutoRead(true);
    }

    private void say() {
        long now = nanoTime.getAsLong();
        if (!logged || now - loggedNanos >= LOG_INTERVAL_NANOS) {
            logged = true;
            loggedNanos = now;
            log.atInfo()
                    .addKeyValue("limit", "limits.connect-rate")
                    .addKeyValue("listener", listener)
                    .addKeyValue("perSecond", rate.perSecond())
                    .log("Limit reached");
        }
    }
}
