package io.sluice.mqtt.connection;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.sluice.mqtt.codec.Packet;
import io.sluice.mqtt.codec.ProtocolVersion;
import io.sluice.mqtt.codec.PublishFrame;
import io.sluice.mqtt.codec.Variant;
import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.ReasonCode;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.session.Outbound;
import io.sluice.mqtt.session.OutboundMessage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A session's way to its channel: encodes what is shared once, and in the client's version. Confined to its loop.
 *
 * <p>Small packets between two flushes are gathered in one buffer: to copy a hundred bytes costs a tenth of what an entry
 * of the channel's own queue and of the system call's vector costs. The buffer lives from the first packet to the flush.
 */
final class ChannelOutbound implements Outbound {

    /** Packets with more payload go out in a buffer of their own. */
    private static final int GATHERED_PAYLOAD_MAX = 4 << 10;
    /** So much is gathered before it is given to the channel, whose high water mark counts it from then on. */
    private static final int GATHERED_MAX = 32 << 10;

    private final Channel channel;
    private final ProtocolVersion version;
    private final int maximumPacketSize;
    private final TopicAliases aliases;
    private final Consumer<Throwable> onBug;
    private @Nullable ByteBuf gathered;
    private int gatheredLast;

    ChannelOutbound(
            Channel channel,
            ProtocolVersion version,
            int maximumPacketSize,
            TopicAliases aliases,
            Consumer<Throwable> onBug) {
        this.channel = channel;
        this.version = version;
        this.maximumPacketSize = maximumPacketSize;
        this.aliases = aliases;
        this.onBug = onBug;
    }

    @Override
    public boolean isWritable() {
        return channel.isWritable();
    }

    @Override
    public boolean fits(OutboundMessage message, Qos qos, int[] identifiers) {
        if (maximumPacketSize == Integer.MAX_VALUE) {
            return true;
        }
        // What publish() makes of it, but for the name, which an alias that is known may replace: an exchange that is
        // resumed has other aliases.
        TopicName topicName = message.message().topicName();
        boolean expires = message.message().properties().expiryEpochMillis() != MessageProperties.NEVER;
        int alias = aliases.isAliased(topicName) ? 1 : 0;
        Variant largest = new Variant(version, false, qos, false, 1, alias, false, identifiers, expires ? 1 : -1);
        return frame(message).size(largest) <= maximumPacketSize;
    }

    @Override
    public void publish(
            OutboundMessage message,
            boolean dup,
            Qos qos,
            boolean retain,
            int packetId,
            int[] identifiers,
            long expirySeconds) {
        TopicName topicName = message.message().topicName();
        int alias = aliases.known(topicName);
        boolean topicOmitted = alias != 0;
        if (alias == 0) {
            alias = aliases.assign(topicName);
        }
        Variant variant =
                new Variant(version, dup, qos, retain, packetId, alias, topicOmitted, identifiers, expirySeconds);
        PublishFrame frame = frame(message);
        if (message.message().payload().size() > GATHERED_PAYLOAD_MAX) {
            writeGathered();
            channel.write(frame.encode(channel.alloc(), variant));
        } else {
            gather(frame, variant);
        }
    }

    private void gather(PublishFrame frame, Variant variant) {
        ByteBuf out = gathered;
        if (out == null) {
            // As much as last time: a subscriber of few messages takes little, one of many is not copied while it
            // grows.
            out = channel.alloc().directBuffer(Math.max(frame.size(variant), gatheredLast));
            gathered = out;
        }
        frame.encodeTo(out, variant);
        if (out.readableBytes() >= GATHERED_MAX) {
            writeGathered();
        }
    }

    private void writeGathered() {
        ByteBuf out = gathered;
        if (out != null) {
            gathered = null;
            gatheredLast = Math.min(out.readableBytes(), GATHERED_MAX);
            channel.write(out);
        }
    }

    private static PublishFrame frame(OutboundMessage message) {
        if (message.frame() instanceof PublishFrame known) {
            return known;
        }
        PublishFrame frame = PublishFrame.of(message.message());
        message.frame(frame);
        return frame;
    }

    @Override
    public void pubRel(int packetId, boolean found) {
        writeGathered();
        channel.write(new Packet.PubRel(packetId, found ? ReasonCode.SUCCESS : ReasonCode.PACKET_IDENTIFIER_NOT_FOUND));
    }

    @Override
    public void flush() {
        writeGathered();
        channel.flush();
    }

    @Override
    public void fail(Throwable bug) {
        onBug.accept(bug);
    }
}
