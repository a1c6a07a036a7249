package io.sluice.mqtt.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.mqtt.message.ReasonCode;
import io.sluice.mqtt.message.TopicName;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class TopicAliasesTest {

    private static final TopicName A = TopicName.of("a");
    private static final TopicName B = TopicName.of("b");

    private final TopicAliases aliases = new TopicAliases(2, 2);

    private static void assertRefused(ThrowingCallable call, ReasonCode reasonCode) {
        assertThatThrownBy(call).isInstanceOfSatisfying(ProtocolError.class, error -> assertThat(error.reasonCode())
                .isEqualTo(reasonCode));
    }

    @Nested
    class FromTheClient {

        @Test
        void aNameWithoutAliasIsTheTopic() {
            assertThat(aliases.resolve(A, 0)).isEqualTo(A);
        }

        @Test
        void anAliasStandsForTheNameItCameWith() {
            aliases.resolve(A, 2);

            assertThat(aliases.resolve(null, 2)).isEqualTo(A);
        }

        @Test
        void anAliasMayBeGivenToAnotherName() {
            aliases.resolve(A, 1);
            aliases.resolve(B, 1);

            assertThat(aliases.resolve(null, 1)).isEqualTo(B);
        }

        @Test
        void anAliasThatIsNotSetIsInvalid() {
            assertRefused(() -> aliases.resolve(null, 1), ReasonCode.TOPIC_ALIAS_INVALID);
        }

        @Test
        void anAliasAboveTheMaximumIsInvalid() {
            assertRefused(() -> aliases.resolve(A, 3), ReasonCode.TOPIC_ALIAS_INVALID);
        }

        @Test
        void neitherNameNorAliasIsAProtocolError() {
            assertRefused(() -> aliases.resolve(null, 0), ReasonCode.PROTOCOL_ERROR);
        }
    }

    @Nested
    class ToTheClient {

        @Test
        void aNewTopicGetsTheNextAlias() {
            assertThat(aliases.known(A)).isZero();

            assertThat(aliases.assign(A)).isEqualTo(1);
            assertThat(aliases.assign(B)).isEqualTo(2);
            assertThat(aliases.known(A)).isEqualTo(1);
        }

        @Test
        void noMoreAreAssignedThanTheClientTakes() {
            aliases.assign(A);
            aliases.assign(B);

            assertThat(aliases.assign(TopicName.of("c"))).isZero();
            assertThat(aliases.known(TopicName.of("c"))).isZero();
        }

        @Test
        void aClientThatTakesNoneGetsNone() {
            TopicAliases none = new TopicAliases(2, 0);

            assertThat(none.assign(A)).isZero();
            assertThat(none.known(A)).isZero();
        }

        @Test
        void theDirectionsAreIndependent() {
            aliases.resolve(A, 1);

            assertThat(aliases.known(A)).isZero();
            assertThat(aliases.assign(B)).isEqualTo(1);
        }
    }
}
