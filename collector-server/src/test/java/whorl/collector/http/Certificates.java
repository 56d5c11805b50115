package whorl.collector.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** A little authority, made with the JDK's keytool. */
final class Certificates {
  private static final char[] PASSWORD = "password".toCharArray();

  private final Path folder;
  private final String name;

  /** An authority, a server certificate for 127.0.0.1 and a client certificate, both of it. */
  Certificates(Path folder, String name) throws Exception {
    this.folder = folder;
    this.name = name;
    pair("ca", "CN=ca of " + name, "bc:c");
    signed("server", "san=ip:127.0.0.1,dns:localhost");
    signed("client", "eku=clientAuth");
  }

  Path authority() throws Exception {
    return pem("ca.crt", "CERTIFICATE", store("ca").getCertificate("it").getEncoded());
  }

  Path serverCertificate() throws Exception {
    return pem("server.crt", "CERTIFICATE", store("server").getCertificate("it").getEncoded());
  }

  Path serverKey() throws Exception {
    return pem("server.key", "PRIVATE KEY", store("server").getKey("it", PASSWORD).getEncoded());
  }

  /** Trusts our authority, and shows {@code client}'s certificate if there is one. */
  SSLContext context(@Nullable Certificates client) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, PASSWORD);
    trusted.setCertificateEntry("ca", store("ca").getCertificate("it"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    if (client == null) {
      context.init(null, trust.getTrustManagers(), null);
    } else {
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(client.store("client"), PASSWORD);
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    }
    return context;
  }

  private void signed(String who, String extension) throws Exception {
    pair(who, "CN=" + who, extension);
    Path request = folder.resolve(name + who + ".csr");
    Path certificate = folder.resolve(name + who + ".signed");
    keytool(who, "-certreq", "-file", request.toString());
    keytool(
        "ca",
        "-gencert",
        "-rfc",
        "-infile",
        request.toString(),
        "-outfile",
        certificate.toString(),
        "-ext",
        extension);
    Path chain = folder.resolve(name + who + ".chain");
    Files.writeString(chain, Files.readString(certificate) + Files.readString(authority()));
    keytool(who, "-importcert", "-noprompt", "-file", chain.toString());
  }

  private void pair(String who, String subject, String extension) throws Exception {
    keytool(who, "-genkeypair", "-keyalg", "EC", "-dname", subject, "-ext", extension);
  }

  private void keytool(String store, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(
        List.of("-alias", "it", "-storetype", "PKCS12", "-storepass", "password", "-keystore"));
    command.add(folder.resolve(name + store + ".p12").toString());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(command + ": " + output);
    }
  }

  private KeyStore store(String who) throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(folder.resolve(name + who + ".p12"))) {
      store.load(in, PASSWORD);
    }
    return store;
  }

  private Path pem(String file, String type, byte[] encoded) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
    return Files.writeString(
        folder.resolve(name + file),
        "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n");
  }
}
