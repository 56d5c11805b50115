package whorl.collector.cli.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.terminal.CliException;

/** Loads trusted and own certificates for TLS from PEM files. */
public final class TlsFiles {
  private static final char[] IN_MEMORY_ONLY = {};

  private TlsFiles() {}

  /**
   * Makes a context; for null the platform's default applies.
   *
   * @param cert the client's certificate with its chain, {@code key} its private key
   */
  public static SSLContext context(@Nullable Path ca, @Nullable Path cert, @Nullable Path key) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          cert == null || key == null ? null : identity(cert, key),
          ca == null ? null : authorities(ca),
          null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw CliException.failed("cannot set up TLS: " + Problems.text(e), null);
    }
  }

  private static TrustManager[] authorities(Path ca) throws GeneralSecurityException, IOException {
    KeyStore store = empty();
    int number = 0;
    for (Certificate authority : certificates(ca)) {
      store.setCertificateEntry("ca-" + number, authority);
      number++;
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    return trust.getTrustManagers();
  }

  private static KeyManager[] identity(Path cert, Path key)
      throws GeneralSecurityException, IOException {
    KeyStore store = empty();
    Certificate[] chain = certificates(cert).toArray(Certificate[]::new);
    store.setKeyEntry("client", privateKey(key), IN_MEMORY_ONLY, chain);
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, IN_MEMORY_ONLY);
    return keys.getKeyManagers();
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static List<Certificate> certificates(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(readable(file))) {
      List<Certificate> certificates =
          new ArrayList<>(CertificateFactory.getInstance("X.509").generateCertificates(in));
      if (!certificates.isEmpty()) {
        return certificates;
      }
    } catch (CertificateException e) {
      // reported below: the JDK's message does not name the file
    }
    throw new IOException(file + " holds no X.509 certificate in PEM");
  }

  private static PrivateKey privateKey(Path file) throws IOException {
    try (Reader in = Files.newBufferedReader(readable(file));
        PEMParser pem = new PEMParser(in)) {
      Object key = pem.readObject();
      PrivateKeyInfo info = key instanceof PEMKeyPair pair ? pair.getPrivateKeyInfo() : null;
      if (key instanceof PrivateKeyInfo pkcs8) {
        info = pkcs8;
      }
      if (info != null) {
        return new JcaPEMKeyConverter().getPrivateKey(info);
      }
    }
    throw new IOException(file + " holds no private key in PEM without a password");
  }

  private static Path readable(Path file) throws IOException {
    if (!Files.isReadable(file)) {
      throw new IOException(file + ": no such file, or not readable");
    }
    return file;
  }
}
