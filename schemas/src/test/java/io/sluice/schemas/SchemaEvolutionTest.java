package io.sluice.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.schemas.state.RetainedMessage;
import io.sluice.schemas.state.UserProperty;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaNormalization;
import org.junit.jupiter.api.Test;

class SchemaEvolutionTest {

    private static final Schema CURRENT = RetainedMessage.getClassSchema();

    @Test
    void everySchemaEverShippedReadsTheCurrentOneAndIsReadByIt() throws IOException {
        for (Schema old : history()) {
            assertThat(SchemaCompatibility.checkReaderWriterCompatibility(CURRENT, old)
                            .getType())
                    .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
            assertThat(SchemaCompatibility.checkReaderWriterCompatibility(old, CURRENT)
                            .getType())
                    .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
        }
    }

    @Test
    void theCurrentSchemaIsInTheHistory() throws IOException {
        assertThat(history().stream().map(SchemaNormalization::parsingFingerprint64))
                .contains(SchemaNormalization.parsingFingerprint64(CURRENT));
    }

    @Test
    void whatIsEncodedIsDecoded() throws IOException {
        StateCodec<RetainedMessage> codec = new StateCodec<>(CURRENT, history());
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

    private static List<Schema> history() throws IOException {
        try (InputStream in = SchemaEvolutionTest.class.getResourceAsStream("/history/RetainedMessage-1.avsc")) {
            return List.of(new Schema.Parser().parse(in));
        }
    }
}
