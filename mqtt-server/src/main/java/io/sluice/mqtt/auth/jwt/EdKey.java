package io.sluice.mqtt.auth.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.util.Base64URL;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.jspecify.annotations.Nullable;

/** A key of Ed25519, by the JDK's own signatures: Nimbus would want another library for them. */
record EdKey(@Nullable String id, PublicKey key) implements TokenKey {

    private static final String ED25519 = "Ed25519";
    /** RFC 8410, section 3. */
    private static final ASN1ObjectIdentifier OID = new ASN1ObjectIdentifier("1.3.101.112");

    static @Nullable EdKey of(OctetKeyPair jwk, @Nullable String algorithm) throws JOSEException {
        if (algorithm != null && !isOfEdwards(algorithm)) {
            return null;
        }
        try {
            byte[] encoded = new SubjectPublicKeyInfo(new AlgorithmIdentifier(OID), jwk.getDecodedX()).getEncoded();
            PublicKey key = KeyFactory.getInstance(ED25519).generatePublic(new X509EncodedKeySpec(encoded));
            return new EdKey(jwk.getKeyID(), key);
        } catch (GeneralSecurityException | IOException notAKey) {
            throw new JOSEException("not a key of Ed25519", notAKey);
        }
    }

    private static boolean isOfEdwards(String algorithm) {
        return algorithm.equals("EdDSA") || algorithm.equals(ED25519);
    }

    @Override
    public boolean checks(String wanted) {
        return isOfEdwards(wanted);
    }

    @Override
    public boolean hasSigned(JWSHeader header, byte[] signed, Base64URL signature) {
        try {
            Signature ed25519 = Signature.getInstance(ED25519);
            ed25519.initVerify(key);
            ed25519.update(signed);
            return ed25519.verify(signature.decode());
        } catch (GeneralSecurityException cannotBe) {
            return false;
        }
    }
}
