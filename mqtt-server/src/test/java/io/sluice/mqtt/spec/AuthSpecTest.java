package io.sluice.mqtt.spec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** AUTH and enhanced authentication (sections 3.15 and 4.12). */
final class AuthSpecTest extends SpecTest {

    private static final int CONTINUE = 0x18;
    private static final int AGAIN = 0x19;

    private static Connect by(String method) {
        return new Connect(Version.V5, SpecServer.unique("c"))
                .with(Property.ofText(Property.AUTHENTICATION_METHOD, method));
    }

    private static byte[] auth(int code, String method, String data) {
        return Wire.packet(
                Wire.AUTH,
                Wire.u8(code),
                Wire.properties(
                        Property.ofText(Property.AUTHENTICATION_METHOD, method),
                        Property.ofBytes(Property.AUTHENTICATION_DATA, data.getBytes(UTF_8))));
    }

    private Device asked() throws IOException {
        Device device = open(Version.V5).send(by(TestAccess.METHOD).bytes());
        Received question = device.next();
        assertThat(question.type()).isEqualTo(Wire.AUTH);
        assertThat(question.code()).isEqualTo(CONTINUE);
        assertThat(question.properties().text(Property.AUTHENTICATION_METHOD)).isEqualTo(TestAccess.METHOD);
        assertThat(question.properties().bytes(Property.AUTHENTICATION_DATA)).isEqualTo("who?".getBytes(UTF_8));
        return device;
    }

    @Test
    @Conforms(mqtt5 = {"4.12.0-2", "4.12.0-3", "4.12.0-5", "3.15.2-1", "3.2.0-1", "3.15.2-2", "3.15.2-3"})
    void whoAnswersRightComesIn() throws IOException {
        Device device = asked();
        device.send(auth(CONTINUE, TestAccess.METHOD, "hm")).next(Wire.AUTH);

        device.send(auth(CONTINUE, TestAccess.METHOD, "right"));

        Received connAck = device.next();
        assertThat(connAck.type()).isEqualTo(Wire.CONNACK);
        assertThat(connAck.code()).isZero();
        assertThat(connAck.properties().text(Property.AUTHENTICATION_METHOD)).isEqualTo(TestAccess.METHOD);
        assertThat(connAck.properties().bytes(Property.AUTHENTICATION_DATA)).isEqualTo("welcome".getBytes(UTF_8));
    }

    @Test
    @Conforms(mqtt5 = {"4.12.0-4", "3.2.2-7"})
    void whoAnswersWrongIsRefused() throws IOException {
        asked().send(auth(CONTINUE, TestAccess.METHOD, "wrong")).assertRejected(0x86);
    }

    @Test
    @Conforms(mqtt5 = "4.12.0-1")
    void anUnknownMethodIsRefused() throws IOException {
        open(Version.V5).send(by("UNHEARD-OF").bytes()).assertRejected(0x8C);
    }

    @Test
    @Conforms(mqtt5 = {"4.12.0-3", "4.12.0-5", "3.15.2-1", "3.14.0-1"})
    void anAnswerToSomethingElseEndsTheConnection() throws IOException {
        asked().send(auth(AGAIN, TestAccess.METHOD, "right")).assertClosed();
        asked().send(auth(CONTINUE, "ANOTHER", "right")).assertClosed();
        asked().send(auth(0x00, TestAccess.METHOD, "right")).assertClosed();
        asked().send(auth(0x01, TestAccess.METHOD, "right")).assertClosed();
    }

    @Test
    @Conforms(mqtt5 = {"3.1.2-30", "3.1.4-6"})
    void whileAskedAClientSendsNothingElse() throws IOException {
        String topic = topic();
        Device watcher = connect(Version.V5);
        watcher.subscribe(topic, 0);

        asked().send(Wire.publish(Version.V5, 0, topic, 0, "never")).assertClosed();

        watcher.assertQuiet();
    }

    @Test
    @Conforms(mqtt5 = "4.12.0-6")
    void withoutAMethodThereIsNoAuth() throws IOException {
        Device device = connect(Version.V5, connect -> connect.user("alice", "right"));

        assertThat(device.connAck().properties().has(Property.AUTHENTICATION_METHOD))
                .isFalse();
        device.assertQuiet();
    }

    @Test
    @Conforms(mqtt5 = "4.12.0-7")
    void withoutAMethodAnAuthIsAnError() throws IOException {
        connect(Version.V5).send(auth(AGAIN, TestAccess.METHOD, "right")).assertRefused(0x82);
        connect(Version.V5).send(auth(CONTINUE, TestAccess.METHOD, "right")).assertRefused(0x82);
    }

    private Device welcome() throws IOException {
        Device device = asked().send(auth(CONTINUE, TestAccess.METHOD, "right"));
        assertThat(device.next().code()).isZero();
        return device;
    }

    @Test
    @Conforms(mqtt5 = {"4.12.1-1", "3.2.0-2", "4.12.0-5", "4.12.1-2"})
    void aClientMayProveItselfAgain() throws IOException {
        Device device = welcome();
        device.send(auth(AGAIN, TestAccess.METHOD, "hm"));
        assertThat(device.next().code()).isEqualTo(CONTINUE);
        // Meanwhile the connection works as before.
        device.publish(topic(), "x", 1);

        device.send(auth(CONTINUE, TestAccess.METHOD, "right"));

        Received done = device.next();
        assertThat(done.type()).isEqualTo(Wire.AUTH);
        assertThat(done.code()).isZero();
        assertThat(done.properties().text(Property.AUTHENTICATION_METHOD)).isEqualTo(TestAccess.METHOD);
        device.assertQuiet();
    }

    @Test
    @Conforms(mqtt5 = {"4.12.1-1", "4.12.1-2"})
    void whoFailsToProveItselfAgainGoes() throws IOException {
        welcome().send(auth(AGAIN, TestAccess.METHOD, "wrong")).assertRefused(0x86);
        welcome().send(auth(AGAIN, "ANOTHER", "right")).assertRefused(0x82);
    }
}
