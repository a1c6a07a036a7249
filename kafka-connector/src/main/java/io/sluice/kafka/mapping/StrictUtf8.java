package io.sluice.kafka.mapping;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import org.jspecify.annotations.Nullable;

/** UTF-8 of a stranger: malformed bytes are no text, and are never replaced. */
final class StrictUtf8 {

    private StrictUtf8() {}

    /** The text, or null when the bytes are not well-formed. */
    static @Nullable String decode(byte[] bytes) {
        String text = new String(bytes, UTF_8);
        if (text.indexOf('\uFFFD') < 0) {
            // Malformed bytes would have left the replacement character.
            return text;
        }
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException malformed) {
            return null;
        }
    }

    /** How many bytes the text takes. */
    static int length(String text) {
        return text.getBytes(UTF_8).length;
    }
}
