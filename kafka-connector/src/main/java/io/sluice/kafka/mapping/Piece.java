package io.sluice.kafka.mapping;

/**
 * A part of a template whose reference is resolved.
 *
 * @param kind what it stands for
 * @param text the literal, or the reference in braces for messages
 * @param slot which level, from 0, where the kind is LEVEL
 */
record Piece(Kind kind, String text, int slot) {

    enum Kind {
        LITERAL,
        /** One level of the MQTT topic, or one capture of a Kafka topic pattern. */
        LEVEL,
        /** The levels from {@code {name...}} on. */
        REST,
        CLIENT_ID,
        /** The record's key. */
        KEY
    }

    static Piece literal(String text) {
        return new Piece(Kind.LITERAL, text, -1);
    }

    static Piece level(String text, int slot) {
        return new Piece(Kind.LEVEL, text, slot);
    }

    static Piece of(Kind kind, String text) {
        return new Piece(kind, text, -1);
    }

    boolean isLiteral() {
        return kind == Kind.LITERAL;
    }
}
