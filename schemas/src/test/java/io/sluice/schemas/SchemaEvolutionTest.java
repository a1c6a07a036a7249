package io.sluice.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.schemas.state.RetainedMessage;
import io.sluice.schemas.state.Session;
import io.sluice.schemas.state.SessionClaim;
import io.sluice.schemas.state.SessionCursor;
import io.sluice.schemas.state.SessionDelivery;
import io.sluice.schemas.state.SessionReceived;
import io.sluice.schemas.state.UserProperty;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaNormalization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SchemaEvolutionTest {

    private static final Schema CURRENT = RetainedMessage.getClassSchema();

    static Stream<Schema> all() {
        return Stream.of(
                RetainedMessage.getClassSchema(),
                Session.getClassSchema(),
                SessionClaim.getClassSchema(),
                SessionCursor.getClassSchema(),
                SessionDelivery.getClassSchema(),
                SessionReceived.getClassSchema());
    }

    @ParameterizedTest
    @MethodSource("all")
    void everySchemaEverShippedReadsTheCurrentOneAndIsReadByIt(Schema current) {
        for (Schema old : StateSchemas.history(current.getName())) {
            assertThat(SchemaCompatibility.checkReaderWriterCompatibility(current, old)
                            .getType())
                    .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
            assertThat(SchemaCompatibility.checkReaderWriterCompatibility(old, current)
                            .getType())
                    .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void theCurrentSchemaIsInTheHistory(Schema current) {
        assertThat(StateSchemas.history(current.getName()).stream().map(SchemaNormalization::parsingFingerprint64))
                .contains(SchemaNormalization.parsingFingerprint64(current));
    }

    @Test
    void whatIsEncodedIsDecoded() throws IOException {
        StateCodec<RetainedMessage> codec = StateSchemas.retainedMessage();
        RetainedMessage message = RetainedMessage.newBuilder()
                .setOffset(42)
                .setQos(1)
                .setPayload(ByteBuffer.wrap(new byte[] {1, 2, 3}))
                .setClientId("device")
                .setUserProperties(List.of(new UserProperty("a", "1"), new UserProperty("a", "2")))
                .build();

        assertThat(codec.decode(codec.encode(message))).isEqualTo(message);
    }

    @Test
    void bytesOfAnUnknownSchemaAreRefused() {
        StateCodec<RetainedMessage> codec = new StateCodec<>(CURRENT, List.of());
        byte[] unknown = {(byte) 0xC3, 1, 1, 2, 3, 4, 5, 6, 7, 8, 0};

        assertThatThrownBy(() -> codec.decode(unknown)).hasMessageContaining("fingerprint");
    }
}
