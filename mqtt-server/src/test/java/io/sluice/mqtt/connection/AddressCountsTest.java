package io.sluice.mqtt.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class AddressCountsTest {

    private final AddressCounts counts = new AddressCounts();

    private boolean enter(String address, int max) throws UnknownHostException {
        return counts.enter(InetAddress.getByName(address), max);
    }

    @Test
    void oneAddressHasSoManyAndAnotherAsManyAgain() throws UnknownHostException {
        assertThat(enter("192.0.2.1", 2)).isTrue();
        assertThat(enter("192.0.2.1", 2)).isTrue();
        assertThat(enter("192.0.2.1", 2)).isFalse();
        assertThat(enter("192.0.2.2", 2)).isTrue();
        assertThat(counts.highest()).isEqualTo(2);
    }

    @Test
    void whoLeavesMakesRoom() throws UnknownHostException {
        enter("192.0.2.1", 1);

        counts.leave(InetAddress.getByName("192.0.2.1"));

        assertThat(counts.size()).isZero();
        assertThat(enter("192.0.2.1", 1)).isTrue();
    }

    @Test
    void whoIsRefusedTakesNoRoom() throws UnknownHostException {
        enter("192.0.2.1", 1);
        enter("192.0.2.1", 1);

        counts.leave(InetAddress.getByName("192.0.2.1"));

        assertThat(counts.size()).isZero();
    }

    @Test
    void aNetworkOfIpv6IsOneAddress() throws UnknownHostException {
        assertThat(enter("2001:db8:0:1::1", 1)).isTrue();
        assertThat(enter("2001:db8:0:1:ffff::2", 1)).isFalse();
        assertThat(enter("2001:db8:0:2::1", 1)).isTrue();
    }

    @Test
    void zeroIsAnyNumber() throws UnknownHostException {
        for (int i = 0; i < 100; i++) {
            assertThat(enter("192.0.2.1", 0)).isTrue();
        }
        assertThat(counts.highest()).isEqualTo(100);
    }
}
