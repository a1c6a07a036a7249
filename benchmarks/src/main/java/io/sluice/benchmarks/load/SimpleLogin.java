package io.sluice.benchmarks.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** All that is said is in the CONNECT. */
record SimpleLogin(IntFunction<String> clientId, @Nullable Named named) implements Login {

    /** Who it says it is. */
    record Named(IntFunction<String> userName, String password) {}

    @Override
    public boolean isMqtt5() {
        return false;
    }

    @Override
    public Attempt attempt(Packets packets, int number) {
        byte[] connect = named == null
                ? packets.connect(clientId.apply(number))
                : packets.connect(
                        clientId.apply(number),
                        named.userName().apply(number),
                        named.password().getBytes(UTF_8));
        return () -> connect;
    }
}
