package io.sluice.kafka.ingress;

/**
 * How much the way in holds at most.
 *
 * @param inflightBytesMax bytes in the producer that Kafka has not acknowledged: the gate
 * @param laneBytesMax bytes that one connection may have waiting before the gate until it is not read any more
 * @param laneMessagesMax the same in messages
 * @param lookAheadBytesMax bytes that all connections together may have waiting before the gate
 */
public record IngressSettings(long inflightBytesMax, long laneBytesMax, int laneMessagesMax, long lookAheadBytesMax) {

    public static final IngressSettings DEFAULTS = new IngressSettings(64L << 20, 64L << 10, 256, 64L << 20);

    public IngressSettings {
        check("inflight bytes", inflightBytesMax);
        check("look-ahead bytes of a connection", laneBytesMax);
        check("look-ahead messages of a connection", laneMessagesMax);
        check("look-ahead bytes", lookAheadBytesMax);
    }

    private static void check(String name, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException("ingress " + name + ": " + value + " (expected: more than 0)");
        }
    }
}
