package io.sluice.benchmarks.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The client's side of SCRAM-SHA-256 (RFC 5802, RFC 7677), for passwords of ASCII. The salted password is computed once: this
 * tool must cost less than the server. That the server knows it, too, is not looked at.
 */
final class ScramLogin implements Login {

    private static final String METHOD = "SCRAM-SHA-256";
    private static final int KEY_BITS = 256;

    private final String name;
    private final String userName;
    private final String password;
    private final Map<String, byte[]> salted = new ConcurrentHashMap<>();

    ScramLogin(String name, String userName, String password) {
        this.name = name;
        this.userName = userName;
        this.password = password;
    }

    @Override
    public boolean isMqtt5() {
        return true;
    }

    @Override
    public Attempt attempt(Packets packets, int number) {
        String bare = "n=" + userName + ",r=nonce-" + number;
        byte[] connect = packets.connect(name + "-" + number, METHOD, "n,," + bare);
        return new Attempt() {
            @Override
            public byte[] connect() {
                return connect;
            }

            @Override
            public byte[] answer(String serverFirst) {
                return packets.auth(METHOD, clientFinal(bare, serverFirst));
            }
        };
    }

    /** The client-final-message, with the proof. */
    String clientFinal(String clientFirstBare, String serverFirst) {
        Map<String, String> attributes = Arrays.stream(serverFirst.split(",", -1))
                .collect(Collectors.toMap(part -> part.substring(0, 1), part -> part.substring(2)));
        String withoutProof = "c=biws,r=" + attributes.get("r");
        byte[] saltedPassword = salted.computeIfAbsent(
                attributes.get("s") + "," + attributes.get("i"),
                unused -> salt(Base64.getDecoder().decode(attributes.get("s")), Integer.parseInt(attributes.get("i"))));
        try {
            byte[] clientKey = hmac(saltedPassword, "Client Key");
            byte[] storedKey = MessageDigest.getInstance("SHA-256").digest(clientKey);
            byte[] proof = hmac(storedKey, clientFirstBare + "," + serverFirst + "," + withoutProof);
            for (int i = 0; i < proof.length; i++) {
                proof[i] ^= clientKey[i];
            }
            return withoutProof + ",p=" + Base64.getEncoder().encodeToString(proof);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] salt(byte[] salt, int iterations) {
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(new PBEKeySpec(password.toCharArray(), salt, iterations, KEY_BITS))
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(UTF_8));
    }
}
