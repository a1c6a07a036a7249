package io.sluice.mqtt.fake;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** A certificate authority for tests. Safe for all threads. */
public final class TestAuthority {

    /** The algorithm of a key. */
    public enum Algorithm {
        EC,
        RSA
    }

    /**
     * A certificate and its key.
     *
     * @param chain the certificate and its authority's
     */
    public record Issued(PrivateKey key, List<X509Certificate> chain) {

        public X509Certificate certificate() {
            return chain.get(0);
        }

        /** Writes both as PEM. */
        public Issued write(Path certificateFile, Path keyFile) throws IOException {
            Files.writeString(certificateFile, pem(chain.toArray()));
            Files.writeString(keyFile, pem(new JcaPKCS8Generator(key, null)));
            return this;
        }
    }

    private static final Duration YEAR = Duration.ofDays(365);

    private final KeyPair keys = keyPair(Algorithm.EC);
    private final X500Name name;
    private final AtomicLong serials = new AtomicLong(1);
    private final X509Certificate certificate;

    public TestAuthority(String name) {
        this.name = new X500Name("CN=" + name);
        this.certificate = sign(this.name, keys, YEAR, null, true);
    }

    public X509Certificate certificate() {
        return certificate;
    }

    /** A certificate for localhost, 127.0.0.1 and ::1. */
    public Issued server(Algorithm algorithm) {
        GeneralNames names = new GeneralNames(new GeneralName[] {
            new GeneralName(GeneralName.dNSName, "localhost"),
            new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
            new GeneralName(GeneralName.iPAddress, "::1")
        });
        return issue(new X500Name("CN=localhost"), algorithm, YEAR, names);
    }

    /** A client's certificate with this common name. */
    public Issued client(String commonName) {
        X500Name subject = new X500NameBuilder().addRDN(BCStyle.CN, commonName).build();
        return issue(subject, Algorithm.EC, YEAR, null);
    }

    /**
     * A client's certificate with any number of common names.
     *
     * @param validity negative for one that has expired
     */
    public Issued client(List<String> commonNames, Duration validity) {
        X500NameBuilder subject = new X500NameBuilder().addRDN(BCStyle.O, "Test");
        commonNames.forEach(name -> subject.addRDN(BCStyle.CN, name));
        return issue(subject.build(), Algorithm.EC, validity, null);
    }

    /**
     * A certificate.
     *
     * @param validity from an hour ago; negative for one that has expired
     */
    public Issued issue(X500Name subject, Algorithm algorithm, Duration validity, @Nullable GeneralNames names) {
        KeyPair pair = keyPair(algorithm);
        return new Issued(pair.getPrivate(), List.of(sign(subject, pair, validity, names, false), certificate));
    }

    private static KeyPair keyPair(Algorithm algorithm) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm.name());
            if (algorithm == Algorithm.EC) {
                generator.initialize(new ECGenParameterSpec("secp256r1"));
            } else {
                generator.initialize(2048);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private X509Certificate sign(
            X500Name subject, KeyPair pair, Duration validity, @Nullable GeneralNames names, boolean isAuthority) {
        try {
            Instant now = Instant.now();
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    name,
                    BigInteger.valueOf(serials.getAndIncrement()),
                    Date.from(now.minus(YEAR)),
                    Date.from(now.plus(validity)),
                    subject,
                    pair.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isAuthority));
            if (names != null) {
                builder.addExtension(Extension.subjectAlternativeName, false, names);
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes a revocation list that names these, in force for a while; for a negative one it is in force no more. */
    public void writeRevocations(Path file, Duration validity, Issued... revoked) throws IOException {
        try {
            Instant now = Instant.now();
            X509v2CRLBuilder builder = new X509v2CRLBuilder(name, Date.from(now.minus(YEAR)));
            builder.setNextUpdate(Date.from(now.plus(validity)));
            for (Issued one : revoked) {
                builder.addCRLEntry(
                        one.certificate().getSerialNumber(), Date.from(now.minusSeconds(60)), CRLReason.keyCompromise);
            }
            Files.writeString(
                    file,
                    pem(new JcaX509CRLConverter()
                            .getCRL(builder.build(
                                    new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())))));
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes the authority's own certificate as PEM. */
    public Path write(Path file) throws IOException {
        return Files.writeString(file, pem(certificate));
    }

    /** What a client needs that trusts this authority, and shows a certificate if it has one. */
    public SSLContext clientContext(@Nullable Issued own) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    own == null ? null : keyManagers(own).getKeyManagers(),
                    trustManagers().getTrustManagers(),
                    null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public KeyManagerFactory keyManagers(Issued own) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("own", own.key(), new char[0], own.chain().toArray(X509Certificate[]::new));
            KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
            factory.init(store, new char[0]);
            return factory;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    public TrustManagerFactory trustManagers() {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry("authority", certificate);
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            return factory;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(Object... parts) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            for (Object part : parts) {
                writer.writeObject(part);
            }
        }
        return text.toString();
    }
}
