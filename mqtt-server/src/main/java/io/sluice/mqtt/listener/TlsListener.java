package io.sluice.mqtt.listener;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import io.sluice.mqtt.metrics.Buckets;

/** TLS as one listener uses it: its context, whose turn it is, and its meters. Safe for all threads. */
public final class TlsListener {

    private final TlsContext context;
    private final HandshakeTurns turns;
    private final Timer succeeded;
    private final Timer failed;
    private final Counter overflow;

    /**
     * @param listener its name, for the meters
     */
    public TlsListener(TlsContext context, String listener, MeterRegistry registry) {
        this.context = context;
        this.turns = new HandshakeTurns(context.handshakesMax(), listener, registry);
        this.succeeded = timer(registry, listener, "success");
        this.failed = timer(registry, listener, "failure");
        this.overflow = Counter.builder("sluice.tls.handshakes.refused")
                .description("Connections closed since too many waited for their TLS handshake")
                .tag("listener", listener)
                .register(registry);
        context.bindTo(registry, listener);
    }

    private static Timer timer(MeterRegistry registry, String listener, String outcome) {
        return Timer.builder("sluice.tls.handshake.duration")
                .description("Accepted socket to the end of the TLS handshake")
                .tag("listener", listener)
                .tag("outcome", outcome)
                .serviceLevelObjectives(Buckets.latency())
                .register(registry);
    }

    SslHandler handler(Channel channel) {
        return context.handler(channel);
    }

    HandshakeTurns turns() {
        return turns;
    }

    Timer succeeded() {
        return succeeded;
    }

    Timer failed() {
        return failed;
    }

    Counter overflow() {
        return overflow;
    }
}
