package io.sluice.mqtt.auth.jwt;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.util.Base64URL;
import org.jspecify.annotations.Nullable;

/** One key that checks signatures. Immutable, safe for all threads. */
sealed interface TokenKey permits RsaKey, EcKey, EdKey, SecretKey {

    /** Its name, or null. */
    @Nullable
    String id();

    /** Whether signatures of that algorithm are made with keys of this kind, and with this one. */
    boolean checks(String algorithm);

    /** Whether it is this key's signature; false also for one that cannot be one. */
    boolean hasSigned(JWSHeader header, byte[] signed, Base64URL signature);
}
