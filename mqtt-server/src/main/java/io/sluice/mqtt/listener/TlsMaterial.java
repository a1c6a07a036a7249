package io.sluice.mqtt.listener;

import io.netty.handler.ssl.OpenSslCachingX509KeyManagerFactory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyStore;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * What the files of a listener's TLS hold, read and checked against each other: a key that is not its certificate's, or
 * a certificate that has expired, is found here and not by the first device. Immutable.
 */
final class TlsMaterial {

    private static final char[] PASSWORD = new char[0];

    private final KeyManagerFactory keyManagers;
    private final @Nullable TrustManagerFactory trustManagers;
    private final Date expiry;

    private TlsMaterial(KeyManagerFactory keyManagers, @Nullable TrustManagerFactory trustManagers, Date expiry) {
        this.keyManagers = keyManagers;
        this.trustManagers = trustManagers;
        this.expiry = expiry;
    }

    /** Reads the files. Blocks. */
    static TlsMaterial read(TlsSettings settings) throws TlsFileException {
        List<X509Certificate> own = new ArrayList<>();
        Path somewhere = somewhere(settings);
        try {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(null, null);
            for (int i = 0; i < settings.certificates().size(); i++) {
                own.add(addPair(
                        keys, settings.certificates().get(i), settings.keys().get(i)));
            }
            if (settings.keyStore() != null) {
                own.addAll(addKeyStore(keys, settings.keyStore(), settings.keyStorePassword()));
            }
            KeyManagerFactory keyManagers = keyManagers(settings.engine());
            keyManagers.init(keys, PASSWORD);
            Date expiry = own.stream()
                    .map(X509Certificate::getNotAfter)
                    .min(Date::compareTo)
                    .orElseThrow();
            return new TlsMaterial(keyManagers, trust(settings), expiry);
        } catch (GeneralSecurityException | IOException e) {
            throw new TlsFileException(somewhere, "cannot be used: " + e.getMessage(), e);
        }
    }

    /** BoringSSL's form of a key is made once and kept: under the alias, which {@code PKIX} gives anew each time. */
    private static KeyManagerFactory keyManagers(TlsSettings.Engine engine) throws NoSuchAlgorithmException {
        return engine == TlsSettings.Engine.JDK
                ? KeyManagerFactory.getInstance("PKIX")
                : new OpenSslCachingX509KeyManagerFactory(KeyManagerFactory.getInstance("SunX509"));
    }

    private static Path somewhere(TlsSettings settings) {
        return settings.certificates().isEmpty()
                ? Path.of(String.valueOf(settings.keyStore()))
                : settings.certificates().get(0);
    }

    private static X509Certificate addPair(KeyStore keys, Path certificates, Path key)
            throws TlsFileException, GeneralSecurityException {
        List<X509Certificate> chain = Pem.certificates(certificates);
        PrivateKey privateKey = Pem.privateKey(key);
        X509Certificate own = chain.get(0);
        if (!isPair(own, privateKey)) {
            throw new TlsFileException(key, "is not the key of " + certificates + " (expected: its key)", null);
        }
        checkValidity(certificates, own);
        keys.setKeyEntry(certificates + " " + keys.size(), privateKey, PASSWORD, chain.toArray(X509Certificate[]::new));
        return own;
    }

    private static List<X509Certificate> addKeyStore(KeyStore keys, Path file, @Nullable String password)
            throws TlsFileException, GeneralSecurityException {
        char[] secret = password == null ? PASSWORD : password.toCharArray();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try {
            store.load(new ByteArrayInputStream(Pem.read(file)), secret);
        } catch (IOException e) {
            // Its message is about the password as a rule, and never holds it.
            throw new TlsFileException(file, "not a PKCS#12 key store, or another password", e);
        }
        List<X509Certificate> own = new ArrayList<>();
        for (String alias : Collections.list(store.aliases())) {
            if (store.isKeyEntry(alias) && store.getCertificate(alias) instanceof X509Certificate certificate) {
                checkValidity(file, certificate);
                keys.setKeyEntry(
                        file + " " + alias, store.getKey(alias, secret), PASSWORD, store.getCertificateChain(alias));
                own.add(certificate);
            }
        }
        if (own.isEmpty()) {
            throw new TlsFileException(file, "no private key with a certificate (expected: at least one)", null);
        }
        return own;
    }

    private static void checkValidity(Path file, X509Certificate certificate) throws TlsFileException {
        try {
            certificate.checkValidity();
        } catch (CertificateExpiredException e) {
            throw new TlsFileException(
                    file, "has expired at " + certificate.getNotAfter().toInstant(), e);
        } catch (CertificateNotYetValidException e) {
            throw new TlsFileException(
                    file, "is not valid before " + certificate.getNotBefore().toInstant(), e);
        }
    }

    private static boolean isPair(X509Certificate certificate, PrivateKey key) throws GeneralSecurityException {
        if (!certificate.getPublicKey().getAlgorithm().equals(key.getAlgorithm())
                && !key.getAlgorithm().startsWith("Ed")) {
            return false;
        }
        String algorithm =
                switch (key.getAlgorithm()) {
                    case "RSA", "RSASSA-PSS" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> key.getAlgorithm();
                };
        byte[] text = {1, 2, 3, 4};
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(text);
        byte[] signed = signature.sign();
        try {
            signature.initVerify(certificate.getPublicKey());
        } catch (InvalidKeyException anotherAlgorithm) {
            return false;
        }
        signature.update(text);
        return signature.verify(signed);
    }

    private static @Nullable TrustManagerFactory trust(TlsSettings settings)
            throws TlsFileException, GeneralSecurityException {
        Path clientCa = settings.clientCa();
        if (clientCa == null) {
            return null;
        }
        Set<TrustAnchor> anchors = new HashSet<>();
        for (X509Certificate authority : Pem.certificates(clientCa)) {
            anchors.add(new TrustAnchor(authority, null));
        }
        PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, new X509CertSelector());
        Path crl = settings.crl();
        // Nothing is asked of the network: revocation is what the file says, and a list that is missing or has
        // expired refuses (RFC 5280, section 6.3.3).
        parameters.setRevocationEnabled(crl != null);
        if (crl != null) {
            List<X509CRL> lists = Pem.revocationLists(crl);
            parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(lists)));
            PKIXRevocationChecker checker =
                    (PKIXRevocationChecker) CertPathBuilder.getInstance("PKIX").getRevocationChecker();
            checker.setOptions(
                    EnumSet.of(PKIXRevocationChecker.Option.PREFER_CRLS, PKIXRevocationChecker.Option.NO_FALLBACK));
            parameters.addCertPathChecker(checker);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(new CertPathTrustManagerParameters(parameters));
        return factory;
    }

    KeyManagerFactory keyManagers() {
        return keyManagers;
    }

    /** Whom clients' certificates are checked against, or null when clients have none. */
    @Nullable
    TrustManagerFactory trustManagers() {
        return trustManagers;
    }

    /** When the first of our own certificates expires. */
    Date expiry() {
        return expiry;
    }
}
