package io.sluice.mqtt.listener;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

/** Reads PEM files (RFC 7468) in the forms in which tools write them. Blocks. */
final class Pem {

    /** A file of certificates is some kilobytes; a revocation list may be large. */
    private static final int BYTES_MAX = 64 << 20;

    private Pem() {}

    static List<X509Certificate> certificates(Path file) throws TlsFileException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Object part : parts(file)) {
            if (part instanceof X509CertificateHolder holder) {
                certificates.add(certificate(file, holder));
            }
        }
        if (certificates.isEmpty()) {
            throw new TlsFileException(file, "no certificate (expected: PEM with at least one)", null);
        }
        return certificates;
    }

    private static X509Certificate certificate(Path file, X509CertificateHolder holder) throws TlsFileException {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(holder.getEncoded()));
        } catch (CertificateException | IOException e) {
            throw new TlsFileException(file, "a certificate cannot be read: " + e.getMessage(), e);
        }
    }

    /** The one private key in the file: PKCS#8, or what OpenSSL wrote before. */
    static PrivateKey privateKey(Path file) throws TlsFileException {
        PrivateKey key = null;
        for (Object part : parts(file)) {
            PrivateKeyInfo info = null;
            if (part instanceof PrivateKeyInfo pkcs8) {
                info = pkcs8;
            } else if (part instanceof PEMKeyPair pair) {
                info = pair.getPrivateKeyInfo();
            } else if (part instanceof PKCS8EncryptedPrivateKeyInfo || part instanceof PEMEncryptedKeyPair) {
                throw new TlsFileException(
                        file, "the key is encrypted (expected: one that is not, or a PKCS#12 key-store)", null);
            }
            if (info != null) {
                if (key != null) {
                    throw new TlsFileException(file, "two private keys (expected: one)", null);
                }
                key = privateKey(file, info);
            }
        }
        if (key == null) {
            throw new TlsFileException(file, "no private key (expected: PEM with one)", null);
        }
        return key;
    }

    private static PrivateKey privateKey(Path file, PrivateKeyInfo info) throws TlsFileException {
        try {
            return new JcaPEMKeyConverter().getPrivateKey(info);
        } catch (IOException e) {
            throw new TlsFileException(file, "the private key cannot be used: " + e.getMessage(), e);
        }
    }

    /** All revocation lists in the file, PEM or DER. */
    static List<X509CRL> revocationLists(Path file) throws TlsFileException {
        byte[] bytes = read(file);
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            List<X509CRL> lists = new ArrayList<>();
            factory.generateCRLs(new ByteArrayInputStream(bytes)).forEach(list -> lists.add((X509CRL) list));
            if (lists.isEmpty()) {
                throw new TlsFileException(file, "no revocation list (expected: PEM or DER with at least one)", null);
            }
            return lists;
        } catch (CertificateException | CRLException e) {
            throw new TlsFileException(file, "a revocation list cannot be read: " + e.getMessage(), e);
        }
    }

    private static List<Object> parts(Path file) throws TlsFileException {
        List<Object> parts = new ArrayList<>();
        String text = new String(read(file), StandardCharsets.ISO_8859_1);
        try (PEMParser parser = new PEMParser(new StringReader(text))) {
            for (Object part = parser.readObject(); part != null; part = parser.readObject()) {
                parts.add(part);
            }
        } catch (IOException | RuntimeException e) {
            // What is wrong with a key says what is in it; the parser throws unchecked exceptions as well.
            throw new TlsFileException(file, "not PEM, or cut off (expected: PEM)", null);
        }
        return parts;
    }

    static byte[] read(Path file) throws TlsFileException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(BYTES_MAX + 1);
            if (bytes.length > BYTES_MAX) {
                throw new TlsFileException(file, "more than " + BYTES_MAX + " bytes (expected: fewer)", null);
            }
            return bytes;
        } catch (IOException e) {
            throw new TlsFileException(file, "cannot be read: " + reason(e), e);
        }
    }

    private static String reason(IOException e) {
        if (e instanceof java.nio.file.NoSuchFileException) {
            return "no such file";
        }
        return e instanceof java.nio.file.AccessDeniedException ? "permission denied" : String.valueOf(e.getMessage());
    }
}
