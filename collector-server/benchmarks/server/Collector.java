import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * How a collector is started for a measurement.
 *
 * @param home of its JDK
 * @param tls the folder of {@code tls init}
 */
record Collector(Path home, Path jar, Path tls) {
  static final String AGENT = "the-measured-agents-token";
  static final String RESPONDER = "the-measuring-responders-token";

  /**
   * Its command.
   *
   * @param folder where all that it keeps goes
   * @param options of the JVM
   */
  List<String> command(Path folder, int port, boolean encrypted, String... options)
      throws IOException {
    Path tokens = folder.resolve("tokens");
    Files.writeString(tokens, "agent " + AGENT + "\nresponder " + RESPONDER + "\n");
    List<String> command = java(options);
    command.addAll(
        List.of(
            "serve",
            "--listen",
            "127.0.0.1:" + port,
            "--data",
            folder.resolve("data").toString(),
            "--tokens",
            tokens.toString()));
    if (encrypted) {
      command.addAll(
          List.of("--tls-cert", certificate().toString(), "--tls-key", key().toString()));
    }
    return command;
  }

  /** The command line without a command. */
  List<String> java(String... options) {
    List<String> command = new ArrayList<>(List.of(home.resolve("bin/java").toString()));
    command.addAll(List.of(options));
    command.addAll(List.of("-jar", jar.toString()));
    return command;
  }

  Path certificate() {
    return tls.resolve("server.pem");
  }

  Path key() {
    return tls.resolve("server-key.pem");
  }

  /** Whose servers' certificates are trusted. */
  Path authority() {
    return tls.resolve("ca.pem");
  }

  /** For clients that trust {@link #authority}. */
  SSLContext trusting() throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    try (InputStream in = Files.newInputStream(authority())) {
      trusted.setCertificateEntry(
          "authority", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
