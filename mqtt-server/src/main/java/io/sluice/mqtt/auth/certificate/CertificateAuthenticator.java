package io.sluice.mqtt.auth.certificate;

import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.mqtt.auth.AuthOutcome;
import io.sluice.mqtt.auth.Authenticator;
import io.sluice.mqtt.auth.Credentials;
import io.sluice.mqtt.auth.Principal;
import io.sluice.mqtt.auth.shared.Failures;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import reactor.core.publisher.Mono;

/**
 * Lets in whoever has a client certificate, which TLS has verified, as the user that it names. User Name and Password of
 * CONNECT are not looked at. Safe for all threads; computes on the caller's.
 */
public final class CertificateAuthenticator implements Authenticator {

    private final CertificateSettings settings;
    private final Failures<CertificateFailure> failures;

    /** @param name of this authenticator in the configuration: a label of its meters */
    public CertificateAuthenticator(String name, CertificateSettings settings, MeterRegistry registry) {
        this.settings = settings;
        failures = new Failures<>(CertificateFailure.class, name, registry);
    }

    @Override
    public Mono<AuthOutcome> authenticate(Credentials credentials) {
        return Mono.fromSupplier(() -> decide(credentials.peer().certificates()));
    }

    private AuthOutcome decide(List<X509Certificate> certificates) {
        if (certificates.isEmpty()) {
            return failures.deny(CertificateFailure.NO_CERTIFICATE, "no client certificate");
        }
        X509Certificate certificate = certificates.get(0);
        try {
            String userName = CertificateNames.userName(certificate, settings.userName());
            long expiryEpochMillis =
                    settings.endsWithCertificate() ? certificate.getNotAfter().getTime() : Principal.NEVER;
            return AuthOutcome.accepted(new Principal(userName, Set.of(), expiryEpochMillis));
        } catch (NameProblem problem) {
            return failures.deny(problem.failure(), problem.found());
        }
    }
}
