package io.sluice.app.security.attempts;

import java.util.List;
import java.util.stream.Stream;

/** All attempts, in the order of the page. */
final class Attempts {

    private Attempts() {}

    static List<Attempt> all() {
        return Stream.of(
                        PasswordAttempts.all(),
                        ScramAttempts.all(),
                        NameAttempts.all(),
                        PublishAttempts.all(),
                        SubscribeAttempts.all(),
                        TokenAttempts.all(),
                        CertificateAttempts.all(),
                        FrontAttempts.all(),
                        WillAttempts.all(),
                        PacketAttempts.all(),
                        FileAttempts.all())
                .flatMap(List::stream)
                .toList();
    }
}
