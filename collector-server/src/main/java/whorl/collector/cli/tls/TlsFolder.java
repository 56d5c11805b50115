package whorl.collector.cli.tls;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateEncodingException;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import whorl.collector.cli.terminal.CliException;

/**
 * The folder of {@code tls init}: {@code NAME.pem}, a certificate as X.509 PEM, and {@code
 * NAME-key.pem}, its private key as unencrypted PKCS#8 PEM (RFC 7468), mode 0600. Existing files
 * are never overwritten.
 */
final class TlsFolder {
  private static final int PEM_COLUMNS = 64;

  private final Path folder;

  TlsFolder(Path folder) {
    this.folder = folder;
  }

  Path certificate(String name) {
    return folder.resolve(name + ".pem");
  }

  Path key(String name) {
    return folder.resolve(name + "-key.pem");
  }

  /** Fails if one of these files already exists. */
  void refuseToOverwrite(List<String> names) {
    for (String name : names) {
      for (Path file : List.of(certificate(name), key(name))) {
        if (Files.exists(file)) {
          throw CliException.failed(
              file + " is there already, and keys are never overwritten",
              "give another folder, or move the old files away");
        }
      }
    }
  }

  void write(String name, CertificateMaker.Identity identity)
      throws IOException, CertificateEncodingException {
    Files.createDirectories(folder, permissions("rwx------"));
    create(
        key(name),
        pem("PRIVATE KEY", identity.keys().getPrivate().getEncoded()),
        permissions("rw-------"));
    create(
        certificate(name),
        pem("CERTIFICATE", identity.certificate().getEncoded()),
        permissions("rw-r--r--"));
  }

  private static void create(Path file, String content, FileAttribute<?>... permissions)
      throws IOException {
    Set<StandardOpenOption> fresh = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (OutputStream out =
        Channels.newOutputStream(Files.newByteChannel(file, fresh, permissions))) {
      out.write(content.getBytes(StandardCharsets.US_ASCII));
    }
  }

  private static String pem(String label, byte[] content) {
    String body = Base64.getMimeEncoder(PEM_COLUMNS, new byte[] {'\n'}).encodeToString(content);
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
  }

  private static FileAttribute<?>[] permissions(String text) {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(text))
        }
        : new FileAttribute<?>[0];
  }
}
