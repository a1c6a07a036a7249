package io.sluice.app.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.app.config.HttpBase;
import io.sluice.app.config.SchemaRegistryConfig;
import io.sluice.app.config.Secret;
import io.sluice.app.config.SluiceConfig;
import io.sluice.kafka.format.RegistrySettings;
import io.sluice.kafka.format.RuleFormats;
import io.sluice.kafka.format.SchemaFolder;
import io.sluice.kafka.format.SchemaRegistry;
import io.sluice.kafka.format.SchemaSource;
import io.sluice.kafka.format.SparkplugBirths;
import io.sluice.schemas.convert.ConvertLimits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** The schemas and the rules' formats, from the configuration. */
public final class Schemas {

    private Schemas() {}

    /**
     * Where schemas come from. Reads files.
     *
     * @throws IOException when one cannot be used
     */
    public static SchemaSource source(SluiceConfig config, MeterRegistry registry) throws IOException {
        SchemaRegistryConfig from = config.schemaRegistry();
        HttpBase url = from.url();
        if (url == null) {
            SchemaRegistry.registerMeters(registry);
        }
        Path folder = from.folder();
        if (folder != null) {
            return SchemaFolder.read(folder, ConvertLimits.DEFAULTS);
        }
        if (url == null) {
            return SchemaSource.NONE;
        }
        RegistrySettings settings = new RegistrySettings(
                url.uri(), authorization(from), tls(from), from.timeout(), from.refresh(), from.autoRegister());
        return new SchemaRegistry(settings, ConvertLimits.DEFAULTS, System::nanoTime, registry);
    }

    /** The formats of all rules. */
    public static RuleFormats formats(SluiceConfig config, SchemaSource source, MeterRegistry registry) {
        SparkplugBirths births =
                new SparkplugBirths(config.limits().sparkplugBirths().count(), registry);
        return RuleFormats.of(config.ingressFormats(), config.egressFormats(), source, births, ConvertLimits.DEFAULTS);
    }

    private static @Nullable String authorization(SchemaRegistryConfig from) {
        Secret token = from.token();
        if (token != null) {
            return "Bearer " + token.text();
        }
        Secret password = from.password();
        if (password == null) {
            return null;
        }
        String pair = from.username() + ":" + password.text();
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));
    }

    private static @Nullable SSLContext tls(SchemaRegistryConfig from) throws IOException {
        if (from.ca() == null && from.keyStore() == null) {
            return null;
        }
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys(from), trust(from.ca()), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("schema-registry: ca or key-store cannot be used: " + e.getMessage(), e);
        }
    }

    private static KeyManager @Nullable [] keys(SchemaRegistryConfig from)
            throws IOException, GeneralSecurityException {
        Path file = from.keyStore();
        Secret password = from.keyStorePassword();
        if (file == null || password == null) {
            return null;
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        char[] characters = password.text().toCharArray();
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, characters);
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, characters);
        return factory.getKeyManagers();
    }

    private static TrustManager @Nullable [] trust(@Nullable Path ca) throws IOException, GeneralSecurityException {
        if (ca == null) {
            return null;
        }
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(ca)) {
            int number = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("ca-" + number++, certificate);
            }
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }
}
