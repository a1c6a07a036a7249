package io.sluice.mqtt.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A client that does what it should, or not: one connection after the other. It reads what it is sent, and sees whether
 * that is MQTT. Confined to its thread.
 */
final class FuzzClient {

    private static final int CONNACK = 0x20;
    private static final int PUBLISH = 0x30;
    private static final int PUBACK = 0x40;
    private static final int PUBREC = 0x50;
    private static final int PUBREL = 0x62;
    private static final int PUBCOMP = 0x70;
    private static final int PINGRESP = 0xD0;
    private static final int DISCONNECT = 0xE0;
    private static final int AUTH = 0xF0;
    private static final int SUBACK = 0x90;
    private static final int UNSUBACK = 0xB0;

    private final FuzzWorld world;
    private final SplittableRandom random;
    private final LegalPackets legal;
    private final IllegalPackets illegal;
    private @Nullable FuzzChannel channel;
    private int version;
    private boolean accepted;
    /** Whether nobody knows any more what the server makes of it. */
    private boolean dirty;
    /** Whether it has sent something after which the server must end the connection. */
    private boolean doomed;

    /** Whether it has said goodbye. */
    private boolean left;

    private boolean enhanced;
    /** Whether it has begun to prove again who it is, and has not heard that it did. */
    private boolean proving;

    private byte[] unsent = new byte[0];
    private byte[] unread = new byte[0];
    private final Deque<byte[]> owed = new ArrayDeque<>();
    private int nextPacketId = 1;
    private int unanswered;
    private int pongs;

    FuzzClient(FuzzWorld world, SplittableRandom random) {
        this.world = world;
        this.random = random;
        this.legal = new LegalPackets(random);
        this.illegal = new IllegalPackets(random, legal);
    }

    /** Does something. */
    void step() throws Exception {
        FuzzChannel current = channel;
        if (current == null) {
            connect();
            return;
        }
        read(current);
        if (current.isEnded()) {
            if (random.nextInt(3) != 0 || !current.isOpen()) {
                hangUp();
            }
            return;
        }
        if (left) {
            hangUp();
            return;
        }
        switch (random.nextInt(40)) {
            case 0 -> hangUp();
            case 1 -> current.reads(false);
            case 2, 3, 4 -> current.reads(true);
            default -> {
                if (current.isRead()) {
                    write(current);
                }
            }
        }
    }

    /** From now on nobody knows what the server makes of this connection. */
    private void offend() {
        if (!dirty && !doomed) {
            world.offended();
        }
        dirty = true;
    }

    /** The server must end this connection. */
    private void doom() {
        if (!dirty && !doomed) {
            world.offended();
        }
        doomed = true;
    }

    private void connect() throws Exception {
        FuzzChannel opened = world.open();
        channel = opened;
        version = 3 + random.nextInt(3);
        accepted = false;
        dirty = false;
        doomed = false;
        left = false;
        proving = false;
        unsent = new byte[0];
        unread = new byte[0];
        owed.clear();
        unanswered = 0;
        nextPacketId = 1;
        enhanced = version == 5 && random.nextInt(4) == 0;
        byte[] connect = legal.connect(version, enhanced);
        if (connect.length > FuzzWorld.UNAUTHENTICATED_BYTES_MAX) {
            offend();
        }
        switch (random.nextInt(12)) {
            case 0 -> {
                offend();
                send(opened, illegal.mutated(connect));
            }
            case 1 -> {
                offend();
                send(opened, illegal.noise());
            }
            case 2 -> {
                // Anything else as the first packet.
                doom();
                send(opened, legal.subscribe(version, 1));
            }
            default -> send(opened, connect);
        }
    }

