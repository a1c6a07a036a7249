package io.sluice.app.security.attempts;

import static io.sluice.app.security.attempts.Area.PROXY;
import static io.sluice.app.security.attempts.Area.WEBSOCKET;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.sluice.app.it.Connect;
import io.sluice.app.it.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;

/** What stands before MQTT: the PROXY header, and the request for a WebSocket. */
@SuppressWarnings("StringConcatToTextBlock")
final class FrontAttempts {

    private static final String V1 = "PROXY TCP4 10.0.0.7 127.0.0.1 4711 1883\r\n";
    private static final byte[] SIGNATURE = {13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10};
    private static final String UPGRADE =
            "GET /mqtt HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: mqtt\r\n";

    private FrontAttempts() {}

    static List<Attempt> all() {
        List<Attempt> all = new ArrayList<>(proxy());
        all.addAll(webSocket());
        return all;
    }

    private static List<Attempt> proxy() {
        return List.of(
                proxy("no header", "v1", new byte[0]),
                proxy("version 2 where version 1 is expected", "v1", v2(0x21, 12)),
                proxy("version 1 where version 2 is expected", "v2", V1.getBytes(ISO_8859_1)),
                proxy("a header of a peer that may not speak for others", "elsewhere", V1.getBytes(ISO_8859_1)),
                proxy("a line of 2,000 characters", "v1", ("PROXY TCP4 " + "1".repeat(2_000)).getBytes(ISO_8859_1)),
                proxy("an address that is none", "v1", "PROXY TCP4 a.b.c.d 127.0.0.1 1 2\r\n".getBytes(ISO_8859_1)),
                proxy("version 2 that calls itself 15", "v2", v2(0xF1, 12)),
                proxy("version 2 that declares 64 KB", "v2", v2(0x21, 0xFFFF)),
                proxy("a second header behind the first", "v1", (V1 + V1).getBytes(ISO_8859_1)),
                new Attempt(
                        PROXY,
                        "a right header, and a wrong password",
                        "CONNACK 4, closed",
                        "CONNACK 0x86, closed",
                        (sluice, protocol) -> Answers.toConnect(sluice.client("v1", protocol)
                                .send(
                                        V1.getBytes(ISO_8859_1),
                                        new Connect(protocol, "c")
                                                .user("alice", sluice.secret())
                                                .bytes()))),
                new Attempt(
                        PROXY,
                        "loopback as the client's address, without a password",
                        "CONNACK 4, closed",
                        "CONNACK 0x86, closed",
                        (sluice, protocol) -> Answers.toConnect(sluice.client("v1", protocol)
                                .send(
                                        "PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n".getBytes(ISO_8859_1),
                                        new Connect(protocol, "c").bytes()))));
    }

    private static byte[] v2(int version, int length) {
        return Wire.join(SIGNATURE, Wire.u8(version), Wire.u8(0x11), Wire.u16(length), new byte[12]);
    }

    private static Attempt proxy(String what, String listener, byte[] header) {
        return Attempt.once(
                PROXY,
                what,
                "closed",
                (sluice, protocol) -> Answers.toConnect(sluice.client(listener, protocol)
                        .send(
                                header,
                                new Connect(protocol, "c")
                                        .user("alice", sluice.password("alice"))
                                        .bytes())));
    }

    private static List<Attempt> webSocket() {
        return List.of(
                request("a page of another origin", "403", UPGRADE + "Origin: https://evil.example\r\n\r\n"),
                request("a page of the origin `null`", "403", UPGRADE + "Origin: null\r\n\r\n"),
                request(
                        "an origin that has ours as its beginning",
                        "403",
                        UPGRADE + "Origin: https://app.example.evil.example\r\n\r\n"),
                request("another path", "404", UPGRADE.replace("/mqtt ", "/admin ") + "\r\n"),
                request("a path with `..`", "404", UPGRADE.replace("/mqtt ", "/x/../mqtt ") + "\r\n"),
                request("GET without an upgrade", "426", "GET /mqtt HTTP/1.1\r\nHost: x\r\n\r\n"),
                request("POST", "426", UPGRADE.replace("GET", "POST") + "\r\n"),
                request("another subprotocol", "400", UPGRADE.replace("Protocol: mqtt", "Protocol: wamp") + "\r\n"),
                request(
                        "a second request behind the first, before the answer",
                        "426",
                        "GET /mqtt HTTP/1.1\r\nHost: x\r\n\r\n".repeat(100)),
                request("headers of 64 KB", "400", UPGRADE + "X: " + "x".repeat(65_536) + "\r\n\r\n"),
                Attempt.once(
                        WEBSOCKET, "MQTT in a text frame", "101, closed", (sluice, protocol) -> upgraded(sluice, 0x81)),
                Attempt.once(WEBSOCKET, "a frame that declares 2^62 bytes", "101, closed", (sluice, protocol) -> {
                    Socket socket = sluice.socket("page");
                    return exchange(socket, Wire.join((UPGRADE + "\r\n").getBytes(ISO_8859_1), new byte[] {
                        (byte) 0x82, (byte) 0xFF, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
                    }));
                }));
    }

    private static Attempt request(String what, String status, String request) {
        return Attempt.once(
                WEBSOCKET,
                what,
                status + ", closed",
                (sluice, protocol) -> exchange(sluice.socket("page"), request.getBytes(ISO_8859_1)));
    }

    private static String upgraded(AttackedSluice sluice, int firstByte) throws IOException {
        byte[] connect = new Connect(io.sluice.app.it.Protocol.MQTT_5, "c")
                .user("alice", sluice.password("alice").substring(0, 8))
                .bytes();
        return exchange(
                sluice.socket("page"),
                Wire.join(
                        (UPGRADE + "\r\n").getBytes(ISO_8859_1),
                        Wire.u8(firstByte),
                        Wire.u8(0x80 | connect.length),
                        new byte[4],
                        connect));
    }

    /** The status of the one answer, if the server closes then. */
    private static String exchange(Socket socket, byte[] bytes) throws IOException {
        StringBuilder text = new StringBuilder();
        try {
            socket.getOutputStream().write(bytes);
            InputStream in = socket.getInputStream();
            for (int one = in.read(); one >= 0; one = in.read()) {
                text.append((char) one);
            }
        } catch (SocketException reset) {
            // Closed, with something unread.
        }
        int answers = text.toString().split("HTTP/1\\.1 ", -1).length - 1;
        return (answers == 1 ? text.substring(9, 12) : answers + " answers") + ", closed";
    }
}
