package io.sluice.mqtt.auth.scram;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.mqtt.auth.shared.Hmac;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * What a server keeps of a password for SCRAM-SHA-256: enough to check a proof, too little to make one. Immutable by
 * agreement: nobody writes to the arrays.
 *
 * @param iterations of PBKDF2, the cost of guessing; the client computes them
 */
public record ScramCredential(byte[] salt, int iterations, byte[] storedKey, byte[] serverKey) {

    /** Bytes of StoredKey, ServerKey and of all that is derived from them. */
    public static final int KEY_BYTES = 32;

    private static final byte[] CLIENT_KEY = "Client Key".getBytes(US_ASCII);
    private static final byte[] SERVER_KEY = "Server Key".getBytes(US_ASCII);

    /** Computes the credential of a password: as costly as the iterations say. */
    public static ScramCredential derive(byte[] password, byte[] salt, int iterations) {
        PKCS5S2ParametersGenerator pbkdf2 = new PKCS5S2ParametersGenerator(new SHA256Digest());
        pbkdf2.init(prepare(password), salt, iterations);
        byte[] salted = ((KeyParameter) pbkdf2.generateDerivedMacParameters(KEY_BYTES * Byte.SIZE)).getKey();
        Hmac bySalted = Hmac.sha256(salted);
        return new ScramCredential(salt, iterations, sha256(bySalted.of(CLIENT_KEY)), bySalted.of(SERVER_KEY));
    }

    /** Whether this is the password; as costly as the iterations say. Takes the same time wherever it differs. */
    public boolean matches(byte[] password) {
        return MessageDigest.isEqual(derive(password, salt, iterations).storedKey, storedKey);
    }

    /** A password that is text is normalised, as RFC 5802 asks for; one that can't be is taken byte by byte. */
    private static byte[] prepare(byte[] password) {
        try {
            String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(password)).toString();
            return SaslPrep.prepare(text).getBytes(UTF_8);
        } catch (CharacterCodingException | SaslPrep.Prohibited notText) {
            return password;
        }
    }

    static byte[] sha256(byte[] message) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(message);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java platform has SHA-256", missing);
        }
    }

    /** Nothing of what is kept. */
    @Override
    public String toString() {
        return "ScramCredential(" + iterations + " iterations)";
    }
}
