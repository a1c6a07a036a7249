package io.sluice.mqtt.connection;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class OffencesTest {

    private static final long MINUTE = Duration.ofMinutes(1).toNanos();
    private static final InetSocketAddress FROM = new InetSocketAddress("192.0.2.7", 4_711);

    private final Logger logger = (Logger) LoggerFactory.getLogger(Offences.class);
    private final Level level = logger.getLevel();
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Offences offences = new Offences("remote");

    @BeforeEach
    void listen() {
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void leave() {
        logger.detachAppender(lines);
        logger.setAdditive(true);
        logger.setLevel(level);
    }

    private List<Map<String, Object>> lines() {
        return lines.list.stream()
                .map(line -> line.getKeyValuePairs().stream()
                        .collect(Collectors.toMap(pair -> pair.key, pair -> pair.value)))
                .toList();
    }

    @Test
    void oneOfManyIsSaidAtOnceAndTheRestAfterAMinute() {
        for (int i = 0; i < 1_000; i++) {
            offences.rejected(RejectReason.MALFORMED, FROM, MINUTE / 2 + i);
        }
        assertThat(lines())
                .containsExactly(
                        Map.of("listener", "remote", "reason", "malformed", "connections", 1L, "lastFrom", FROM));

        offences.rejected(RejectReason.MALFORMED, FROM, MINUTE / 2 + MINUTE);
        assertThat(lines()).hasSize(2).last().satisfies(line -> assertThat(line).containsEntry("connections", 1_000L));
    }

    @Test
    void eachReasonHasItsLine() {
        offences.rejected(RejectReason.CREDENTIALS, FROM, 0);
        offences.closed(DisconnectCause.NOT_READING, FROM, 0);

        assertThat(lines()).extracting(line -> line.get("reason")).containsExactly("credentials", "not_reading");
    }

    @Test
    void whatIsTheServersDoingOrUsualIsNoOffence() {
        offences.rejected(RejectReason.DRAINING, FROM, 0);
        offences.rejected(RejectReason.UNAVAILABLE, FROM, 0);
        offences.closed(DisconnectCause.CLIENT, FROM, 0);
        offences.closed(DisconnectCause.LOST, FROM, 0);
        offences.closed(DisconnectCause.KEEP_ALIVE, FROM, 0);

        assertThat(lines()).isEmpty();
    }

    @Test
    void aClockThatBeginsBelowZeroIsAsGood() {
        offences.rejected(RejectReason.TLS, FROM, Long.MIN_VALUE / 2);
        offences.rejected(RejectReason.TLS, FROM, Long.MIN_VALUE / 2 + 1);

        assertThat(lines()).hasSize(1);
    }
}
