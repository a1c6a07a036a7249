package io.sluice.mqtt.connection;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says that clients of one listener are refused or sent away for what they do: a line a minute for each reason, however
 * many they are, with nothing in it that a client has sent. Each of them is at DEBUG, and counted in the metrics. Safe for
 * all threads; holds a number for each reason.
 */
final class Offences {

    private static final Logger log = LoggerFactory.getLogger(Offences.class);
    private static final long INTERVAL_NANOS = Duration.ofMinutes(1).toNanos();

    /** What is the server's doing, or its surroundings'. */
    private static final Set<RejectReason> NO_OFFENCE = EnumSet.of(RejectReason.DRAINING, RejectReason.UNAVAILABLE);

    private static final Set<DisconnectCause> OFFENCES = EnumSet.of(
            DisconnectCause.PROTOCOL_ERROR,
            DisconnectCause.PACKET_TOO_LARGE,
            DisconnectCause.RECEIVE_MAXIMUM,
            DisconnectCause.LIMIT,
            DisconnectCause.PACKET_TIMEOUT,
            DisconnectCause.NOT_AUTHORIZED,
            DisconnectCause.NOT_READING);

    private static final class Reason {
        /** When the last line was, of all time when there was none. */
        final AtomicLong lineNanos;

        final AtomicLong sinceLine = new AtomicLong();

        Reason(long nowNanos) {
            lineNanos = new AtomicLong(nowNanos - INTERVAL_NANOS);
        }
    }

    private final String listener;
    private final Map<String, Reason> reasons = new ConcurrentHashMap<>();

    Offences(String listener) {
        this.listener = listener;
    }

    void rejected(RejectReason reason, InetSocketAddress from, long nowNanos) {
        if (!NO_OFFENCE.contains(reason)) {
            note(reason.id(), from, nowNanos);
        }
    }

    void closed(DisconnectCause cause, InetSocketAddress from, long nowNanos) {
        if (OFFENCES.contains(cause)) {
            note(cause.id(), from, nowNanos);
        }
    }

    private void note(String id, InetSocketAddress from, long nowNanos) {
        Reason reason = reasons.computeIfAbsent(id, ignored -> new Reason(nowNanos));
        reason.sinceLine.incrementAndGet();
        long last = reason.lineNanos.get();
        if (nowNanos - last >= INTERVAL_NANOS && reason.lineNanos.compareAndSet(last, nowNanos)) {
            log.atInfo()
                    .addKeyValue("listener", listener)
                    .addKeyValue("reason", id)
                    .addKeyValue("connections", reason.sinceLine.getAndSet(0))
                    .addKeyValue("lastFrom", from)
                    .log("Connections refused or closed for what their clients do");
        }
    }
}
