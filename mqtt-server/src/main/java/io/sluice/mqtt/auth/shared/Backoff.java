package io.sluice.mqtt.auth.shared;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.mqtt.auth.Peer;
import io.sluice.mqtt.message.Payload;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The brake on guessing: who fails too often has to wait, and is refused until then without being looked at. Safe for
 * all threads; asking takes no lock.
 *
 * <p>Failures are counted of an address, of a user, and of both together. Nobody locks others out: who has come in from
 * an address before is judged there by its own failures alone, whatever else is tried from that address or with that
 * name. Refusals are not failures, so that a wait ends however often somebody knocks. An IPv6 address stands for its
 * network of 64 bits: that is what one host is given.
 */
public final class Backoff {

    private static final int NETWORK_BYTES = 8;
    private static final int DOUBLINGS_MAX = 30;

    private record Key(@Nullable Payload address, @Nullable String userName) {}

    private record Failed(int count, long lastNanos) {}

    private final BackoffSettings settings;
    private final LongSupplier nanoClock;
    private final Cache<Key, Failed> failures;
    private final Cache<Key, Boolean> known;

    /** @param authenticator its name in the configuration */
    public Backoff(String authenticator, BackoffSettings settings, LongSupplier nanoClock, MeterRegistry registry) {
        this.settings = settings;
        this.nanoClock = nanoClock;
        failures = table(settings.forgetAfter());
        known = table(settings.knownFor());
        Gauge.builder("sluice.authentication.backoff.entries", failures, Cache::estimatedSize)
                .description("Users, addresses and pairs of both whose failures are remembered")
                .tag("authenticator", authenticator)
                .register(registry);
        Gauge.builder("sluice.authentication.backoff.entries.limit", settings::entriesMax)
                .description("Users, addresses and pairs of both whose failures may be remembered")
                .tag("authenticator", authenticator)
                .register(registry);
    }

    private <V> Cache<Key, V> table(Duration forgetAfter) {
        return Caffeine.newBuilder()
                .maximumSize(settings.entriesMax())
                .expireAfterWrite(forgetAfter)
                .ticker(nanoClock::getAsLong)
                .executor(Runnable::run)
                .build();
    }

    /** How long that user has to wait there until it is looked at again; zero if it has not. */
    public Duration remaining(Peer peer, String userName) {
        Payload address = address(peer);
        Key pair = new Key(address, userName);
        long remaining = remaining(pair, settings.freeFailuresOfPair(), settings.delayMax());
        if (known.getIfPresent(pair) == null) {
            long ofAddress = remaining(new Key(address, null), settings.freeFailuresOfAddress(), settings.delayMax());
            long ofUser = remaining(new Key(null, userName), settings.freeFailuresOfUser(), settings.delayOfUserMax());
            remaining = Math.max(remaining, Math.max(ofAddress, ofUser));
        }
        return Duration.ofNanos(remaining);
    }

    private long remaining(Key key, int free, Duration delayMax) {
        Failed failed = failures.getIfPresent(key);
        if (failed == null || failed.count < free) {
            return 0;
        }
        long delay = settings.delayMin().toNanos() << Math.min(failed.count - free, DOUBLINGS_MAX);
        long bounded = delay <= 0 ? delayMax.toNanos() : Math.min(delay, delayMax.toNanos());
        return Math.max(0, failed.lastNanos + bounded - nanoClock.getAsLong());
    }

    /** Credentials of that user were wrong. */
    public void failed(Peer peer, String userName) {
        Payload address = address(peer);
        count(new Key(address, userName));
        count(new Key(address, null));
        count(new Key(null, userName));
    }

    private void count(Key key) {
        long now = nanoClock.getAsLong();
        failures.asMap()
                .merge(
                        key,
                        new Failed(1, now),
                        (before, one) ->
                                new Failed(before.count == Integer.MAX_VALUE ? before.count : before.count + 1, now));
    }

    /**
     * That user has come in: its failures there are forgotten. Those of the address and of the user are not, or whoever
     * has one account could go on to guess others.
     */
    public void succeeded(Peer peer, String userName) {
        Key pair = new Key(address(peer), userName);
        failures.invalidate(pair);
        known.put(pair, true);
    }

    private static Payload address(Peer peer) {
        InetAddress address = peer.address().getAddress();
        if (address == null) {
            return Payload.EMPTY;
        }
        byte[] bytes = address.getAddress();
        return Payload.wrap(address instanceof Inet6Address ? Arrays.copyOf(bytes, NETWORK_BYTES) : bytes);
    }
}
