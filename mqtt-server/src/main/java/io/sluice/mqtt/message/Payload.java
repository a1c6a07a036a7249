package io.sluice.mqtt.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * Bytes that nobody parses and nobody changes. Immutable by agreement: whoever wraps an array gives it away. Reference
 * counting ends in the codec, so that a payload may be kept, shared by subscribers and handed to Kafka as it is.
 */
public final class Payload {

    public static final Payload EMPTY = new Payload(new byte[0]);

    private final byte[] bytes;

    private Payload(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Takes the array over, without a copy. The caller must not write to it any more. */
    public static Payload wrap(byte[] bytes) {
        return bytes.length == 0 ? EMPTY : new Payload(bytes);
    }

    /** The text in UTF-8. */
    public static Payload of(String text) {
        return wrap(text.getBytes(UTF_8));
    }

    /** The array itself, not a copy: read only. */
    public byte[] bytes() {
        return bytes;
    }

    /** Size in bytes. */
    public int size() {
        return bytes.length;
    }

    public boolean isEmpty() {
        return bytes.length == 0;
    }

    /** The bytes as UTF-8 text, malformed parts replaced: for people and tests. */
    public String utf8() {
        return new String(bytes, UTF_8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Payload that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** The size only: payloads never reach a log. */
    @Override
    public String toString() {
        return "Payload(" + bytes.length + " bytes)";
    }
}
