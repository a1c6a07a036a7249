package io.sluice.mqtt.auth.shared;

import static io.sluice.mqtt.auth.shared.AnswerCache.part;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.mqtt.message.Payload;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AnswerCacheTest {

    private final AtomicLong nanos = new AtomicLong();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AnswerCache<String> cache =
            new AnswerCache<>("apps", new CacheSettings(100, Duration.ofSeconds(60)), nanos::get, meters);

    @Test
    void anAnswerIsForgottenWhenItsTimeIsOverHoweverOftenItWasUsed() {
        Payload key = cache.key(part("alice"), part("secret"));
        cache.remember(key, "yes");

        for (int i = 0; i < 59; i++) {
            assertThat(cache.find(key)).isEqualTo("yes");
            nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        }
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());

        assertThat(cache.find(key)).isNull();
        assertThat(meters.get("sluice.authentication.cache.hits").counter().count())
                .isEqualTo(59);
    }

    @Test
    void keysOfDifferentPartsDiffer() {
        assertThat(cache.key(part("ab"), part("c"))).isNotEqualTo(cache.key(part("a"), part("bc")));
        assertThat(cache.key(part("a"))).isNotEqualTo(cache.key(part("a"), part("")));
        assertThat(cache.key(part(""))).isNotEqualTo(cache.key(part((String) null)));
        assertThat(cache.key(part(Payload.EMPTY))).isNotEqualTo(cache.key(part((Payload) null)));
        assertThat(cache.key(part("a"))).isEqualTo(cache.key(part(Payload.of("a"))));
    }

    @Test
    void theKeyIsOfThisCacheAlone() {
        AnswerCache<String> other =
                new AnswerCache<>("devices", new CacheSettings(100, Duration.ofSeconds(60)), nanos::get, meters);

        assertThat(other.key(part("alice"))).isNotEqualTo(cache.key(part("alice")));
    }

    @Test
    void thereAreNeverMoreThanTheLimit() {
        for (int i = 0; i < 10_000; i++) {
            cache.remember(cache.key(part("user-" + i)), "yes");
        }

        assertThat(meters.get("sluice.authentication.cache.entries").gauge().value())
                .isLessThanOrEqualTo(100);
    }

    @Test
    void whenItIsOffNothingIsRemembered() {
        AnswerCache<String> off = new AnswerCache<>("off", CacheSettings.OFF, nanos::get, meters);
        Payload key = off.key(part("alice"));

        off.remember(key, "yes");

        assertThat(off.find(key)).isNull();
        off.clear();
    }

    @Test
    void clearingForgetsAll() {
        Payload key = cache.key(part("alice"));
        cache.remember(key, "yes");

        cache.clear();

        assertThat(cache.find(key)).isNull();
    }
}