    private void write(FuzzChannel current) {
        if (unsent.length > 0) {
            byte[] rest = unsent;
            unsent = new byte[0];
            sendNow(current, rest);
            checkDoomed(current, rest);
            return;
        }
        byte[] answer = owed.pollFirst();
        if (answer != null && random.nextInt(3) != 0) {
            send(current, answer);
        } else if (random.nextInt(25) == 0) {
            if (accepted && !dirty) {
                doom();
            } else {
                offend();
            }
            send(current, illegal.any(version));
        } else if (random.nextInt(25) == 0) {
            offend();
            send(current, random.nextInt(5) == 0 ? illegal.noise() : illegal.mutated(packet()));
        } else {
            if (enhanced && !accepted) {
                // Before CONNACK it may send nothing but AUTH and DISCONNECT [MQTT-3.1.2-30].
                offend();
            }
            send(current, packet());
        }
    }

    private byte[] packet() {
        int packetId = random.nextInt(10) == 0 ? 1 + random.nextInt(20) : nextPacketId();
        return switch (random.nextInt(16)) {
            case 0, 1 -> legal.subscribe(version, packetId);
            case 2 -> legal.unsubscribe(version, packetId);
            case 3 -> legal.ping();
            case 4 -> random.nextInt(8) == 0 ? goodbye() : legal.ping();
            case 5 -> legal.answer(version, PUBREL, packetId);
            case 6 -> stray(packetId);
            case 7 -> enhanced ? reauthenticate() : legal.ping();
            case 8, 9, 10 -> legal.publish(version, 0, 0);
            default -> {
                if (unanswered >= FuzzWorld.RECEIVE_MAXIMUM) {
                    yield legal.publish(version, 0, 0);
                }
                unanswered++;
                yield legal.publish(version, 1 + random.nextInt(2), packetId);
            }
        };
    }

    private byte[] goodbye() {
        left = true;
        return legal.disconnect(version);
    }

    private byte[] stray(int packetId) {
        int[] kinds = {PUBACK, PUBREC, PUBCOMP};
        return legal.answer(version, kinds[random.nextInt(kinds.length)], packetId);
    }

    private byte[] reauthenticate() {
        if (!accepted || proving) {
            offend();
        }
        proving = true;
        return legal.auth(0x19);
    }

    private int nextPacketId() {
        nextPacketId = nextPacketId % 65_535 + 1;
        return nextPacketId;
    }

    /** All of it, or a part now and the rest the next time, or byte by byte. */
    private void send(FuzzChannel current, byte[] bytes) {
        world.count();
        int way = random.nextInt(20);
        if (way == 0 && bytes.length > 1) {
            int split = 1 + random.nextInt(bytes.length - 1);
            unsent = Arrays.copyOfRange(bytes, split, bytes.length);
            sendNow(current, Arrays.copyOf(bytes, split));
        } else if (way == 1 && bytes.length < 100) {
            for (byte one : bytes) {
                if (current.isOpen()) {
                    sendNow(current, new byte[] {one});
                }
            }
        } else {
            sendNow(current, bytes);
        }
        checkDoomed(current, bytes);
    }

    private void checkDoomed(FuzzChannel current, byte[] bytes) {
        if (doomed && unsent.length == 0 && current.isOpen()) {
            // What is told to somebody who does not read waits, for a while.
            current.reads(true);
            current.runPendingTasks();
            if (current.isRead()) {
                assertThat(current.isEnded())
                        .as(
                                "MQTT level %s: ended by what nobody may send: %s",
                                version, HexFormat.of().formatHex(bytes))
                        .isTrue();
            }
        }
    }

    private void sendNow(FuzzChannel current, byte[] bytes) {
        double refusedBefore = world.refused();
        long start = world.cpuNanos();
        current.send(bytes);
        world.stalled(world.cpuNanos() - start);
        if (!dirty && !doomed) {
            assertThat(world.refused())
                    .as(
                            "MQTT level %s: nobody is refused for what one may send: %s",
                            version, HexFormat.of().formatHex(bytes))
                    .isEqualTo(refusedBefore);
        }
    }

