package io.sluice.benchmarks.rounds;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.sluice.mqtt.auth.password.Algorithm;
import io.sluice.mqtt.auth.password.PasswordHasher;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;

/** A Sluice with a listener for each way to come in, and what its clients show there. Confined to one thread. */
final class SecuredSite implements AutoCloseable {

    /** The listeners. */
    enum Door {
        OPEN("type: tcp, auth: none"),
        TLS("type: tls, auth: none, tls: {%s}"),
        BORING_SSL("type: tls, auth: none, tls: {engine: openssl, %s}"),
        MUTUAL("type: tls, auth: devices, tls: {client-auth: require, client-ca: client.crt, %s}"),
        PASSWORDS("type: tcp, auth: users"),
        TOKENS("type: tcp, auth: apps"),
        ASKED("type: tcp, auth: asked"),
        REMEMBERED("type: tcp, auth: remembered");

        private final String settings;

        Door(String settings) {
            this.settings = settings;
        }
    }

    static final String PASSWORD = "correct horse";

    private static final String KEY_STORE_PASSWORD = "changeit";
    private static final int KEY_VALIDITY_DAYS = 30;
    private static final byte[] ALLOWED = "{\"result\":\"allow\"}".getBytes(UTF_8);

    private final Path folder;
    private final Map<Door, Integer> ports = new EnumMap<>(Door.class);
    private final ECKey ecKey;
    private final RSAKey rsaKey;
    private final HttpServer webhook;
    private final ExecutorService webhookThreads = Executors.newFixedThreadPool(2);
    private final Child sluice;

    /** @param usersOfEach how many users there are of each way to keep a password */
    SecuredSite(Stage stage, RoundsKafka kafka, int usersOfEach) throws Exception {
        folder = Files.createDirectories(stage.dataFolder("secured"));
        ecKey = new ECKeyGenerator(Curve.P_256).keyID("ec").generate();
        rsaKey = new RSAKeyGenerator(2_048).keyID("rsa").generate();
        webhook = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        webhook.setExecutor(webhookThreads);
        webhook.createContext("/auth", SecuredSite::allow);
        webhook.start();
        keyPair("server");
        keyPair("client");
        keytool(List.of(
                "-exportcert",
                "-rfc",
                "-alias",
                "client",
                "-keystore",
                file("client.p12"),
                "-storepass",
                KEY_STORE_PASSWORD,
                "-file",
                file("client.crt")));
        Files.writeString(
                folder.resolve("keys.json"), new JWKSet(List.of(ecKey.toPublicJWK(), rsaKey.toPublicJWK())).toString());
        Files.writeString(folder.resolve("users"), users(usersOfEach));
        for (Door door : Door.values()) {
            ports.put(door, stage.port());
        }
        sluice = stage.startSluice("sluice-secured", configuration(kafka), port(Door.OPEN));
    }

    int port(Door door) {
        return Objects.requireNonNull(ports.get(door), "a door without a port");
    }

    Child sluice() {
        return sluice;
    }

    /** The user whose password is kept so. */
    static String userName(Algorithm algorithm) {
        return algorithm.name().toLowerCase(Locale.ROOT) + "-%d";
    }

    /** A token that is good for the time of a measurement. */
    String token(JWSAlgorithm algorithm) throws JOSEException {
        boolean isEc = algorithm.equals(JWSAlgorithm.ES256);
        JWSSigner signer = isEc ? new ECDSASigner(ecKey) : new RSASSASigner(rsaKey);
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(algorithm).keyID(isEc ? "ec" : "rsa").build(),
                new JWTClaimsSet.Builder()
                        .subject("device")
                        .issuer("https://idp.example")
                        .audience("mqtt")
                        .expirationTime(Date.from(Instant.now().plusSeconds(3_600)))
                        .build());
        token.sign(signer);
        return token.serialize();
    }

    /** The client's certificate with its key. */
    KeyManagerFactory clientKeys() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(folder.resolve("client.p12"))) {
            store.load(in, KEY_STORE_PASSWORD.toCharArray());
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, KEY_STORE_PASSWORD.toCharArray());
        return keys;
    }

    @Override
    public void close() {
        sluice.close();
        webhook.stop(0);
        webhookThreads.shutdown();
    }

    private String configuration(RoundsKafka kafka) {
        StringBuilder yaml = new StringBuilder("listeners:\n");
        String serverKeys = "key-store: " + file("server.p12") + ", key-store-password: " + KEY_STORE_PASSWORD;
        ports.forEach((door, port) -> yaml.append("  ")
                .append(door.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .append(": {bind: \"127.0.0.1:")
                .append(port)
                .append("\", ")
                .append(door.settings.formatted(serverKeys).replace("client.crt", file("client.crt")))
                .append("}\n"));
        String url = "http://127.0.0.1:" + webhook.getAddress().getPort() + "/auth";
        return yaml + """
                authentication:
                  users: {type: password-file, file: "%s"}
                  devices: {type: client-certificate}
                  apps: {type: jwt, jwks: "%s", issuer: "https://idp.example", audience: mqtt}
                  asked: {type: http, url: "%s"}
                  remembered: {type: http, url: "%s", cache: 10m}
                management: {bind: "127.0.0.1:0"}
                kafka: {bootstrap-servers: "%s"}
                """.formatted(file("users"), file("keys.json"), url, url, kafka.address());
    }

    /** Many users, one hash for each way to keep a password: what it costs to verify is the same. */
    private static String users(int ofEach) {
        StringBuilder users = new StringBuilder();
        for (Algorithm algorithm :
                List.of(Algorithm.ARGON2ID, Algorithm.BCRYPT, Algorithm.PBKDF2_SHA512, Algorithm.SCRAM_SHA_256)) {
            String hash =
                    PasswordHasher.of(algorithm).hash(PASSWORD.getBytes(UTF_8)).encoded();
            int count = algorithm == Algorithm.SCRAM_SHA_256 ? 1 : ofEach;
            for (int i = 0; i < count; i++) {
                users.append(userName(algorithm).formatted(i))
                        .append(':')
                        .append(hash)
                        .append('\n');
            }
        }
        return users.toString();
    }

    private static void allow(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, ALLOWED.length);
            exchange.getResponseBody().write(ALLOWED);
        }
    }

    private void keyPair(String name) throws IOException, InterruptedException {
        keytool(List.of(
                "-genkeypair",
                "-alias",
                name,
                "-dname",
                "CN=" + name,
                "-ext",
                "bc:c",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-validity",
                Integer.toString(KEY_VALIDITY_DAYS),
                "-storetype",
                "PKCS12",
                "-keystore",
                file(name + ".p12"),
                "-storepass",
                KEY_STORE_PASSWORD));
    }

    private static void keytool(List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Stage.jdkBinary("keytool")));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IllegalStateException("keytool " + arguments.get(0) + ": " + output);
        }
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }
}
