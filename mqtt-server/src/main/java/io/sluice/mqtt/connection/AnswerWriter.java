package io.sluice.mqtt.connection;

import io.netty.buffer.ByteBuf;
import io.sluice.mqtt.codec.Packet;
import io.sluice.mqtt.codec.ShortAnswer;
import io.sluice.mqtt.port.Failpoint;
import org.jspecify.annotations.Nullable;

/** The answers to what a client sends: those of one look at its socket leave in one write. Confined to its loop. */
final class AnswerWriter {

    /** Room for so many at first; the window of a busy publisher. */
    private static final int SHORT_ANSWERS = 32;

    private final Connection connection;
    private boolean flushing;
    /** Answers that go out with the next flush, in one buffer. */
    private @Nullable ByteBuf shortAnswers;

    AnswerWriter(Connection connection) {
        this.connection = connection;
    }

    /** Writes now, flushes when the loop has done what it is at: many answers leave in one write. */
    void write(Packet packet) {
        if (connection.isClosed()) {
            return;
        }
        if (ShortAnswer.is(packet)) {
            ByteBuf out = shortAnswers;
            if (out == null) {
                out = connection.channel().alloc().directBuffer(SHORT_ANSWERS * ShortAnswer.BYTES_MAX);
                shortAnswers = out;
            }
            ShortAnswer.append(out, packet);
        } else {
            writeShort();
            connection.channel().write(packet);
        }
        if (!flushing) {
            flushing = true;
            connection.loop().execute(() -> {
                flushing = false;
                writeShort();
                connection.channel().flush();
                onFlushed(packet);
            });
        }
    }

    private static void onFlushed(Packet first) {
        if (first instanceof Packet.PubAck) {
            Failpoint.Q1_5.hit();
        } else if (first instanceof Packet.PubRec) {
            Failpoint.Q2_5.hit();
        }
    }

    /** Gives to the channel what has waited for the flush. */
    void writeShort() {
        ByteBuf out = shortAnswers;
        if (out != null) {
            shortAnswers = null;
            connection.channel().write(out);
        }
    }
}
