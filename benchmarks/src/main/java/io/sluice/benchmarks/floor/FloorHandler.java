package io.sluice.benchmarks.floor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.util.ReferenceCountUtil;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** One connection of the floor. Confined to its loop, except for the acknowledgements, which come from the producer. */
final class FloorHandler extends ChannelDuplexHandler {

    private static final int PUBACK_FIRST = 0x40;
    private static final int PUBREC_FIRST = 0x50;
    private static final int PUBCOMP_FIRST = 0x70;
    private static final int PROTOCOL_LEVEL_5 = 5;

    private final KafkaProducer<byte[], byte[]> producer;
    private final Subscribers subscribers;
    private @Nullable Acknowledgements acknowledgements;
    private boolean version5;

    FloorHandler(KafkaProducer<byte[], byte[]> producer, Subscribers subscribers) {
        this.producer = producer;
        this.subscribers = subscribers;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object received) {
        try {
            MqttMessage packet = (MqttMessage) received;
            if (packet.decoderResult().isFailure()) {
                ctx.close();
                return;
            }
            switch (packet.fixedHeader().messageType()) {
                case CONNECT -> onConnect(ctx, (MqttConnectMessage) packet);
                case PUBLISH -> onPublish(ctx, (MqttPublishMessage) packet);
                case PUBREL -> ctx.write(answer(PUBCOMP_FIRST, packetId(packet)));
                case SUBSCRIBE -> onSubscribe(ctx, (MqttSubscribeMessage) packet);
                case PINGREQ -> ctx.write(Unpooled.wrappedBuffer(new byte[] {(byte) 0xd0, 0}));
                case DISCONNECT -> ctx.close();
                default -> {
                    // PUBACK and the like: the floor does not track what it sent.
                }
            }
        } finally {
            ReferenceCountUtil.release(received);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    private void onConnect(ChannelHandlerContext ctx, MqttConnectMessage packet) {
        version5 = packet.variableHeader().version() == PROTOCOL_LEVEL_5;
        acknowledgements = new Acknowledgements(ctx);
        ctx.write(Unpooled.wrappedBuffer(version5 ? new byte[] {0x20, 3, 0, 0, 0} : new byte[] {0x20, 2, 0, 0}));
    }

    private void onPublish(ChannelHandlerContext ctx, MqttPublishMessage packet) {
        String topicName = packet.variableHeader().topicName();
        int slash = topicName.indexOf('/');
        String kafkaTopic = slash < 0 ? topicName : topicName.substring(0, slash);
        byte[] payload = ByteBufUtil.getBytes(packet.payload());
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(kafkaTopic, topicName.getBytes(UTF_8), payload);
        int qos = packet.fixedHeader().qosLevel().value();
        Acknowledgements target = acknowledgements;
        if (target == null) {
            ctx.close();
        } else if (qos == 0) {
            producer.send(record);
        } else {
            int first = (qos == 1 ? PUBACK_FIRST : PUBREC_FIRST) << 24;
            int answer = first | (2 << 16) | packet.variableHeader().packetId();
            producer.send(record, (metadata, failure) -> {
                if (failure == null) {
                    target.add(answer);
                } else {
                    ctx.close();
                }
            });
        }
    }

    private void onSubscribe(ChannelHandlerContext ctx, MqttSubscribeMessage packet) {
        int count = packet.payload().topicSubscriptions().size();
        int qos =
                packet.payload().topicSubscriptions().get(0).qualityOfService().value();
        ByteBuf subAck = ctx.alloc().buffer();
        subAck.writeByte(0x90);
        writeVariableByteInteger(subAck, 2 + (version5 ? 1 : 0) + count);
        subAck.writeShort(packet.variableHeader().messageId());
        if (version5) {
            subAck.writeByte(0);
        }
        for (int i = 0; i < count; i++) {
            subAck.writeByte(Math.min(qos, 1));
        }
        subscribers.add(ctx.channel(), version5, Math.min(qos, 1), () -> ctx.writeAndFlush(subAck));
    }

    static void writeVariableByteInteger(ByteBuf out, int value) {
        int rest = value;
        while (rest > 0x7f) {
            out.writeByte((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.writeByte(rest);
    }

    private static int packetId(MqttMessage packet) {
        return ((MqttMessageIdVariableHeader) packet.variableHeader()).messageId();
    }

    private static ByteBuf answer(int first, int packetId) {
        return Unpooled.buffer(4).writeInt((first << 24) | (2 << 16) | packetId);
    }
}
