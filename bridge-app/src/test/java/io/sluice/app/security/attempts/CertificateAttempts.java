package io.sluice.app.security.attempts;

import static io.sluice.app.security.attempts.Area.CERTIFICATES;
import static io.sluice.app.security.attempts.Area.TLS;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.app.it.Connect;
import io.sluice.app.it.Protocol;
import io.sluice.app.it.RawClient;
import io.sluice.app.it.Wire;
import io.sluice.mqtt.fake.TestAuthority;
import io.sluice.mqtt.fake.TestAuthority.Issued;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** Certificates that are nobody's, and TLS that is none. */
final class CertificateAttempts {

    private static final String NOBODY = "alert of the server's, closed";

    private CertificateAttempts() {}

    static List<Attempt> all() {
        List<Attempt> all = new ArrayList<>(List.of(
                handshake("no certificate where one is required", "remote", sluice -> null),
                handshake("a certificate by another authority of the same name", "remote", sluice -> new TestAuthority(
                                "Site")
                        .client("device")),
                handshake("a certificate that signs itself", "remote", sluice -> {
                    TestAuthority own = new TestAuthority("device");
                    return new Issued(own.client("x").key(), List.of(own.certificate()));
                }),
                handshake("an expired certificate", "remote", sluice -> sluice.authority()
                        .client(List.of("device"), Duration.ofHours(-1))),
                handshake("a revoked certificate", "remote", CertificateAttempts::revoked),
                handshake("another authority's where it is optional", "optional", sluice -> new TestAuthority("Site")
                        .client("device")),
                name("two common names", List.of("alice", "bob")),
                name("no common name", List.of()),
                new Attempt(
                        CERTIFICATES,
                        "no certificate where it is optional",
                        "CONNACK 4, closed",
                        "CONNACK 0x86, closed",
                        (sluice, protocol) -> connect(sluice, "optional", null, protocol)),
                new Attempt(
                        CERTIFICATES,
                        "no certificate where it is optional, but a right password",
                        "CONNACK 4, closed",
                        "CONNACK 0x86, closed",
                        CertificateAttempts::password)));
        for (String name : List.of("a+b", "a#", "a/b", "ali\0ce", "a\nb", "ali\u202Ece", "\u0430lice", "")) {
            String shown = name.codePoints()
                    .mapToObj(one -> one < 0x20 || one > 0x7E ? String.format("U+%04X", one) : Character.toString(one))
                    .reduce("", String::concat);
            all.add(name("the common name `" + shown + "`", List.of(name)));
        }
        all.add(hello("TLS 1.1", 70, ClientHello.of(ClientHello.TLS_1_1, ClientHello.ECDHE_ECDSA_AES_128_CBC_SHA)));
        all.add(hello(
                "TLS 1.2 with a suite without forward secrecy",
                40,
                ClientHello.of(ClientHello.TLS_1_2, ClientHello.RSA_AES_128_GCM)));
        all.add(hello(
                "TLS 1.2 with CBC", 40, ClientHello.of(ClientHello.TLS_1_2, ClientHello.ECDHE_ECDSA_AES_128_CBC_SHA)));
        // A list of 65,535 bytes, with a name as long, of which there is one byte.
        all.add(hello(
                "a server name (SNI) that is longer than the ClientHello",
                50,
                ClientHello.of(ClientHello.TLS_1_2, ClientHello.ECDHE_ECDSA_AES_128_GCM, new byte[] {
                    0, 0, 0, 6, -1, -1, 0, -1, -1, 'x'
                })));
        all.add(Attempt.once(
                TLS,
                "MQTT without TLS on a TLS port",
                "closed",
                (sluice, protocol) -> raw(
                        sluice,
                        new Connect(protocol, "c")
                                .user("alice", sluice.secret())
                                .bytes())));
        all.add(Attempt.once(
                TLS,
                "a ClientHello of noise",
                "closed",
                (sluice, protocol) -> raw(sluice, Wire.join(new byte[] {22, 3, 1, 1, 0}, new byte[256]))));
        all.add(Attempt.once(
                TLS,
                "a record of TLS that declares 64 KB",
                "closed",
                (sluice, protocol) -> raw(sluice, Wire.join(new byte[] {22, 3, 1, -1, -1}, new byte[512]))));
        return all;
    }

