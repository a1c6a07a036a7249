package io.sluice.mqtt.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.sluice.mqtt.message.ReasonCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns bytes into {@link Packet}s, each well-formed for the version that the connection's CONNECT named. The first
 * packet that is not becomes one {@link MalformedPacket}; nothing comes after it. Confined to its loop.
 *
 * <p>Reference counting ends here: whatever a packet holds has been copied out of the buffer, once.
 *
 * <p>Netty's own MQTT decoder is not used for reading, because it judges less than the specification asks for and no
 * longer has what would have to be judged: of a repeated property it keeps the last, of the subscription options the
 * lower six bits, of a refused protocol level a text. It also parses a packet again and again while its bytes arrive.
 * This one waits for a whole packet, whose size it has bounded before, so that the work per byte is constant.
 */
public final class PacketDecoder extends ByteToMessageDecoder {

    /** The handler's name in the pipeline. */
    public static final String NAME = "mqttDecoder";

    private static final int LENGTH_BYTES_MAX = 4;

    /** So many packets, or bytes of them, are read between two questions whether the turn is over. */
    private static final int PACKETS_BETWEEN = 8;

    private static final int BYTES_BETWEEN = 8_192;
    private static final Packet PING_REQ = new Packet.PingReq();

    private final WireReader reader;
    private final PacketLimits limits;
    private @Nullable ProtocolVersion version;
    private @Nullable ProtocolVersion answerVersion;
    private boolean authenticated;
    private boolean failed;
    private boolean waiting;
    private long packets;
    /** Whether the turn was asked for since the read began: the first question begins it. */
    private boolean isAsked;

    private int packetsSince;
    private int bytesSince;
    private ReadTurn turn = ReadTurn.ENDLESS;
    private @Nullable ChannelHandlerContext context;

    /**
     * @param maxPacketSize in bytes, of the whole packet with its fixed header: our Maximum Packet Size
     * @param maxClientIdLength in bytes of UTF-8
     */
    public PacketDecoder(int maxPacketSize, int maxClientIdLength) {
        this(PacketLimits.of(maxPacketSize, maxClientIdLength));
    }

    public PacketDecoder(PacketLimits limits) {
        this.limits = limits;
        this.reader = new WireReader(limits);
    }

    /** Adds decoder and encoder at the end of the pipeline, and returns the encoder, which must learn the version. */
    public static PacketEncoder install(ChannelPipeline pipeline, int maxPacketSize, int maxClientIdLength) {
        PacketEncoder encoder = new PacketEncoder();
        pipeline.addLast(NAME, new PacketDecoder(maxPacketSize, maxClientIdLength));
        pipeline.addLast(PacketEncoder.NAME, encoder);
        return encoder;
    }

    /** The peer has proved who it is: from now on packets may be as large as Maximum Packet Size says. On the loop. */
    public void onAuthenticated() {
        authenticated = true;
    }

    /** Whether {@link #onAuthenticated} was called. */
    public boolean isAuthenticated() {
        return authenticated;
    }

    /** How many packets were read to their end. */
    public long packets() {
        return packets;
    }

    /** Whether a packet has begun that has not come to its end; of what waits for its turn that is not known. */
    public boolean isWithinPacket() {
        return !failed && !waiting && internalBuffer().isReadable();
    }

    /** From now on asks whether it may go on. On the loop. */
    public void share(ReadTurn shared) {
        turn = shared;
    }

    /** What has come behind the packet that was read last waits for {@link #resume}. On the loop. */
    public void pause() {
        waiting = true;
    }

    /** Whether bytes wait that have not been read. */
    public boolean hasMore() {
        return !failed && internalBuffer().isReadable();
    }

    /**
     * Goes on after its turn was over: with what has come, up to the end of its next turn. On the loop.
     *
     * @return whether all of it is read
     */
    public boolean resume() {
        ChannelHandlerContext ctx = context;
        if (ctx != null && waiting) {
            waiting = false;
            try {
                channelRead(ctx, Unpooled.EMPTY_BUFFER);
                channelReadComplete(ctx);
            } catch (Throwable failure) {
                // As Netty does with what comes out of a read.
                ctx.fireExceptionCaught(failure);
            }
        }
        return !waiting;
    }

    /** Reads what has come, without turns: there are none any more. On the loop. */
    public void finish() {
        turn = ReadTurn.ENDLESS;
        resume();
    }

    /** Nothing that comes from now on is read: the connection is at its end. On the loop. */
    public void stop() {
        failed = true;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        isAsked = false;
        if (!waiting) {
            turn.onAllRead();
        }
        // Netty's own would read the socket when no packet came of it, whoever has turned reading off.
        discardSomeReadBytes();
        ctx.fireChannelReadComplete();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        // What was sent before the end counts, and there is no later turn for it.
        turn = ReadTurn.ENDLESS;
        waiting = false;
        super.channelInactive(ctx);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (failed) {
            in.skipBytes(in.readableBytes());
            return;
        }
        if (mustWait()) {
            // As if no more had come.
            return;
        }
        int readable = in.readableBytes();
        try {
            Packet packet = nextPacket(in);
            if (packet != null) {
                packetsSince++;
                bytesSince += readable - in.readableBytes();
                out.add(packet);
            }
        } catch (Violation violation) {
            failed = true;
            in.skipBytes(in.readableBytes());
            out.add(new MalformedPacket(violation.reasonCode(), answerVersion, violation.detail()));
        }
    }

    private boolean mustWait() {
        if (!waiting && (!isAsked || packetsSince >= PACKETS_BETWEEN || bytesSince >= BYTES_BETWEEN)) {
            isAsked = true;
            packetsSince = 0;
            bytesSince = 0;
            waiting = turn.isOver();
        }
        return waiting;
    }

