package io.sluice.app.security.attempts;

import io.sluice.app.it.Wire;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;

/** The first message of a TLS client, byte by byte: what a library of today would not send any more. */
final class ClientHello {

    static final int TLS_1_1 = 0x0302;
    static final int TLS_1_2 = 0x0303;
    static final int ECDHE_ECDSA_AES_128_GCM = 0xC02B;
    static final int ECDHE_ECDSA_AES_128_CBC_SHA = 0xC009;
    static final int RSA_AES_128_GCM = 0x009C;

    private static final int HANDSHAKE = 22;
    private static final int ALERT = 21;
    /** P-256, uncompressed points, and SHA-256 with ECDSA or RSA. */
    private static final byte[] EXTENSIONS =
            Wire.join(new byte[] {0, 10, 0, 4, 0, 2, 0, 23}, new byte[] {0, 11, 0, 2, 1, 0}, new byte[] {
                0, 13, 0, 6, 0, 4, 4, 3, 4, 1
            });

    private ClientHello() {}

    /**
     * The message in its record.
     *
     * @param more extensions besides
     */
    static byte[] of(int version, int suite, byte... more) {
        byte[] body = Wire.join(
                Wire.u16(version),
                new byte[32],
                Wire.u8(0),
                Wire.u16(2),
                Wire.u16(suite),
                new byte[] {1, 0},
                Wire.binary(Wire.join(EXTENSIONS, more)));
        byte[] message = Wire.join(new byte[] {1, 0}, Wire.u16(body.length), body);
        return Wire.join(new byte[] {HANDSHAKE, 3, 1}, Wire.binary(message));
    }

    /** What the server says to it: its own handshake, or an alert and the end. */
    static String answer(AttackedSluice sluice, byte[] hello) throws IOException {
        Socket socket = sluice.socket("tls");
        socket.getOutputStream().write(hello);
        DataInputStream in = new DataInputStream(socket.getInputStream());
        try {
            int type = in.readUnsignedByte();
            if (type != ALERT) {
                return type == HANDSHAKE ? "a handshake" : "a record of type " + type;
            }
            in.skipNBytes(5);
            int alert = in.readUnsignedByte();
            in.readAllBytes();
            return "alert " + alert + " of the server's, closed";
        } catch (SocketException reset) {
            return "closed";
        }
    }
}
