package whorl.collector.inject;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;

/** A certificate of its own authority, for 127.0.0.1; an elliptic key takes no time to make. */
final class SelfSigned {
  private static final char[] PASSWORD = "password".toCharArray();

  private SelfSigned() {}

  /** Writes {@code server.pem}, {@code server-key.pem} and {@code ca.pem}. */
  static void write(Path folder) throws IOException, GeneralSecurityException {
    Files.createDirectories(folder);
    Path store = folder.resolve("store.p12");
    keytool(store);
    KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD);
    String certificate = pem("CERTIFICATE", keys.getCertificate("it").getEncoded());
    Files.writeString(folder.resolve("server.pem"), certificate);
    Files.writeString(folder.resolve("ca.pem"), certificate);
    Files.writeString(
        folder.resolve("server-key.pem"),
        pem("PRIVATE KEY", keys.getKey("it", PASSWORD).getEncoded()));
  }

  private static void keytool(Path store) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "it",
                "-keyalg",
                "EC",
                "-dname",
                "CN=it",
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.onExit().join().exitValue() != 0) {
      throw new IOException(output);
    }
  }

  private static String pem(String what, byte[] content) {
    String base64 =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(content);
    return "-----BEGIN " + what + "-----\n" + base64 + "\n-----END " + what + "-----\n";
  }
}
