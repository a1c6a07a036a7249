package io.sluice.mqtt.auth.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NetworkTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.255.255, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "10.1.2.3, 10.1.2.3, true",
        "10.1.2.3, 10.1.2.4, false",
        "10.0.0.0/9, 10.127.0.1, true",
        "10.0.0.0/9, 10.128.0.1, false",
        "0.0.0.0/0, 203.0.113.7, true",
        "0.0.0.0/0, ::1, false",
        "::/0, 2001:db8::1, true",
        "::/0, 10.0.0.1, false",
        "2001:db8::/32, 2001:db8:ffff::1, true",
        "2001:db8::/32, 2001:db9::1, false",
        "::1, ::1, true",
        "10.0.0.0/8, ::ffff:10.1.2.3, true",
        "::ffff:10.0.0.0/104, 10.1.2.3, true",
        "::ffff:10.0.0.0/104, 11.1.2.3, false",
    })
    void itContainsTheAddressesWithItsPrefix(String network, String address, boolean contained)
            throws UnknownHostException {
        assertThat(Network.parse(network).contains(InetAddress.getByName(address)))
                .isEqualTo(contained);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/8",
                "10",
                "10.1",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/",
                "010.0.0.1",
                "256.0.0.1",
                "1.2.3.4.",
                "1.2.3.4.5",
                "::/129",
                ":::",
                "::ffff:10.0.0.0/95",
                "fe80::1%eth0",
                "localhost",
                "dead",
                "10.0.0.0 /8"
            })
    void otherTextIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Network.parse(text));
    }

    @Test
    void anAddressIsNeverAName() {
        assertThat(Network.parseAddress("::ffff:10.1.2.3").getHostAddress()).isEqualTo("10.1.2.3");
        for (String text : List.of("localhost", "10.1", "10.0.0.0/8", "", "1.2.3.4.")) {
            assertThatIllegalArgumentException().isThrownBy(() -> Network.parseAddress(text));
        }
    }

    @Test
    void bitsBeyondThePrefixAreAMistakeThatIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Network.parse("10.1.2.3/8"))
                .withMessage("\"10.1.2.3/8\" has bits beyond its prefix (expected: 10.0.0.0/8)");
    }

    @Test
    void networksAreEqualByWhatTheyContain() {
        assertThat(Network.parse("::ffff:10.0.0.0/104"))
                .isEqualTo(Network.parse("10.0.0.0/8"))
                .hasSameHashCodeAs(Network.parse("10.0.0.0/8"))
                .isNotEqualTo(Network.parse("10.0.0.0/9"))
                .hasToString("::ffff:10.0.0.0/104");
    }
}