    /** Makes the certificate that is shown. */
    private interface Shown {
        @Nullable
        Issued certificate(AttackedSluice sluice) throws Exception;
    }

    private static Attempt handshake(String what, String listener, Shown shown) {
        return Attempt.once(CERTIFICATES, what, NOBODY, (sluice, protocol) -> {
            SSLSocket socket = socket(sluice, listener, shown.certificate(sluice));
            try {
                socket.startHandshake();
                // In TLS 1.3 the client has done its part before the server has judged its certificate.
                return socket.getInputStream().read() < 0 ? "closed" : "an answer";
            } catch (SSLException refused) {
                String reason = String.valueOf(refused.getMessage());
                return reason.contains("Received fatal alert: ") ? NOBODY : "the client refuses: " + reason;
            } catch (SocketException closed) {
                // The server has judged while the client still wrote: its alert is lost with what was unread.
                return NOBODY;
            }
        });
    }

    private static Issued revoked(AttackedSluice sluice) throws Exception {
        Issued lost = sluice.device("lost");
        sluice.awaitReload("success", () -> sluice.authority()
                .writeRevocations(sluice.file("crl.pem"), AttackedSluice.YEAR, lost));
        return lost;
    }

    private static Attempt name(String what, List<String> commonNames) {
        return new Attempt(
                CERTIFICATES,
                what,
                "CONNACK 5, closed",
                "CONNACK 0x87, closed",
                (sluice, protocol) -> connect(
                        sluice, "remote", sluice.authority().client(commonNames, AttackedSluice.YEAR), protocol));
    }

    private static SSLSocket socket(AttackedSluice sluice, String listener, @Nullable Issued certificate)
            throws IOException {
        return (SSLSocket) sluice.authority()
                .clientContext(certificate)
                .getSocketFactory()
                .createSocket(sluice.socket(listener), "localhost", sluice.port(listener), true);
    }

    private static String connect(
            AttackedSluice sluice, String listener, @Nullable Issued certificate, Protocol protocol)
            throws IOException {
        SSLSocket socket = socket(sluice, listener, certificate);
        socket.startHandshake();
        RawClient client = new RawClient(socket).speaks(protocol);
        return Answers.toConnect(client.send(new Connect(protocol, sluice.clientId()).bytes()));
    }

    private static String password(AttackedSluice sluice, Protocol protocol) throws IOException {
        RawClient client = new RawClient(socket(sluice, "optional", null)).speaks(protocol);
        return Answers.toConnect(client.send(new Connect(protocol, sluice.clientId())
                .user("alice", sluice.password("alice"))
                .bytes()));
    }

    /** With another version and suite the same would be answered by a handshake. */
    private static Attempt hello(String what, int alert, byte[] hello) {
        return Attempt.once(TLS, what, "alert " + alert + " of the server's, closed", (sluice, protocol) -> {
            byte[] good = ClientHello.of(ClientHello.TLS_1_2, ClientHello.ECDHE_ECDSA_AES_128_GCM);
            assertThat(ClientHello.answer(sluice, good)).isEqualTo("a handshake");
            return ClientHello.answer(sluice, hello);
        });
    }

    /** Bytes that are no TLS: an alert may come, but no MQTT. */
    private static String raw(AttackedSluice sluice, byte[] bytes) throws IOException {
        Socket socket = sluice.socket("tls");
        socket.getOutputStream().write(bytes);
        byte[] answer;
        try {
            answer = socket.getInputStream().readAllBytes();
        } catch (SocketException reset) {
            return "closed";
        }
        return answer.length == 0 || answer[0] == 21 ? "closed" : "answered " + answer[0];
    }
}
