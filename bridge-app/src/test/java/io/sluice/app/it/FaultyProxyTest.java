package io.sluice.app.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.app.it.FaultyProxy.Harm;
import io.sluice.app.it.FaultyProxy.Lot;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class FaultyProxyTest {

    private static final int SHORT_MILLIS = 300;

    private final List<Closeable> opened = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private ServerSocket server;

    @SuppressWarnings("NullAway.Init")
    private FaultyProxy proxy;

    @SuppressWarnings("NullAway.Init")
    private Socket client;

    @SuppressWarnings("NullAway.Init")
    private Socket accepted;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        for (Closeable one : opened) {
            one.close();
        }
        server.close();
    }

    /** A connection by the proxy that has this lot, after 5 bytes of the client. */
    private void connect(Harm harm, int millis) throws IOException {
        proxy = new FaultyProxy(server.getLocalPort(), number -> new Lot(harm, true, 5, millis, 100));
        proxy.begin();
        open();
    }

    private void open() throws IOException {
        client = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        accepted = server.accept();
        opened.add(client);
        opened.add(accepted);
        opened.add(proxy::close);
        client.setSoTimeout(SHORT_MILLIS * 10);
        accepted.setSoTimeout(SHORT_MILLIS * 10);
    }

    private void clientSays(String text) throws IOException {
        client.getOutputStream().write(text.getBytes(US_ASCII));
    }

    private String serverHears(int bytes) throws IOException {
        return new String(accepted.getInputStream().readNBytes(bytes), US_ASCII);
    }

    @Test
    void aCutComesAtTheByte() throws IOException {
        connect(Harm.CUT, 0);

        clientSays("0123456789");

        // A reset may overtake what was sent before it; it is never more.
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 5; i++) {
                        assertThat(accepted.getInputStream().read()).isEqualTo('0' + i);
                    }
                    assertThat(accepted.getInputStream().read()).isNegative();
                })
                .isInstanceOf(SocketException.class);
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        assertThat(proxy.harms()).isEqualTo(1);
    }

    @Test
    void aHalfCloseLeavesTheOtherHalf() throws IOException {
        connect(Harm.HALF_CLOSE, 0);

        clientSays("0123456789");

        assertThat(serverHears(6)).isEqualTo("01234");
        accepted.getOutputStream().write('!');
        assertThat(client.getInputStream().read()).isEqualTo('!');
    }

    @Test
    void aBlackHoleSwallowsBothWaysUntilItIsCalm() throws IOException {
        connect(Harm.BLACK_HOLE, 0);

        clientSays("0123456789");

        assertThat(serverHears(5)).isEqualTo("01234");
        accepted.getOutputStream().write('!');
        accepted.setSoTimeout(SHORT_MILLIS);
        client.setSoTimeout(SHORT_MILLIS);
        assertThatThrownBy(() -> accepted.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        proxy.calm();
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    }

    @Test
    void aDelayLetsEverythingArriveLate() throws IOException {
        connect(Harm.DELAY, SHORT_MILLIS);
        clientSays("01234");
        assertThat(serverHears(5)).isEqualTo("01234");

        long start = System.nanoTime();
        clientSays("56789");

        assertThat(serverHears(5)).isEqualTo("56789");
        assertThat(System.nanoTime() - start).isGreaterThan(SHORT_MILLIS * 1_000_000L);
    }

    @Test
    void aDribbleLosesNothing() throws IOException {
        connect(Harm.DRIBBLE, 0);

        clientSays("0123456789");

        assertThat(serverHears(10)).isEqualTo("0123456789");
    }

    @Test
    void harmBeginsWhenItIsToldTo() throws IOException {
        proxy = new FaultyProxy(server.getLocalPort(), number -> new Lot(Harm.HALF_CLOSE, true, 5, 0, 100));
        open();
        clientSays("0123456789");
        assertThat(serverHears(10)).isEqualTo("0123456789");

        proxy.begin();
        clientSays("abcdefghij");

        assertThat(serverHears(10)).isEqualTo("abcde");
    }

    @Test
    void theSeedDecides() {
        IntFunction<Lot> lots = FaultyProxy.lots(17, 100_000);
        Set<Harm> harms = new HashSet<>();

        IntStream.range(0, 100).forEach(i -> {
            assertThat(FaultyProxy.lots(17, 100_000).apply(i)).isEqualTo(lots.apply(i));
            assertThat(lots.apply(i).bytes()).isBetween(1L, 100_000L);
            harms.add(lots.apply(i).harm());
        });

        assertThat(harms).hasSize(Harm.values().length);
        assertThat(FaultyProxy.lots(18, 100_000).apply(0)).isNotEqualTo(lots.apply(0));
    }
}
