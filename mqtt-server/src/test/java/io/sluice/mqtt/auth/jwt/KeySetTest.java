package io.sluice.mqtt.auth.jwt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeySetTest {

    private static void refused(byte[] jwks) {
        assertThat(catchThrowableOfType(KeyProblem.class, () -> KeySet.parse(jwks)))
                .isNotNull();
    }

    @Test
    void keysOfAllKindsAreRead() throws Exception {
        assertThat(KeySet.parse(Issuer.allKeys()).size()).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "{\"keys\":[]}",
                "{\"keys\":7}",
                "{\"keys\":[{\"kty\":\"RSA\"}]}",
                "{\"keys\":[],\"keys\":[]}",
                "<html>sign in</html>",
            })
    void aSetWithoutAKeyIsAnError(String jwks) {
        refused(jwks.getBytes(UTF_8));
    }

    @Test
    void secretsAreNotTakenFromASet() {
        OctetSequenceKey secret =
                new OctetSequenceKey.Builder(new byte[64]).keyID("s").build();

        refused(("{\"keys\":[" + secret.toJSONString() + "]}").getBytes(UTF_8));
    }

    @Test
    void keysForEncryptionAndWeakKeysAreNotUsed() throws Exception {
        RSAKey encryption =
                new RSAKey.Builder(Issuer.RSA).keyUse(KeyUse.ENCRYPTION).build();
        RSAKey weak = Issuer.rsa("weak", 1_024);

        refused(Issuer.jwks(encryption));
        refused(Issuer.jwks(weak));
        assertThat(KeySet.parse(Issuer.jwks(encryption, weak, Issuer.OTHER_RSA)).size())
                .isEqualTo(1);
    }

    @Test
    void aSetHasItsLimits() {
        RSAKey[] many = new RSAKey[KeySet.KEYS_MAX + 1];
        Arrays.fill(many, Issuer.RSA);

        refused(Issuer.jwks(many));
        refused(new byte[KeySet.BYTES_MAX + 1]);
    }

    @Test
    void aSecretIsLongEnough() {
        assertThat(catchThrowableOfType(KeyProblem.class, () -> KeySet.secret(new byte[31])))
                .hasMessageContaining("31 bytes");
    }

    @Test
    void aProblemDoesNotQuoteTheKeys() {
        String jwks = "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"canary\",\"e\":\"x\",\"d\":\"canary\"}]}";

        assertThat(catchThrowableOfType(KeyProblem.class, () -> KeySet.parse(jwks.getBytes(UTF_8))))
                .hasMessageNotContaining("canary");
    }
}
