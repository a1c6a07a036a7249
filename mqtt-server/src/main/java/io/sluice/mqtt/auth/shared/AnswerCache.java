package io.sluice.mqtt.auth.shared;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.mqtt.message.Payload;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Remembers for a short time who was let in with which credentials, and never who was refused. Safe for all threads;
 * asking takes no lock.
 *
 * <p>No credentials are kept: the key is their HMAC-SHA-256 by a random key of this cache, which is nowhere else.
 */
public final class AnswerCache<V> {

    private static final int KEY_BYTES = 32;
    private static final byte[] NOTHING = {};

    private final @Nullable Cache<Payload, V> answers;
    private final Hmac hmac;
    private final Counter hits;

    /** @param authenticator its name in the configuration */
    public AnswerCache(String authenticator, CacheSettings settings, LongSupplier nanoClock, MeterRegistry registry) {
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        hmac = Hmac.sha256(key);
        answers = settings.isOn()
                ? Caffeine.newBuilder()
                        .maximumSize(settings.entriesMax())
                        .expireAfterWrite(settings.ttl())
                        .ticker(nanoClock::getAsLong)
                        .executor(Runnable::run)
                        .build()
                : null;
        Gauge.builder("sluice.authentication.cache.entries", this, AnswerCache::size)
                .description("Authentications that are remembered for a short time")
                .tag("authenticator", authenticator)
                .register(registry);
        Gauge.builder("sluice.authentication.cache.entries.limit", settings::entriesMax)
                .description("Authentications that may be remembered; 0 when none is")
                .tag("authenticator", authenticator)
                .register(registry);
        hits = Counter.builder("sluice.authentication.cache.hits")
                .description("Authentications answered from memory")
                .tag("authenticator", authenticator)
                .register(registry);
    }

    private double size() {
        return answers == null ? 0 : answers.estimatedSize();
    }

    /** The key of these credentials; no two different lists of parts have the same one. */
    public Payload key(byte[]... parts) {
        int bytes = 0;
        for (byte[] part : parts) {
            bytes += Integer.BYTES + part.length;
        }
        ByteBuffer joined = ByteBuffer.allocate(bytes);
        for (byte[] part : parts) {
            joined.putInt(part.length).put(part);
        }
        return Payload.wrap(hmac.of(joined.array()));
    }

    /** A text as a part of a key: none is another part than an empty one. */
    public static byte[] part(@Nullable String text) {
        return text == null ? NOTHING : ('+' + text).getBytes(UTF_8);
    }

    /** Bytes as a part of a key: none are another part than an empty one. */
    public static byte[] part(@Nullable Payload bytes) {
        if (bytes == null) {
            return NOTHING;
        }
        return ByteBuffer.allocate(1 + bytes.size())
                .put((byte) '+')
                .put(bytes.bytes())
                .array();
    }

    /** What was answered, or null if that is not remembered. */
    public @Nullable V find(Payload key) {
        V answer = answers == null ? null : answers.getIfPresent(key);
        if (answer != null) {
            hits.increment();
        }
        return answer;
    }

    public void remember(Payload key, V answer) {
        if (answers != null) {
            answers.put(key, answer);
        }
    }

    /** Remembers nothing any more. */
    public void clear() {
        if (answers != null) {
            answers.invalidateAll();
        }
    }
}
