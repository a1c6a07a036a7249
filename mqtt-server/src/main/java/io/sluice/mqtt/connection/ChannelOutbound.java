package io.sluice.mqtt.connection;

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

/** A session's way to its channel: encodes what is shared once, and in the client's version. Confined to its loop. */
final class ChannelOutbound implements Outbound {

    private final Channel channel;
    private final ProtocolVersion version;
    private final int maximumPacketSize;
    private final TopicAliases aliases;
    private final Consumer<Throwable> onBug;

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
        channel.write(frame(message).encode(channel.alloc(), variant));
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
        channel.write(new Packet.PubRel(packetId, found ? ReasonCode.SUCCESS : ReasonCode.PACKET_IDENTIFIER_NOT_FOUND));
    }

    @Override
    public void flush() {
        channel.flush();
    }

    @Override
    public void fail(Throwable bug) {
        onBug.accept(bug);
    }
}
