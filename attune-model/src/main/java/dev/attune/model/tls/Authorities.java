package dev.attune.model.tls;

import dev.attune.model.AttuneException;
import dev.attune.model.ErrorCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Turns the certificates of authorities into what connections are made with. */
public final class Authorities {
    private Authorities() {}

    /**
     * A context that trusts exactly the authorities in {@code pem}, none of the JDK's.
     *
     * @param pem one certificate or several, in PEM
     */
    public static SSLContext trust(byte[] pem) {
        try {
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem));
            if (certificates.isEmpty())
                throw new AttuneException(
                        ErrorCode.INVALID_ARGUMENT, "authority: no certificate (expected: one or more in PEM)");
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            int number = 0;
            for (Certificate each : certificates) store.setCertificateEntry("authority-" + number++, each);
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new AttuneException(
                    ErrorCode.INVALID_ARGUMENT, "authority: not readable (expected: certificates in PEM)", e);
        }
    }
}
