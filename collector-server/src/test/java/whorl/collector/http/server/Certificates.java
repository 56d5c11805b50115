package whorl.collector.http.server;

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

/**
 * The certificates of a server, of a client from the same authority, and of a stranger; made with
 * keytool.
 */
final class Certificates {
  static final String CLIENT = "client";
  static final String STRANGER = "stranger";

  private static final char[] PASSWORD = "password".toCharArray();

  private final Path folder;

  Certificates(Path folder) throws Exception {
    this.folder = folder;
    pair("server", "san=ip:127.0.0.1,dns:localhost");
    pair("ca", "bc:c");
    pair(CLIENT, "eku=clientAuth");
    pair(STRANGER, "eku=clientAuth");
    signClient();
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

  /** Returns a context that trusts the server and uses this client's certificate, if any. */
  SSLContext context(@Nullable String client) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, PASSWORD);
    trusted.setCertificateEntry("it", store("server").getCertificate("it"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    if (client != null) {
      keys.init(store(client), PASSWORD);
    }
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(client == null ? null : keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private void signClient() throws Exception {
    String request = folder.resolve("client.csr").toString();
    Path certificate = folder.resolve("client.signed");
    keytool(CLIENT, "-certreq", "-file", request);
    keytool(
        "ca",
        "-gencert",
        "-rfc",
        "-infile",
        request,
        "-outfile",
        certificate.toString(),
        "-ext",
        "eku=clientAuth");
    Path chain = folder.resolve("client.chain");
    Files.writeString(chain, Files.readString(certificate) + Files.readString(authority()));
    keytool(CLIENT, "-importcert", "-noprompt", "-file", chain.toString());
  }

  private void pair(String client, String extension) throws Exception {
    keytool(client, "-genkeypair", "-keyalg", "EC", "-dname", "CN=" + client, "-ext", extension);
  }

  private void keytool(String store, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(
        List.of("-alias", "it", "-storetype", "PKCS12", "-storepass", "password", "-keystore"));
    command.add(folder.resolve(store + ".p12").toString());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(command + ": " + output);
    }
  }

  private KeyStore store(String client) throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(folder.resolve(client + ".p12"))) {
      store.load(in, PASSWORD);
    }
    return store;
  }

  private Path pem(String file, String type, byte[] encoded) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
    return Files.writeString(
        folder.resolve(file),
        "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n");
  }
}