    /** Reads the next packet, or nothing and returns null while it is incomplete. */
    private @Nullable Packet nextPacket(ByteBuf in) {
        int start = in.readerIndex();
        int firstByte = in.getUnsignedByte(start);
        PacketType type = PacketType.of(firstByte);
        checkType(type, firstByte);
        int length = 0;
        int lengthBytes = 0;
        int digit;
        do {
            if (lengthBytes == LENGTH_BYTES_MAX) {
                throw Violation.malformed(type + ": remaining length in more than four bytes");
            }
            if (in.readableBytes() < 2 + lengthBytes) {
                return null;
            }
            digit = in.getUnsignedByte(start + 1 + lengthBytes);
            length |= (digit & 0x7F) << (7 * lengthBytes);
            lengthBytes++;
        } while (digit >= 0x80);
        boolean padded = digit == 0 && lengthBytes > 1;
        int headerBytes = 1 + lengthBytes;
        if (headerBytes + length > limits.bytesMax(authenticated) && !mayWait(type, in, headerBytes + length)) {
            return refuseTooLarge(type, in, headerBytes, length);
        }
        if (in.readableBytes() < headerBytes + length) {
            return null;
        }
        in.skipBytes(headerBytes);
        reader.begin(type, in, length);
        Packet packet = version == null ? readConnect() : read(type, version, firstByte);
        reader.finish();
        if (padded && version == ProtocolVersion.MQTT_5) {
            // [MQTT-1.5.5-1]; MQTT 3 does not forbid it, and small clients reserve the bytes before they know the
            // length.
            answerVersion = version;
            throw Violation.malformed(type + ": remaining length in more bytes than it needs");
        }
        packets++;
        return packet;
    }

    /**
     * Whether a packet that is too large for now is not refused yet: a client may send on behind CONNECT, before it knows
     * that it is accepted (section 3.1.4). Its socket is not read meanwhile, so that this is the rest of one read.
     */
    private boolean mayWait(PacketType type, ByteBuf in, int bytes) {
        return !authenticated
                && type != PacketType.CONNECT
                && type != PacketType.AUTH
                && bytes <= limits.packetBytesMax()
                && in.readableBytes() <= limits.bytesMax(false);
    }

    private void checkType(PacketType type, int firstByte) {
        if (version == null && type != PacketType.CONNECT) {
            throw Violation.protocolError(type + " as the first packet (expected: CONNECT)"); // [MQTT-3.1.0-1]
        }
        if (version == ProtocolVersion.MQTT_3_1) {
            // Where 3.1.1 reserves the flags of all but PUBLISH, 3.1 gives them meanings, and clients set them.
            return;
        }
        if (type != PacketType.PUBLISH && (firstByte & 0x0F) != type.flags()) {
            throw Violation.malformed(String.format(
                    "%s: fixed header 0x%02X (expected: 0x%02X)", type, firstByte, type.firstByte())); // [MQTT-2.1.3-1]
        }
    }

    /** Refuses before the packet has arrived; a first CONNECT as soon as it has said which version to answer in. */
    private @Nullable Packet refuseTooLarge(PacketType type, ByteBuf in, int headerBytes, int length) {
        if (version == null) {
            int protocolBytes = Math.min(length, ConnectReader.PROTOCOL_BYTES_MAX);
            if (in.readableBytes() < headerBytes + protocolBytes) {
                return null;
            }
            in.skipBytes(headerBytes);
            reader.begin(type, in, protocolBytes);
            ConnectReader connect = new ConnectReader(reader, limits.clientIdBytesMax());
            try {
                connect.readVersion();
            } finally {
                answerVersion = connect.answerVersion();
            }
        }
        throw Violation.of(
                ReasonCode.PACKET_TOO_LARGE,
                type + ": " + (headerBytes + length) + " bytes (expected: at most " + limits.bytesMax(authenticated)
                        + ")");
    }

    private Packet readConnect() {
        ConnectReader connect = new ConnectReader(reader, limits.clientIdBytesMax());
        try {
            Packet.Connect packet = connect.read();
            version = packet.version();
            return packet;
        } catch (Violation violation) {
            answerVersion = connect.answerVersion();
            throw violation;
        }
    }

    private Packet read(PacketType type, ProtocolVersion connectedVersion, int firstByte) {
        return switch (type) {
            case PUBLISH -> PublishReader.read(reader, connectedVersion, firstByte);
            case PUBACK -> AnswerReader.readPubAck(reader, connectedVersion);
            case PUBREC -> AnswerReader.readPubRec(reader, connectedVersion);
            case PUBREL -> AnswerReader.readPubRel(reader, connectedVersion);
            case PUBCOMP -> AnswerReader.readPubComp(reader, connectedVersion);
            case SUBSCRIBE -> SubscriptionReader.readSubscribe(reader, connectedVersion);
            case UNSUBSCRIBE -> SubscriptionReader.readUnsubscribe(reader, connectedVersion);
            case PINGREQ -> PING_REQ;
            case DISCONNECT -> AnswerReader.readDisconnect(reader, connectedVersion);
            case AUTH -> AnswerReader.readAuth(reader, connectedVersion);
            case CONNECT -> throw Violation.protocolError("CONNECT: a second one"); // [MQTT-3.1.0-2]
            case RESERVED -> throw Violation.malformed("packet type 0 (expected: 1 to 15)");
            case CONNACK, SUBACK, UNSUBACK, PINGRESP -> throw Violation.protocolError(type + " from a client");
        };
    }
}
