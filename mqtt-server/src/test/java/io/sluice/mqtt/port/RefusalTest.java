package io.sluice.mqtt.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mqtt.message.ReasonCode;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class RefusalTest {

    /** MQTT 5, tables 3-4 and 3-5, those that are errors. */
    private static final Set<ReasonCode> OF_PUBACK_AND_PUBREC = EnumSet.of(
            ReasonCode.UNSPECIFIED_ERROR,
            ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR,
            ReasonCode.NOT_AUTHORIZED,
            ReasonCode.TOPIC_NAME_INVALID,
            ReasonCode.PACKET_IDENTIFIER_IN_USE,
            ReasonCode.QUOTA_EXCEEDED,
            ReasonCode.PAYLOAD_FORMAT_INVALID);

    @ParameterizedTest
    @EnumSource
    void isToldByACodeThatPubAckAndPubRecMayHave(Refusal refusal) {
        assertThat(OF_PUBACK_AND_PUBREC).contains(refusal.reasonCode());
    }
}