    private void read(FuzzChannel current) {
        byte[] more = current.received();
        if (more.length == 0) {
            return;
        }
        byte[] all = new byte[unread.length + more.length];
        System.arraycopy(unread, 0, all, 0, unread.length);
        System.arraycopy(more, 0, all, unread.length, more.length);
        int at = 0;
        while (all.length - at >= 2) {
            int length = 0;
            int shift = 0;
            int body = at + 1;
            while (body < all.length && all[body] < 0) {
                length |= (all[body++] & 0x7F) << shift;
                shift += 7;
            }
            if (body >= all.length) {
                break;
            }
            length |= all[body++] << shift;
            if (body + length > all.length) {
                break;
            }
            onPacket(all[at] & 0xFF, Arrays.copyOfRange(all, body, body + length));
            at = body + length;
        }
        unread = Arrays.copyOfRange(all, at, all.length);
    }

    private void onPacket(int firstByte, byte[] body) {
        switch (firstByte) {
            case CONNACK -> {
                assertThat(accepted).as("a second CONNACK").isFalse();
                accepted = body[1] == 0;
            }
            case PUBACK -> unanswered = Math.max(0, unanswered - 1);
            case PUBCOMP -> {
                boolean unknown = body.length > 2 && body[2] != 0;
                unanswered = Math.max(0, unanswered - (unknown ? 0 : 1));
            }
            case PUBREC -> {
                boolean refused = body.length > 2 && (body[2] & 0xFF) >= 0x80;
                if (refused) {
                    unanswered = Math.max(0, unanswered - 1);
                } else {
                    owed.addLast(legal.answer(version, PUBREL, u16(body, 0)));
                }
            }
            case PUBREL -> owed.addLast(legal.answer(version, PUBCOMP, u16(body, 0)));
            case PINGRESP -> pongs++;
            case SUBACK, UNSUBACK -> assertThat(u16(body, 0)).isPositive();
            case DISCONNECT ->
                assertThat(version).as("DISCONNECT by the server").isEqualTo(5);
            case AUTH -> {
                if (body.length > 0 && body[0] == 0x18) {
                    owed.addLast(legal.auth(0x18));
                } else {
                    proving = false;
                }
            }
            default -> onPublish(firstByte, body);
        }
    }

    private void onPublish(int firstByte, byte[] body) {
        assertThat(firstByte & 0xF0).as("what a server sends").isEqualTo(PUBLISH);
        assertThat(accepted).as("PUBLISH behind CONNACK").isTrue();
        int qos = (firstByte >> 1) & 3;
        assertThat(qos).isLessThan(3);
        if (qos > 0) {
            int packetId = u16(body, 2 + u16(body, 0));
            assertThat(packetId).isPositive();
            owed.addLast(legal.answer(version, qos == 1 ? PUBACK : PUBREC, packetId));
        }
    }

    private static int u16(byte[] bytes, int at) {
        return (bytes[at] & 0xFF) << 8 | (bytes[at + 1] & 0xFF);
    }

    /** Nothing waits any more: a client that is in, and of which the server knows what to think, is answered. */
    void assertAlive() {
        FuzzChannel current = channel;
        if (current == null) {
            return;
        }
        current.reads(true);
        world.settle();
        read(current);
        if (current.isEnded() || dirty || doomed || left || !accepted) {
            return;
        }
        assertThat(current.isRead()).as("is read when nothing waits").isTrue();
        if (unsent.length > 0) {
            sendNow(current, unsent);
            unsent = new byte[0];
        }
        int before = pongs;
        sendNow(current, legal.ping());
        world.settle();
        read(current);
        assertThat(current.isEnded() || pongs > before)
                .as("PINGRESP, or the end")
                .isTrue();
    }

    void hangUp() {
        FuzzChannel current = channel;
        if (current != null) {
            current.received();
            world.close(current);
            channel = null;
        }
    }
}
